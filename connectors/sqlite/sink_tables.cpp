// sink_tables.cpp — STRICT tables and upserts for sinks.
#include "connectors/sqlite/sink_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "connectors/sqlite/row_values.h"

namespace weir {
namespace {

std::string names(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& name : list) text += (text.empty() ? "" : ", ") + sqlite_name(name);
  return text;
}

std::vector<std::string> column_names(const SinkTable& table) {
  std::vector<std::string> list;
  for (const Field& field : table.schema.fields) list.push_back(field.name);
  return list;
}

std::vector<std::string> key_names(const SinkTable& table) {
  std::vector<std::string> list;
  for (const std::size_t index : table.key) list.push_back(table.schema.fields[index].name);
  return list;
}

std::string on_conflict(const SinkTable& table) {
  if (table.key.empty() || table.on_conflict == OnConflict::error) return {};
  const std::vector<std::string> key = key_names(table);
  std::string changes, differs;
  for (const Field& field : table.schema.fields) {
    if (std::find(key.begin(), key.end(), field.name) != key.end()) continue;
    const std::string name = sqlite_name(field.name);
    changes += fmt::format("{}{} = excluded.{}", changes.empty() ? "" : ", ", name, name);
    differs += fmt::format("{}t.{} IS NOT excluded.{}", differs.empty() ? "" : " OR ", name, name);
  }
  if (table.on_conflict == OnConflict::ignore || changes.empty())
    return fmt::format(" ON CONFLICT ({}) DO NOTHING", names(key));
  if (table.on_conflict == OnConflict::update_newer) {
    // As the runtime decides within an epoch: NULL is older than everything, the later row wins among equals.
    const std::string name = sqlite_name(table.schema.fields[table.newer_by].name);
    differs = fmt::format("(t.{0} IS NULL OR excluded.{0} >= t.{0}) AND ({1})", name, differs);
  }
  return fmt::format(" ON CONFLICT ({}) DO UPDATE SET {} WHERE {}", names(key), changes, differs);
}

struct FoundColumn {
  std::string type;
  bool is_not_null, has_default, is_generated, is_rowid;
};

/// Collects what is wrong with one table.
class Comparison {
 public:
  Comparison(SqliteDatabase& database, const SinkTable& table) : database_(database), table_(table) {}

  Result<std::vector<std::string>> run() {
    WEIR_TRY(check_columns());
    WEIR_TRY(check_key());
    WEIR_ASSIGN(SqliteStatement triggers,
                database_.statement(
                    "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND lower(tbl_name) = lower(?1)"));
    triggers.text(table_.table);
    for (;;) {
      WEIR_ASSIGN(const bool more, triggers.step());
      if (!more) break;
      differ("has the trigger {}, which may change or drop rows unseen", triggers.text_at(0));
    }
    return std::move(differences_);
  }

 private:
  template <typename... Args>
  void differ(fmt::format_string<Args...> format, Args&&... args) {
    differences_.push_back(
        fmt::format("table {} {}", table_.table, fmt::format(format, std::forward<Args>(args)...)));
  }

  Status check_columns() {
    WEIR_ASSIGN(
        SqliteStatement rows,
        database_.statement("SELECT name, upper(type), \"notnull\", dflt_value IS NOT NULL, hidden > 1, "
                            "pk > 0 AND upper(type) = 'INTEGER' FROM pragma_table_xinfo(?1)"));
    rows.text(table_.table);
    std::map<std::string, FoundColumn> columns;
    for (;;) {
      WEIR_ASSIGN(const bool more, rows.step());
      if (!more) break;
      columns[rows.text_at(0)] = {rows.text_at(1), rows.number_at(2) != 0, rows.number_at(3) != 0,
                                  rows.number_at(4) != 0, rows.number_at(5) != 0};
    }
    for (std::size_t i = 0; i < table_.schema.fields.size(); ++i) {
      const auto found = columns.find(table_.schema.fields[i].name);
      if (found == columns.end()) {
        differ("has no column {} ({})", table_.schema.fields[i].name,
               sqlite_type(table_.schema.fields[i].type));
      } else {
        check_column(i, found->second);
      }
    }
    for (const auto& [name, column] : columns) {
      if (table_.schema.index_of(name) || !column.is_not_null || column.has_default || column.is_generated ||
          column.is_rowid)
        continue;
      differ("has the column {} NOT NULL without a default, which the pipeline does not write", name);
    }
    return {};
  }

  // Without STRICT a column takes any type; its declared one must still lead to the same affinity.
  void check_column(std::size_t i, const FoundColumn& column) {
    const Field& field = table_.schema.fields[i];
    const bool is_key = std::find(table_.key.begin(), table_.key.end(), i) != table_.key.end();
    const std::string wanted = sqlite_type(field.type);
    std::string affinity = column.type;
    if (affinity.find("INT") != std::string::npos) affinity = "INTEGER";
    if (affinity.find("CHAR") != std::string::npos || affinity.find("CLOB") != std::string::npos)
      affinity = "TEXT";
    if (affinity.find("DOUB") != std::string::npos || affinity.find("FLOA") != std::string::npos)
      affinity = "REAL";
    if (affinity != wanted && affinity != "ANY")
      differ("has column {} as {}, the pipeline writes {}", field.name, column.type, wanted);
    if (column.is_generated) differ("computes its column {}, so it cannot be written", field.name);
    if (column.is_not_null && field.nullable && !is_key)
      differ("has column {0} NOT NULL, and the pipeline may write NULL; give it coalesce({0}, ...), or leave such rows out with where", field.name);
  }

  // The primary key, or a unique index without condition or expression, on exactly the key.
  Status check_key() {
    if (table_.key.empty()) return {};
    const std::vector<std::string> key = key_names(table_);
    const std::set<std::string> wanted(key.begin(), key.end());
    std::map<std::string, std::set<std::string>> indexes;
    WEIR_TRY(read_indexes(
        "SELECT l.name, coalesce(i.name, '') FROM pragma_index_list(?1) l, pragma_index_info(l.name) i "
        "WHERE l.\"unique\" = 1 AND l.partial = 0",
        indexes));
    // An INTEGER PRIMARY KEY has no index of its own.
    WEIR_TRY(read_indexes("SELECT 'the primary key', name FROM pragma_table_info(?1) WHERE pk > 0", indexes));
    for (const auto& [index, columns] : indexes) {
      if (columns == wanted) return {};
    }
    differ("has no unique index on exactly the key ({})", fmt::join(key, ", "));
    return {};
  }

  Status read_indexes(const std::string& sql, std::map<std::string, std::set<std::string>>& indexes) {
    WEIR_ASSIGN(SqliteStatement rows, database_.statement(sql));
    rows.text(table_.table);
    for (;;) {
      WEIR_ASSIGN(const bool more, rows.step());
      if (!more) return {};
      indexes[rows.text_at(0)].insert(rows.text_at(1));
    }
  }

  SqliteDatabase& database_;
  const SinkTable& table_;
  std::vector<std::string> differences_;
};

}  // namespace

std::string create_sqlite_table_sql(const SinkTable& table) {
  const std::vector<std::string> key = key_names(table);
  std::string parts;
  for (const Field& field : table.schema.fields) {
    // SQLite would take NULL in a primary key of texts.
    const bool is_key = std::find(key.begin(), key.end(), field.name) != key.end();
    parts += fmt::format("{}{} {}{}", parts.empty() ? "" : ", ", sqlite_name(field.name),
                         sqlite_type(field.type), is_key ? " NOT NULL" : "");
  }
  if (!key.empty()) parts += fmt::format(", PRIMARY KEY ({})", names(key));
  for (const ForeignKey& reference : table.references) {
    parts += fmt::format(", FOREIGN KEY ({}) REFERENCES {} ({})", names(reference.columns),
                         sqlite_name(reference.table), names(reference.references));
  }
  return fmt::format("CREATE TABLE {} ({}) STRICT", sqlite_name(table.table), parts);
}

std::string insert_sqlite_row_sql(const SinkTable& table) {
  std::string values;
  for (std::size_t i = 0; i < table.schema.fields.size(); ++i) values += i == 0 ? "?" : ", ?";
  return fmt::format("INSERT INTO {} AS t ({}) VALUES ({}){}", sqlite_name(table.table),
                     names(column_names(table)), values, on_conflict(table));
}

std::string remove_sqlite_row_sql(const SinkTable& keys) {
  std::string conditions;
  for (const std::string& name : column_names(keys))
    conditions += fmt::format("{}{} = ?", conditions.empty() ? "" : " AND ", sqlite_name(name));
  return fmt::format("DELETE FROM {} WHERE {}", sqlite_name(keys.table), conditions);
}

Result<bool> sqlite_table_exists(SqliteDatabase& database, const std::string& table) {
  WEIR_ASSIGN(SqliteStatement found,
              database.statement(
                  "SELECT 1 FROM sqlite_schema WHERE type IN ('table', 'view') AND lower(name) = lower(?1)"));
  return found.text(table).step();
}

Result<std::vector<std::string>> compare_sqlite_table(SqliteDatabase& database, const SinkTable& table) {
  WEIR_ASSIGN(const bool exists, sqlite_table_exists(database, table.table));
  if (!exists) return std::vector<std::string>();
  return Comparison(database, table).run();
}

}  // namespace weir
