// table_writer.h — the ways by which rows get into one table, within an open transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "connectors/postgres/postgres_client.h"
#include "connectors/postgres/statement_pipeline.h"
#include "connectors/postgres/table_sql.h"
#include "engine/component/epoch_books.h"
#include "engine/component/store.h"

namespace weir {

using Rows = std::span<const RowReference>;

/// Whether so few rows go best as single statements, pipelined with those of other tables: a COPY has its own
/// round trip, and a staging table costs some milliseconds to empty (docs/decisions/postgres_write_path.md).
inline bool is_best_row_by_row(std::size_t rows, bool can_copy_straight) {
  return rows <= (can_copy_straight ? 100 : 500);
}

/// Queues one INSERT per row, or one DELETE per key. What each affects is in the pipeline's report.
Status queue_rows(StatementPipeline& pipeline, const PostgresTableSql& sql, Rows rows);

/// COPY straight into the table, behind the statements `before`. Nothing where a row conflicts with the
/// table's keys: then no row is in, and the transaction goes on. Otherwise all rows are in.
Result<bool> copy_straight(PostgresClient& client, const std::string& before, const PostgresTableSql& sql,
                           Rows rows);

/// COPY into the staging table (which must exist and be empty), then INSERT … SELECT or DELETE … USING.
/// Returns how many rows were inserted, changed or removed.
Result<std::int64_t> write_through_stage(PostgresClient& client, const std::string& before,
                                         const PostgresTableSql& sql, Rows rows);

/// Writes the rows of table `t` although the database refuses some of them: finds these by halving and enters
/// them into `books` as refused. Returns how many of the others were inserted or changed. The staging table
/// must exist.
Result<std::int64_t> write_carefully(PostgresClient& client, const PostgresTableSql& sql, Rows rows,
                                     std::size_t t, EpochBooks& books);

/// Removes the rows under these keys and returns how many there were; one that the database keeps is a fatal
/// error. The staging table must exist.
Result<std::int64_t> remove_rows(PostgresClient& client, const std::string& table, const PostgresTableSql& sql,
                                 Rows keys);

}  // namespace weir
