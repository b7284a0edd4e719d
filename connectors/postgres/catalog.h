// catalog.h — compares the tables of a database with what the plan writes, and creates those that are
// missing.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "connectors/postgres/postgres_client.h"
#include "connectors/postgres/table_facts.h"
#include "engine/component/store.h"

namespace weir {

/// What was found about one table.
struct TableFindings {
  bool exists = false;
  PostgresTableFacts facts;
  std::vector<std::string> differences;  // why the plan cannot be written; each a sentence
  std::vector<std::string> warnings;
};

Result<TableFindings> inspect_table(PostgresClient& client, const SinkTable& table);

/// CREATE TABLE without the foreign keys, which may point at tables made later.
std::string create_table_sql(const SinkTable& table);
/// ALTER TABLE … ADD FOREIGN KEY for each of the table's references.
std::vector<std::string> foreign_keys_sql(const SinkTable& table);

/// Name of the column type in Postgres: "numeric(10,2)".
std::string postgres_type(const Type& type);

}  // namespace weir
