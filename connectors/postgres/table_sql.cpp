// table_sql.cpp — writes INSERT … ON CONFLICT, COPY and DELETE for a table, every identifier quoted.
#include "connectors/postgres/table_sql.h"

#include <fmt/format.h>

#include <algorithm>

#include "connectors/postgres/postgres_client.h"

namespace weir {
namespace {

template <typename Name>
std::string comma_list(std::size_t count, Name&& name) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) list += (i == 0 ? "" : ", ") + name(i);
  return list;
}

std::string column(const SinkTable& table, std::size_t index) {
  return quote_name(table.schema.fields[index].name);
}

// json has no equality; its text has.
std::string comparable(const SinkTable& table, const PostgresTableFacts& facts, const char* of,
                       std::size_t index) {
  const bool is_plain_json = index < facts.is_plain_json.size() && facts.is_plain_json[index];
  return fmt::format("{}.{}{}", of, column(table, index), is_plain_json ? "::text" : "");
}

bool is_key(const SinkTable& table, std::size_t index) {
  return std::find(table.key.begin(), table.key.end(), index) != table.key.end();
}

// A row that would change nothing is left alone: an update writes a new version of the row even then.
std::string changes_something(const SinkTable& table, const PostgresTableFacts& facts) {
  std::string stored, offered;
  for (std::size_t i = 0; i < table.schema.fields.size(); ++i) {
    if (is_key(table, i)) continue;
    stored += (stored.empty() ? "" : ", ") + comparable(table, facts, "t", i);
    offered += (offered.empty() ? "" : ", ") + comparable(table, facts, "excluded", i);
  }
  return fmt::format("ROW({}) IS DISTINCT FROM ROW({})", stored, offered);
}

// As the runtime decides within an epoch, so that it does not matter where an epoch ends: NULL is older than
// everything, the later row wins among equals, text is compared by bytes.
std::string is_not_older(const SinkTable& table) {
  const std::string name = column(table, table.newer_by);
  const bool is_text = table.schema.fields[table.newer_by].type.kind == TypeKind::string;
  return fmt::format("(t.{0} IS NULL OR excluded.{0} >= t.{0}{1})", name, is_text ? " COLLATE \"C\"" : "");
}

std::string on_conflict(const SinkTable& table, const PostgresTableFacts& facts) {
  if (table.key.empty() || table.on_conflict == OnConflict::error) return {};
  const std::string key =
      comma_list(table.key.size(), [&](std::size_t i) { return column(table, table.key[i]); });
  std::string changes;
  for (std::size_t i = 0; i < table.schema.fields.size(); ++i) {
    const std::string name = column(table, i);
    if (!is_key(table, i))
      changes += fmt::format("{}{} = excluded.{}", changes.empty() ? "" : ", ", name, name);
  }
  if (table.on_conflict == OnConflict::ignore || changes.empty())
    return fmt::format(" ON CONFLICT ({}) DO NOTHING", key);
  std::string condition = changes_something(table, facts);
  if (table.on_conflict == OnConflict::update_newer) condition = is_not_older(table) + " AND " + condition;
  return fmt::format(" ON CONFLICT ({}) DO UPDATE SET {} WHERE {}", key, changes, condition);
}

std::string stage_name(std::size_t number) { return fmt::format("pg_temp.weir_stage_{}", number); }

std::string all_columns(const SinkTable& table) {
  return comma_list(table.schema.fields.size(), [&](std::size_t i) { return column(table, i); });
}

// What is there of a staging table whatever becomes of its rows.
PostgresTableSql make_stage_sql(const SinkTable& table, std::size_t number) {
  PostgresTableSql sql;
  sql.create_stage =
      fmt::format("CREATE TEMP TABLE weir_stage_{} ON COMMIT DELETE ROWS AS SELECT {} FROM {} WITH NO DATA",
                  number, all_columns(table), quote_table(table.table));
  sql.clear_stage = "TRUNCATE " + stage_name(number);
  sql.copy_stage = fmt::format("COPY {} FROM STDIN (FORMAT binary)", stage_name(number));
  return sql;
}

// t."id" = s."id" AND …
template <typename Offered>
std::string equals_key(const SinkTable& keys, Offered&& offered) {
  std::string condition;
  for (std::size_t i = 0; i < keys.schema.fields.size(); ++i)
    condition += fmt::format("{}t.{} = {}", i == 0 ? "" : " AND ", column(keys, i), offered(i));
  return condition;
}

}  // namespace

PostgresTableSql make_table_sql(const SinkTable& table, const PostgresTableFacts& facts, std::size_t number) {
  const std::string name = quote_table(table.table);
  const std::string columns = all_columns(table);
  const std::string values =
      comma_list(table.schema.fields.size(), [](std::size_t i) { return fmt::format("${}", i + 1); });
  const std::string into = fmt::format("INSERT INTO {} AS t ({})", name, columns);
  PostgresTableSql sql = make_stage_sql(table, number);
  sql.copy_table = fmt::format("COPY {} ({}) FROM STDIN (FORMAT binary)", name, columns);
  // Rows were copied in key order and come out as they went in: temporary tables are scanned from the start,
  // by one process.
  sql.apply_stage =
      fmt::format("{} SELECT {} FROM {}{}", into, columns, stage_name(number), on_conflict(table, facts));
  sql.apply_row = fmt::format("{} VALUES ({}){}", into, values, on_conflict(table, facts));
  return sql;
}

PostgresTableSql make_removal_sql(const SinkTable& keys, std::size_t number) {
  const std::string from = fmt::format("DELETE FROM {} AS t", quote_table(keys.table));
  PostgresTableSql sql = make_stage_sql(keys, number);
  sql.apply_stage = fmt::format("{} USING {} AS s WHERE {}", from, stage_name(number),
                                equals_key(keys, [&](std::size_t i) { return "s." + column(keys, i); }));
  sql.apply_row = fmt::format("{} WHERE {}", from,
                              equals_key(keys, [](std::size_t i) { return fmt::format("${}", i + 1); }));
  return sql;
}

}  // namespace weir
