// table_sql.h — the statements that write one sink's table, or remove rows of it.
#pragma once

#include <cstddef>
#include <string>

#include "connectors/postgres/table_facts.h"
#include "engine/component/store.h"

namespace weir {

struct PostgresTableSql {
  std::string copy_table;    // COPY straight into the table; empty for a removal
  std::string create_stage;  // a temporary table of the same columns, emptied at every commit
  std::string clear_stage;
  std::string copy_stage;
  std::string apply_stage;   // the staging table to the table: INSERT by the sink's on_conflict, or DELETE
  std::string apply_row;     // the same with one row of parameters
};

/// `number`: distinguishes the staging tables of one connection.
PostgresTableSql make_table_sql(const SinkTable& table, const PostgresTableFacts& facts, std::size_t number);
/// Of a removal: `keys` is its table.
PostgresTableSql make_removal_sql(const SinkTable& keys, std::size_t number);

}  // namespace weir
