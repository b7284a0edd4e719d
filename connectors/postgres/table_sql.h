// table_sql.h — the statements that write one sink's table.
#pragma once

#include <cstddef>
#include <string>

#include "connectors/postgres/table_facts.h"
#include "engine/component/store.h"

namespace weir {

struct PostgresTableSql {
  std::string copy_table;    // COPY straight into the table
  std::string create_stage;  // a temporary table of the same columns, emptied at every commit
  std::string clear_stage;
  std::string copy_stage;
  std::string insert_stage;  // from the staging table into the table, by the sink's on_conflict
  std::string insert_row;    // one row of parameters, by the sink's on_conflict
};

/// `number`: distinguishes the staging tables of one connection.
PostgresTableSql make_table_sql(const SinkTable& table, const PostgresTableFacts& facts, std::size_t number);

}  // namespace weir
