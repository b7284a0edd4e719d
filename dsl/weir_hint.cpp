// weir_hint.cpp — what to do about an error, in the words of .weir files.
#include "dsl/weir_hint.h"

#include <array>
#include <string>
#include <string_view>

#include "dsl/short_match.h"

namespace weir {
namespace {

struct Wording {
  const char* yaml;
  const char* weir;
};

// Settings that statements have a place of their own for.
constexpr std::array<Wording, 34> wordings = {{
    {"needs language: python", "needs LANGUAGE PYTHON"},
    {"needs one of file and code", "needs one of AS $$ ... $$ and the option file"},
    {"add connections: {NAME: {dsn: ...}}, and connection: NAME to the sink", "write CREATE CONNECTION NAME WITH (dsn = '...'), and connection = 'NAME' among the options of the sink"},
    {"add key: [NAME], by which rows are found", "add PRIMARY KEY (NAME), by which rows are found"},
    {", or as {column: ts, delay: 1 hour}", ""},
    {"write keep, drop, correct or {correct: 1 day}", "write 'keep', 'drop', 'correct' or (correct = '1 day')"},
    {"write reject, or {to: rejects, stop_above: 10%}", "write 'reject', or (to = 'rejects', stop_above = '10%')"},
    {"add type: csv and file: NAME, or connection: NAME and query: SELECT ...", "add type = 'csv' and file = 'NAME', or connection = 'NAME' and query = 'SELECT ...'"},
    {"aggregates stand in a step aggregate: - aggregate: {by: [...], select: {...}}", "aggregates stand in a step |> AGGREGATE ... GROUP BY ..., or in SELECT ... GROUP BY ..."},
    {"put it into a step after this one: - extend: {...}", "put it into a step after this one: |> EXTEND ... AS NAME"},
    {"write it as a step: - explode: {of: ..., as: [...]}", "write it as a step: |> EXPLODE ... AS NAME"},
    {"add watermark: COLUMN - INTERVAL 1 HOUR to the source", "add WATERMARK FOR COLUMN AS COLUMN - INTERVAL 1 HOUR to the columns of the source"},
    {", and watermark: event_time - ...", ", and WATERMARK FOR event_time AS event_time - ..."},
    {"add within: 4 hours,", "add WITHIN INTERVAL 4 HOURS,"},
    {"write it as between: [-10 minutes, 4 hours]", "write WITHIN -INTERVAL 10 MINUTES AND INTERVAL 4 HOURS"},
    {"write it as {stream: shipments, keys: {order_id: id}, within: 4 hours}", "write JOIN shipments ON shipments.order_id = id WITHIN INTERVAL 4 HOURS"},
    {"add input: NAME of a source or stream", "write AS FROM NAME"},
    {"topic: NAME, or topics: [NAME, ...]", "add topic = 'NAME', or topics = ['NAME', ...]"},
    {"write it as [{columns: [a], table: t, references: [a]}]", "write it as [(columns = 'a', table = 't', references = 'a')]"},
    {"write it as {columns: [a], table: t, references: [a]}", "write it as (columns = 'a', table = 't', references = 'a')"},
    {"add expect: {SINK: [{COLUMN: VALUE, ...}, ...]}", "add EXPECT SINK (COLUMN, ...) VALUES (...)"},
    {"add given: {TABLE: [{COLUMN: VALUE, ...}, ...]}", "add GIVEN TABLE (COLUMN, ...) VALUES (...)"},
    {"write crash: before_commit", "write CRASH BEFORE COMMIT"},
    {"write the step as SOURCE[1]: [...]", "write INSERT INTO SOURCE PARTITION 1 ..."},
    {"write TABLE: [{COLUMN: VALUE, ...}, ...]", "write GIVEN TABLE (COLUMN, ...) VALUES (...)"},
    {"write the rows as [{COLUMN: VALUE, ...}, ...]", "write VALUES (COLUMN = VALUE, ...), ..."},
    {"write rows as [{COLUMN: VALUE, ...}], or empty, or {rows: 3}", "write EXPECT SINK (COLUMN, ...) VALUES (...), EXPECT SINK EMPTY or EXPECT SINK ROWS 3"},
    {"write SINK: [{COLUMN: VALUE, ...}], rejects: [...] or ledger: {read: 3}", "write EXPECT SINK (COLUMN, ...) VALUES (...)"},
    {"write {read: 3, rejected: 0}, or by sinks {SINK: {read: 3}}", "write EXPECT ledger (read, rejected) VALUES (3, 0)"},
    {"write {read: 3, rejected: 0}", "write EXPECT ledger (sink, read) VALUES ('SINK', 3)"},
    {"write it as {COLUMN: VALUE, ...}", "write it as (COLUMN = VALUE, ...)"},
    {"write sql: SELECT ... FROM ...", "write AS $$ SELECT ... FROM ... $$"},
    {"write parameters: {NAME: DEFAULT}", "write parameters = (NAME = DEFAULT)"},
    {"add connections: {NAME: {dsn: ...}}, and connection: NAME to the report", "write CREATE CONNECTION NAME WITH (dsn = '...'), and connection = 'NAME' among the options of the report"},
}};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto found = text.find(from);
  return found == std::string::npos ? text : text.replace(found, from.size(), to);
}

// Settings that are options: KEY: [A, B], KEY: {A: B} and KEY: VALUE.
std::string with_options(const std::string& text) {
  // A hint that is long quotes what the user wrote.
  if (text.size() > longest_match || text.find(": ") == std::string::npos) return text;
  static const std::regex renamed(R"(select: \{([^:{}]+): ([^{}]+)\})");
  static const std::regex computed(R"(computed: \{([^:{}]+): ([^{}]+)\})");
  static const std::regex list(R"(\b([a-z_]+): \[([^\[\]]*)\])");
  static const std::regex value(R"(\b(add|write) ([a-z_]+): ([A-Z_]+|[a-z]+)(?=$|[ ,.]))");
  static const std::regex either(R"(\b([a-z_]+): ([a-z]+) \| ([a-z]+))");
  std::string result = std::regex_replace(text, renamed, "SELECT $2 AS $1");
  result = std::regex_replace(result, computed, "$1 AS $2");
  result = std::regex_replace(result, list, "$1 = '$2'");
  result = std::regex_replace(result, either, "$1 = '$2' or '$3'");
  return std::regex_replace(result, value, "$1 $2 = '$3'");
}

std::string in_weir(std::string text) {
  for (const Wording& one : wordings) text = replaced(std::move(text), one.yaml, one.weir);
  return text;
}

}  // namespace

Error in_words_of_weir(const Error& error) {
  Error spelled = error;
  return std::move(spelled).reworded(in_weir(error.message())).with_hint(with_options(in_weir(error.hint())));
}

}  // namespace weir
