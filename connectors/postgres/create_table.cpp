// create_table.cpp — the definition of a sink's table.
#include <fmt/format.h>

#include "connectors/postgres/catalog.h"

namespace weir {
namespace {

std::string name_list(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + quote_name(name);
  return list;
}

}  // namespace

std::string postgres_type(const Type& type) {
  switch (type.kind) {
    case TypeKind::boolean:
      return "boolean";
    case TypeKind::int32:
      return "integer";
    case TypeKind::int64:
      return "bigint";
    case TypeKind::float64:
      return "double precision";
    case TypeKind::decimal:
      return fmt::format("numeric({},{})", type.precision, type.scale);
    case TypeKind::null:
    case TypeKind::string:
      return "text";
    case TypeKind::bytes:
      return "bytea";
    case TypeKind::date:
      return "date";
    case TypeKind::timestamp:
      return "timestamp with time zone";
    case TypeKind::interval:
      return "interval";
    case TypeKind::json:
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::structure:
      return "jsonb";
  }
  return "text";
}

std::string create_table_sql(const SinkTable& table) {
  std::vector<std::string> key;
  for (const std::size_t index : table.key) key.push_back(table.schema.fields[index].name);
  std::string parts;
  for (const Field& field : table.schema.fields) {
    const bool is_key = std::find(key.begin(), key.end(), field.name) != key.end();
    parts += fmt::format("{}{} {}{}", parts.empty() ? "" : ", ", quote_name(field.name),
                         postgres_type(field.type), is_key ? " NOT NULL" : "");
  }
  if (!key.empty()) parts += fmt::format(", PRIMARY KEY ({})", name_list(key));
  return fmt::format("CREATE TABLE {} ({})", quote_table(table.table), parts);
}

std::vector<std::string> foreign_keys_sql(const SinkTable& table) {
  std::vector<std::string> statements;
  for (const ForeignKey& reference : table.references) {
    statements.push_back(fmt::format("ALTER TABLE {} ADD FOREIGN KEY ({}) REFERENCES {} ({})",
                                     quote_table(table.table), name_list(reference.columns),
                                     quote_table(reference.table), name_list(reference.references)));
  }
  return statements;
}

}  // namespace weir
