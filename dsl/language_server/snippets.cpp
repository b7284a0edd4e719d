// snippets.cpp — beginnings of parts of a pipeline.
#include "dsl/language_server/snippets.h"

#include <string>

namespace weir {
namespace {

// Of the entries of sections, and of steps.
const std::vector<Snippet> yaml_sources = {{"source", "A Kafka topic of JSON records",
                                            "${1:orders}:\n  type: kafka\n  brokers: ${2:localhost:9092}\n  topic: ${3:orders}\n  start: earliest\n  format: json\n  columns:\n    ${4:id}: ${5:string not null}\n"}};
const std::vector<Snippet> yaml_connections = {{"connection", "A Postgres database", "${1:warehouse}: { dsn: \"${2:postgresql:///weir}\" }"}};
const std::vector<Snippet> yaml_tables = {{"table", "A lookup table out of a CSV file",
                                           "${1:shops}:\n  type: csv\n  file: ${2:shops.csv}\n  columns:\n    ${3:id}: string not null\n    ${4:city}: string\n  key: [${3:id}]\n"}};
const std::vector<Snippet> yaml_transforms = {{"stream", "A stream of a source or stream, and its steps", "${1:large}:\n  input: ${2:orders}\n  steps:\n    - where: ${3:id is not null}\n"}};
const std::vector<Snippet> yaml_sinks = {
    {"sink", "A table that is kept up to date", "${1:order_total}:\n  input: ${2:orders}\n  key: [${3:id}]\n  on_conflict: ${4:update}\n"},
    {"console", "The rows on the screen", "${1:screen}: { input: ${2:orders}, type: console }"}};
const std::vector<Snippet> yaml_reports = {{"report", "A question to the tables of the sinks, and a chart", "${1:orders_by_shop}:\n  chart: ${2:bar}\n  sql: |\n    select ${3:shop}, count(*) as orders\n    from ${4:order_total}\n    group by ${3:shop}\n"}};
const std::vector<Snippet> yaml_steps = {
    {"aggregate by a column", "One row for each value of a column", "aggregate:\n    by: [${1:id}]\n    select:\n      ${2:orders}: ${3:count(*)}\n"},
    {"extend with a column", "A column computed of others", "extend: { ${1:name}: ${2:upper(id)} }"}};
const std::vector<Snippet> weir_statements = {
    {"CREATE PIPELINE", "The pipeline's name, and what is said of all of it", "CREATE PIPELINE ${1:name};\n"},
    {"CREATE CONNECTION", "A Postgres database", "CREATE CONNECTION ${1:warehouse} WITH (dsn = '${2:postgresql:///weir}');\n"},
    {"CREATE SOURCE", "A Kafka topic of JSON records",
     "CREATE SOURCE ${1:orders} (\n  ${2:id} ${3:STRING} NOT NULL\n) WITH (\n  type = 'kafka',\n  brokers = '${4:localhost:9092}',\n  topic = '${5:orders}',\n  start = 'earliest',\n  format = 'json'\n);\n"},
    {"CREATE TABLE", "A lookup table out of a CSV file",
     "CREATE TABLE ${1:shops} (\n  ${2:id} STRING NOT NULL,\n  ${3:city} STRING,\n  PRIMARY KEY (${2:id})\n) WITH (type = 'csv', file = '${4:shops.csv}');\n"},
    {"CREATE STREAM", "A stream of a source or stream, and its steps", "CREATE STREAM ${1:large} AS\nFROM ${2:orders}\n|> WHERE ${3:id IS NOT NULL};\n"},
    {"CREATE STREAM with an aggregate", "One row for each value of a column", "CREATE STREAM ${1:totals} AS\nFROM ${2:orders}\n|> AGGREGATE ${3:count(*)} AS ${4:orders} GROUP BY ${5:id};\n"},
    {"CREATE SINK", "A table that is kept up to date", "CREATE SINK ${1:order_total} WITH (key = '${2:id}', on_conflict = 'update') AS FROM ${3:orders};\n"},
    {"CREATE SINK on the console", "The rows on the screen", "CREATE SINK ${1:screen} WITH (type = 'console') AS FROM ${2:orders};\n"},
    {"CREATE FUNCTION", "A function in Python", "CREATE FUNCTION ${1:shout} (${2:text} STRING) RETURNS STRING LANGUAGE PYTHON AS \\$\\$\ndef ${1:shout}(${2:text}):\n    return ${2:text}.upper()\n\\$\\$;\n"},
    {"CREATE REPORT", "A question to the tables of the sinks, and a chart",
     "CREATE REPORT ${1:orders_by_shop} WITH (chart = '${2:bar}') AS \\$\\$\nselect ${3:shop}, count(*) as orders\nfrom ${4:order_total}\ngroup by ${3:shop}\n\\$\\$;\n"}};

}  // namespace

std::vector<Snippet> snippets_at(const Place& place, Spelling spelling) {
  if (spelling == Spelling::weir) return place.kind == Place::Kind::statement ? weir_statements : std::vector<Snippet>{};
  if (place.kind == Place::Kind::key && place.block == Block::step) return yaml_steps;
  if (place.kind != Place::Kind::entry) return {};
  if (place.name == "sources") return yaml_sources;
  if (place.name == "connections") return yaml_connections;
  if (place.name == "tables") return yaml_tables;
  if (place.name == "transforms") return yaml_transforms;
  if (place.name == "reports") return yaml_reports;
  return place.name == "sinks" ? yaml_sinks : std::vector<Snippet>{};
}

std::string plain_text(std::string_view snippet) {
  std::string text;
  std::size_t depth = 0;
  for (std::size_t at = 0; at < snippet.size(); ++at) {
    if (snippet.compare(at, 2, "${") == 0) {
      at = snippet.find(':', at);
      ++depth;
    } else if (depth > 0 && snippet[at] == '}') {
      --depth;
    } else if (snippet[at] == '$' && at + 1 < snippet.size() && snippet[at + 1] >= '0' && snippet[at + 1] <= '9') {
      ++at;
    } else if (snippet[at] == '\\' && at + 1 < snippet.size()) {
      text += snippet[++at];
    } else {
      text += snippet[at];
    }
  }
  return text;
}

}  // namespace weir
