// warnings.cpp — what is probably not meant, and does not keep a pipeline from running.
#include "engine/plan/mistakes/families.h"

namespace weir {

std::vector<Mistake> mistakes_of_warnings() {
  return {
      {"W0901", "nothing reads this",
       R"(A source or a stream that no sink comes from is not run at all. Either a sink is missing, or something else was meant to read it; the notes of unknown names say what is near. A source that is kept for later can be commented out.)",
       ExampleKind::weir, "CREATE PIPELINE shop;\nCREATE SOURCE clicks (id STRING) WITH (type = 'kafka', brokers = 'localhost:9092', topic = 'clicks', format = 'json');\nCREATE STREAM named AS FROM clicks |> WHERE id <> '';\nCREATE SINK out WITH (type = 'console') AS FROM clicks;",
       "CREATE PIPELINE shop;\nCREATE SOURCE clicks (id STRING) WITH (type = 'kafka', brokers = 'localhost:9092', topic = 'clicks', format = 'json');\nCREATE STREAM named AS FROM clicks |> WHERE id <> '';\nCREATE SINK out WITH (type = 'console') AS FROM named;"},
      {"W0902", "nothing looks into this table",
       R"(The lookup table is joined by no step, so it is not read at all. A join is missing, or the table is left from an earlier one.)",
       ExampleKind::statements, "CREATE SINK out WITH (type = 'console') AS FROM orders;", "CREATE SINK out WITH (type = 'console') AS FROM orders |> JOIN shops ON shops.id = shop_id;"},
      {"W0903", "YAML may have cut a value short",
       R"(A blank and a '#' begin a comment, wherever they stand, and what follows is not a part of the value: a password or a text with a # is cut there. If it belongs to the value, put the whole value in quotes; if it is a comment, put a blank behind the #.)",
       ExampleKind::sections, "sinks:\n  out:\n    input: orders\n    description: order #1\n    type: console", "sinks:\n  out:\n    input: orders\n    description: \"order #1\"\n    type: console"},
      {"W0904", "windows that never close",
       R"(A window closes when the watermark has passed its end. These windows are over a time that no watermark tells anything of, so all of them are kept, and the state grows for ever. Give the source a watermark, or window by the column that it goes by.)",
       ExampleKind::query, "FROM clicks |> AGGREGATE count(*) AS n GROUP BY url, TUMBLE(seen_at, INTERVAL 5 MINUTES)", "FROM orders |> AGGREGATE count(*) AS n GROUP BY product, TUMBLE(placed_at, INTERVAL 5 MINUTES)"},
      {"W0905", "a dedup that never forgets",
       R"(Without a time, every key that ever came is kept, as it could come again. That is exact, and grows for ever. WITHIN says how far apart in event time duplicates may be; a source with a watermark then forgets older keys.)",
       ExampleKind::query, "FROM orders |> DEDUP ON id", "FROM orders |> DEDUP ON id WITHIN INTERVAL 1 HOUR"},
      {"W0906", "a join of streams that never forgets",
       R"(Without a time, every row of both streams is kept, as its partner could still come. WITHIN says how far apart in event time rows that belong together may be; so does a condition that bounds the one time by the other, such as s.at BETWEEN o.ts AND o.ts + INTERVAL 4 HOURS.)",
       ExampleKind::query, "FROM orders |> JOIN shipments ON shipments.order_id = id SELECT carrier", "FROM orders |> JOIN shipments ON shipments.order_id = id WITHIN INTERVAL 1 HOUR SELECT carrier"},
      {"W0907", "a setting is empty",
       R"(Functions that need the file which this setting names give NULL for every row. That is right where there is no such file, such as on a laptop without a geo database; otherwise set it to the file's path.)",
       ExampleKind::sections, "settings: { geo_database: \"\" }\nsinks:\n  out: { input: orders, type: console, steps: [ select: { city: ip_city(product) } ] }",
       "sinks:\n  out: { input: orders, type: console, steps: [ select: { product: product } ] }"},
      {"W0908", "limits of a state that there is not",
       R"(state_memory and state_directory are for aggregates, dedups and joins of streams, which remember rows. This pipeline remembers nothing, so they do nothing.)",
       ExampleKind::sections, "state_memory: 256 MB\nsinks:\n  out: { input: orders, type: console }", "sinks:\n  out: { input: orders, type: console }"},
      {"W0909", "a comparison with NULL",
       R"(NULL is a value that is not known: nothing equals it and nothing differs from it, so `x = NULL` is never true, and neither is `x <> NULL`. IS NULL and IS NOT NULL ask whether there is a value; <=> compares and takes NULL for a value like others.)",
       ExampleKind::query, "FROM orders |> WHERE product = NULL", "FROM orders |> WHERE product IS NULL"},
      {"W0910", "sessions of each group instead of all rows",
       R"(Flink's TABLE(SESSION(TABLE t, ...)) without PARTITION BY makes sessions of all rows, whatever they are grouped by behind it. Here an aggregate has the sessions of each of its groups, which is what PARTITION BY with the grouping columns means in Flink. Write that, and the query means the same in both.)",
       ExampleKind::query, "SELECT product, count(*) AS n FROM TABLE(SESSION(TABLE orders, DESCRIPTOR(placed_at), INTERVAL '10' MINUTES)) GROUP BY product, window_start, window_end",
       "SELECT product, count(*) AS n FROM TABLE(SESSION(TABLE orders PARTITION BY product, DESCRIPTOR(placed_at), INTERVAL '10' MINUTES)) GROUP BY product, window_start, window_end"},
  };
}

}  // namespace weir
