// sink_tables.h — the tables of sinks in an SQLite file: made, compared with the plan, written and cleared.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "connectors/sqlite/sqlite_database.h"
#include "engine/component/store.h"

namespace weir {

std::string create_sqlite_table_sql(const SinkTable& table);
/// INSERT of one row of parameters, by the sink's on_conflict.
std::string insert_sqlite_row_sql(const SinkTable& table);
/// DELETE of the row under one key of parameters; `keys` is the table of a removal.
std::string remove_sqlite_row_sql(const SinkTable& keys);

/// Why the plan cannot be written into the table; each a sentence. Empty where it can, or where the table
/// does not exist.
Result<std::vector<std::string>> compare_sqlite_table(SqliteDatabase& database, const SinkTable& table);
Result<bool> sqlite_table_exists(SqliteDatabase& database, const std::string& table);

}  // namespace weir
