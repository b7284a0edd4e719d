// joins.cpp — mistakes of joins, of lookup tables and of unions.
#include "engine/plan/mistakes/families.h"

namespace weir {

std::vector<Mistake> mistakes_of_joins() {
  return {
      {"W0501", "a join that does not say which rows belong together",
       R"(Rows are joined where keys are equal: each condition of ON is COLUMN = expression, with AND between them, and a lookup table is looked into with its whole key. Other conditions stand in WHERE behind the join, as a join by anything else would compare every row with every other.)",
       ExampleKind::query, "FROM orders |> JOIN shops ON shops.id > shop_id", "FROM orders |> JOIN shops ON shops.id = shop_id"},
      {"W0502", "a column is called as the relation that is joined",
       R"(Columns of what is joined are called RELATION.COLUMN in the join. A column of the stream has the relation's name, so NAME.x could be a field of it. Rename the column before the join, or give the joined stream another name with AS.)",
       ExampleKind::query, "FROM orders |> RENAME product AS shops |> JOIN shops ON shops.id = shop_id", "FROM orders |> JOIN shops ON shops.id = shop_id"},
      {"W0503", "a joined column has a name that is taken",
       R"(A join adds the columns of what is joined, and the stream has one of this name. Choose the columns that are wanted, and give this one another name.)",
       ExampleKind::query, "FROM orders |> EXTEND 'x' AS city |> JOIN shops ON shops.id = shop_id", "FROM orders |> EXTEND 'x' AS city |> JOIN shops ON shops.id = shop_id SELECT shops.city AS shop_city"},
      {"W0504", "keys of a join that cannot be equal",
       R"(The two sides of a key have types with no equality between them: a text is no number, and JSON, arrays, maps and structs have none at all. CAST one side to the type of the other.)",
       ExampleKind::query, "FROM orders |> JOIN shipments ON shipments.sent_at = quantity WITHIN INTERVAL 1 HOUR SELECT carrier", "FROM orders |> JOIN shipments ON shipments.order_id = id WITHIN INTERVAL 1 HOUR SELECT carrier"},
      {"W0505", "a join of rows that change",
       R"(Rows of an aggregate are replaced when their group changes, and rows of a table change when it is read again. A join of them would have to take back what it made. Join first, and aggregate what the join gives.)",
       ExampleKind::query, "FROM orders |> AGGREGATE count(*) AS n GROUP BY shop_id |> JOIN shops ON shops.id = shop_id", "FROM orders |> JOIN shops ON shops.id = shop_id |> AGGREGATE count(*) AS n GROUP BY name"},
      {"W0506", "a stream where a table is wanted",
       R"(In YAML a join says `table: NAME` or `stream: NAME`, as the one is a lookup and the other waits for rows. The name is a stream.)",
       ExampleKind::sections, "sinks:\n  out: { input: orders, type: console, steps: [ join: { table: shipments, keys: { order_id: id } } ] }",
       "sinks:\n  out: { input: orders, type: console, steps: [ join: { stream: shipments, keys: { order_id: id }, within: 1 hour, select: [carrier] } ] }"},
      {"W0507", "bounds of a join that no rows meet",
       R"(`between` has two spans, from the earliest to the latest time of the joined row as seen from the other one: [-10 minutes, 4 hours]. The first is not larger than the second, and a condition that compares the times of both leaves some between them; and rows which come however late cannot be joined within a time.)",
       ExampleKind::query, "FROM orders |> JOIN shipments ON shipments.order_id = id WITHIN INTERVAL 4 HOURS AND INTERVAL 1 HOUR SELECT carrier",
       "FROM orders |> JOIN shipments ON shipments.order_id = id WITHIN INTERVAL 1 HOUR AND INTERVAL 4 HOURS SELECT carrier"},
      {"W0508", "a union of rows that have other columns",
       R"(A union puts rows below each other, so all inputs have the same columns with the same types, in any order. The notes show the two sides. SELECT brings them to the same columns; CAST brings a column to the same type.)",
       ExampleKind::query, "FROM orders |> SELECT id |> UNION clicks", "FROM orders |> SELECT id, product AS url, placed_at AS seen_at |> UNION clicks"},
      {"W0509", "a lookup table without a key",
       R"(Rows of a lookup table are found by a key, which no two of them share: the last row of a key counts. Without one, no row could be found.)",
       ExampleKind::statements, "CREATE TABLE t (id INT, name STRING) WITH (type = 'csv', file = 't.csv');", "CREATE TABLE t (id INT, name STRING, PRIMARY KEY (id)) WITH (type = 'csv', file = 't.csv');"},
      {"W0510", "a lookup table that is read from nowhere",
       R"(A lookup table comes from a file (type and file), or from a database (connection, and a table or a query). One of these has to be said, and not two.)",
       ExampleKind::statements, "CREATE TABLE t (id INT, name STRING, PRIMARY KEY (id)) WITH (connection = 'warehouse');", "CREATE TABLE t (id INT, name STRING, PRIMARY KEY (id)) WITH (connection = 'warehouse', query = 'SELECT id, name FROM t');"},
  };
}

}  // namespace weir
