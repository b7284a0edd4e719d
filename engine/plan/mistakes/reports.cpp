// reports.cpp — mistakes of the reports in a pipeline file.
#include "engine/plan/mistakes/families.h"

namespace weir {

std::vector<Mistake> mistakes_of_reports() {
  return {
      {"W1101", "a report that asks nothing",
       R"(A report is a question to the database of the sinks: its SQL stands under `sql`, or behind AS between $$ and $$, and here there is none.)",
       ExampleKind::statements, "CREATE SINK out WITH (connection = 'warehouse', key = 'id') AS FROM orders |> SELECT id;\nCREATE REPORT count AS $$ $$;",
       "CREATE SINK out WITH (connection = 'warehouse', key = 'id') AS FROM orders |> SELECT id;\nCREATE REPORT count AS $$ SELECT count(*) AS orders FROM out $$;"},
      {"W1102", "not one statement that reads",
       R"(The SQL of a report is one SELECT, WITH or VALUES: it reads, and changes nothing. The database is asked in a transaction that may only read, too. Quotes and comments that are opened must be closed, and behind a semicolon nothing may follow.)",
       ExampleKind::statements, "CREATE SINK out WITH (connection = 'warehouse', key = 'id') AS FROM orders |> SELECT id;\nCREATE REPORT clean AS $$ DELETE FROM out $$;",
       "CREATE SINK out WITH (connection = 'warehouse', key = 'id') AS FROM orders |> SELECT id;\nCREATE REPORT clean AS $$ SELECT count(*) AS orders FROM out $$;"},
      {"W1103", "a parameter that is not there, or not used",
       R"(:NAME in the SQL of a report stands for a parameter, which is declared with its default value under `parameters` and handed to the database beside the SQL, never as part of it. Each that is named must be declared, and each that is declared must be named. A cast (`::date`), and what stands in quotes or comments, is none; where a colon means something else, such as in `a[1 : n]`, put a blank behind it.)",
       ExampleKind::statements, "CREATE SINK out WITH (connection = 'warehouse', key = 'id') AS FROM orders |> SELECT id;\nCREATE REPORT one AS $$ SELECT id FROM out WHERE id = :id $$;",
       "CREATE SINK out WITH (connection = 'warehouse', key = 'id') AS FROM orders |> SELECT id;\nCREATE REPORT one WITH (parameters = (id = 'a')) AS $$ SELECT id FROM out WHERE id = :id $$;"},
      {"W1104", "columns that the chart does not have",
       R"(x is what a bar, line or pie chart goes along, y what it draws: a pie and a number draw one column, bars and lines several, and a table shows all that there is. Each column is named once.)",
       ExampleKind::statements, "CREATE SINK out WITH (connection = 'warehouse', key = 'id') AS FROM orders |> SELECT id;\nCREATE REPORT ids WITH (x = 'id') AS $$ SELECT id, 1 AS n FROM out $$;",
       "CREATE SINK out WITH (connection = 'warehouse', key = 'id') AS FROM orders |> SELECT id;\nCREATE REPORT ids WITH (chart = 'bar', x = 'id') AS $$ SELECT id, 1 AS n FROM out $$;"},
      {"W1105", "nobody knows which database a report asks",
       R"(A report asks the database that the tables of the sinks are in. Where sinks write to several, or to none, the report names a connection of the file.)",
       ExampleKind::statements, "CREATE CONNECTION other WITH (dsn = 'sqlite:other.db');\nCREATE REPORT one AS $$ SELECT 1 AS one $$;",
       "CREATE CONNECTION other WITH (dsn = 'sqlite:other.db');\nCREATE REPORT one WITH (connection = 'other') AS $$ SELECT 1 AS one $$;"},
      {"W1106", "the database does not understand the SQL of a report",
       R"(What a report asks is in the words of its database, which has the last say: a column that is not there, a function that it does not know, types that do not go together, or a statement that would change something. The message is the database's; `weir check --connect` asks it without running the report.)"},
      {"W1107", "a result that cannot be shown as the report says",
       R"(The result has no column of the name that x or y says, a column that is to be drawn holds no numbers, or two columns have the same name. Give columns names with AS, and name them in x and y.)"},
  };
}

}  // namespace weir
