// table_writer.cpp — single statements, COPY, COPY through a staging table, and the search for refused rows.
#include "connectors/postgres/table_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "connectors/postgres/copy_rows.h"

namespace weir {
namespace {

std::string_view bytes_of(const RowReference& reference) {
  const EncodedRow& row = reference.rows->rows[reference.index];
  return std::string_view(reference.rows->bytes).substr(row.offset, row.size);
}

template <typename Unsigned>
Unsigned take(const char*& at) {
  unsigned long value = 0;
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) value = value << 8 | static_cast<unsigned char>(*at++);
  return static_cast<Unsigned>(value);
}

// The fields of an encoded row are parameters already: binary, in network order.
void point_at_fields(std::string_view row, std::vector<PostgresParameter>& parameters) {
  const char* at = row.data();
  const auto fields = take<std::uint16_t>(at);
  parameters.clear();
  for (std::uint16_t i = 0; i < fields; ++i) {
    const auto size = static_cast<std::int32_t>(take<std::uint32_t>(at));
    parameters.push_back(size < 0 ? PostgresParameter{} : PostgresParameter{at, size, true});
    if (size > 0) at += size;
  }
}

Status check_copied(std::int64_t copied, Rows rows) {
  if (copied == static_cast<std::int64_t>(rows.size())) return {};
  return Error{ErrorKind::fatal, fmt::format("COPY took {} of {} rows", copied, rows.size())};
}

// All rows at once; the staging table must exist. Where the server tells which row it refuses, `culprit` becomes its
// number.
Result<std::int64_t> apply(PostgresClient& client, const PostgresTableSql& sql, Rows rows, std::size_t& culprit) {
  if (!is_best_row_by_row(rows.size(), false)) return write_through_stage(client, sql.clear_stage + "; ", sql, rows);
  StatementPipeline pipeline(client);
  WEIR_TRY(queue_rows(pipeline, sql, rows));
  WEIR_ASSIGN(PipelineReport report, pipeline.run());
  std::int64_t written = 0;
  for (const std::int64_t affected : report.affected) written += affected;
  if (!report.error) return written;
  culprit = report.affected.size();
  return std::move(*report.error);
}

/// Halves what fails until single rows are left.
class CarefulWriter {
 public:
  CarefulWriter(PostgresClient& client, const PostgresTableSql& sql, Rows rows, std::size_t t,
                EpochBooks& books)
      : client_(client), sql_(sql), rows_(rows), table_(t), books_(books) {}

  Status write(std::size_t begin, std::size_t end) {
    if (begin == end) return {};
    WEIR_TRY(client_.query("SAVEPOINT weir_careful"));
    std::size_t culprit = end - begin;  // not known
    Result<std::int64_t> written = apply(client_, sql_, rows_.subspan(begin, end - begin), culprit);
    if (written.ok()) {
      written_ += *written;
      return client_.query("RELEASE weir_careful").status();
    }
    if (written.error().kind() != ErrorKind::data) return std::move(written).error();
    WEIR_TRY(client_.query("ROLLBACK TO weir_careful; RELEASE weir_careful"));
    culprit = end - begin == 1 ? begin : std::min(begin + culprit, end);
    if (culprit == end) {
      const std::size_t middle = begin + (end - begin) / 2;
      WEIR_TRY(write(begin, middle));
      return write(middle, end);
    }
    WEIR_TRY(books_.refuse(table_, static_cast<std::uint32_t>(culprit), written.error().code(),
                           written.error().message()));
    WEIR_TRY(write(begin, culprit));
    return write(culprit + 1, end);
  }
  std::int64_t written() const { return written_; }

 private:
  PostgresClient& client_;
  const PostgresTableSql& sql_;
  Rows rows_;
  std::size_t table_;
  EpochBooks& books_;
  std::int64_t written_ = 0;
};

}  // namespace

Status queue_rows(StatementPipeline& pipeline, const PostgresTableSql& sql, Rows rows) {
  std::vector<PostgresParameter> parameters;
  for (const RowReference& row : rows) {
    point_at_fields(bytes_of(row), parameters);
    WEIR_TRY(pipeline.add(sql.apply_row, parameters));
  }
  return {};
}

Result<bool> copy_straight(PostgresClient& client, const std::string& before, const PostgresTableSql& sql,
                           Rows rows) {
  const std::string script =
      before + "SAVEPOINT weir_straight; " + sql.copy_table + "; RELEASE weir_straight";
  Result<std::vector<std::int64_t>> affected = copy_rows(client, script, rows);
  if (affected.ok()) {
    WEIR_TRY(check_copied((*affected)[affected->size() - 2], rows));
    return true;
  }
  if (affected.error().code() != "23505") return std::move(affected).error();
  WEIR_TRY(client.query("ROLLBACK TO weir_straight; RELEASE weir_straight"));
  return false;
}

Result<std::int64_t> write_through_stage(PostgresClient& client, const std::string& before,
                                         const PostgresTableSql& sql, Rows rows) {
  WEIR_ASSIGN(const std::vector<std::int64_t> affected,
              copy_rows(client, before + sql.copy_stage + "; " + sql.apply_stage, rows));
  WEIR_TRY(check_copied(affected[affected.size() - 2], rows));
  return affected.back();
}

Result<std::int64_t> write_carefully(PostgresClient& client, const PostgresTableSql& sql, Rows rows,
                                     std::size_t t, EpochBooks& books) {
  CarefulWriter writer(client, sql, rows, t, books);
  WEIR_TRY(writer.write(0, rows.size()));
  return writer.written();
}

Result<std::int64_t> remove_rows(PostgresClient& client, const std::string& table, const PostgresTableSql& sql,
                                 Rows keys) {
  std::size_t culprit = keys.size();
  Result<std::int64_t> removed = apply(client, sql, keys, culprit);
  if (removed.ok() || removed.error().kind() != ErrorKind::data) return removed;
  // The server's detail names the key.
  return Error{ErrorKind::fatal, fmt::format("table {} keeps a row that is to be removed: {}", table,
                                             removed.error().message())}
      .with_code(removed.error().code());
}

}  // namespace weir
