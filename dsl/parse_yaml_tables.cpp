// parse_yaml_tables.cpp — the YAML front end: lookup tables, and the step that joins with one.
#include <fmt/format.h>

#include <algorithm>

#include "dsl/column_spec.h"
#include "dsl/parse_yaml.h"
#include "engine/base/nearest_name.h"

namespace weir {
namespace {

constexpr const char* join_example = "write it as {table: shops, keys: {id: shop_id}, select: [name]}";

void read_columns(const Config& config, TableSyntax& table, YamlReader& reader) {
  const std::string what = "table " + table.name.text;
  if (!reader.expect_map(config, "columns of " + what, "write each as NAME: TYPE, such as id: string not null")) {
    table.is_broken = true;
    return;
  }
  std::vector<CheckSyntax> checks;
  for (const auto& [name, spec] : std::get<Config::Map>(config.value)) {
    if (const auto text = reader.text(spec, "type of column " + name))
      table.columns.push_back(read_column_spec({name, spec.key_where}, *text, spec.where, reader.diagnostics(), checks));
  }
  for (const CheckSyntax& check : checks) reader.report("W0125", check.column.where, fmt::format("column {}: CHECK is for columns of sources", check.column.text));
  if (!table.columns.empty()) return;
  reader.report("W0109", config, fmt::format("{} has no columns", what));
  table.is_broken = true;
}

// A connection says which database it is; everything else says its type.
void read_origin(const Config& config, const std::string& what, TableSyntax& table, YamlReader& reader) {
  const Config* type = config.find("type");
  const Config* connection = config.find("connection");
  if (type != nullptr && connection != nullptr) {
    reader.report("W0111", type->key_where, fmt::format("{} has both a type and a connection", what), "leave type out: the connection says which database it is");
    table.is_broken = true;
  } else if (type != nullptr || connection != nullptr) {
    const std::optional<Name> name = reader.name(type != nullptr ? *type : *connection, fmt::format("{} of {}", type != nullptr ? "type" : "connection", what));
    table.is_broken = table.is_broken || !name;
    (type != nullptr ? table.type : table.connection) = name;
  } else {
    reader.report("W0510", table.name.where, fmt::format("{} does not say what it is read from", what), "add type: csv and file: NAME, or connection: NAME and query: SELECT ...");
    table.is_broken = true;
  }
}

}  // namespace

TableSyntax read_table(const Name& name, const Config& config, YamlReader& reader) {
  TableSyntax table;
  table.name = name;
  const std::string what = "table " + name.text;
  table.options.where = name.where;
  table.options.key_where = config.key_where;
  Config::Map options;
  for (const auto& [key, value] : std::get<Config::Map>(config.value)) {
    if (find_key(Block::table, key) == nullptr) options.emplace_back(key, value);
  }
  table.options.value = std::move(options);
  read_origin(config, what, table, reader);
  if (const Config* columns = config.find("columns")) {
    read_columns(*columns, table, reader);
  } else {
    reader.report("W0107", name.where, fmt::format("{} has no columns", what), "add columns: {NAME: TYPE, ...}");
    table.is_broken = true;
  }
  if (const Config* key = config.find("key")) {
    table.key = reader.names(*key, "key of " + what);
    table.is_broken = table.is_broken || table.key.empty();
  }
  if (const Config* refresh = config.find("refresh")) {
    table.refresh = read_span(*refresh, "refresh of " + what, reader);
    if (table.refresh && *table.refresh <= Duration{}) reader.report("W0122", *refresh, fmt::format("refresh of {} is a time", what), "leave it out to read the table once");
  }
  return table;
}

std::optional<Step> read_join(const Config& config, YamlReader& reader) {
  if (!reader.expect_map(config, "join", join_example)) return std::nullopt;
  if (config.find("stream") != nullptr) return read_stream_join(config, reader);
  JoinStep step;
  step.where = config.key_where;
  reader.check_keys(config, "join", Block::table_join);
  const std::optional<Name> table = reader.required_name(config, "table", "join");
  bool is_complete = table.has_value();
  if (table) step.table = *table;
  if (const Config* keys = config.find("keys")) {
    auto read = reader.columns(*keys, "keys of join");
    is_complete = is_complete && read;
    if (read) step.keys = *std::move(read);
  }
  is_complete = read_join_result(config, step, reader) && is_complete;
  return is_complete ? std::optional<Step>(std::move(step)) : std::nullopt;
}

}  // namespace weir
