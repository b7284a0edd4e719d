// fill.cpp — writes the rows that init-db puts into a sink's table: one per day of a range.
#include "engine/cli/fill.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "engine/base/clock.h"
#include "engine/data/calendar.h"
#include "engine/expression/program.h"

namespace weir {
namespace {

std::int64_t days_of(const Fill& fill) {
  if (fill.from.type.kind == TypeKind::date) {
    return std::int64_t{std::get<std::int32_t>(fill.to.data)} - std::get<std::int32_t>(fill.from.data) + 1;
  }
  const std::int64_t from = std::get<std::int64_t>(fill.from.data), to = std::get<std::int64_t>(fill.to.data);
  return (to - from) / microseconds_per_day + 1;
}

Column day_column(const Fill& fill, std::uint32_t days, Arena& arena) {
  ColumnWriter writer(fill.from.type, days, arena, true);
  for (std::uint32_t day = 0; day < days; ++day) {
    if (fill.from.type.kind == TypeKind::date) {
      writer.set(day, std::get<std::int32_t>(fill.from.data) + static_cast<std::int32_t>(day));
    } else {
      writer.set(day, std::get<std::int64_t>(fill.from.data) + day * microseconds_per_day);
    }
  }
  return writer.finish();
}

Batch rows_of(const Schema& input, const Fill& fill, std::uint32_t days, Arena& arena) {
  Batch batch;
  batch.schema = std::make_shared<Schema>(input);
  batch.row_count = days;
  for (const Field& field : input.fields) {
    const bool is_filled = field.name == fill.column;
    batch.columns.push_back(is_filled ? day_column(fill, days, arena)
                                      : constant_column(Value{field.type, {}}, days, arena));
  }
  return batch;
}

Status check_errors(const SinkNode& sink, const std::vector<Column>& columns) {
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (columns[c].errors == nullptr || columns[c].errors->rows.empty()) continue;
    const std::string message =
        fmt::format("fill of {}: column {}: {}", sink.table.table, sink.table.schema.fields[c].name,
                    columns[c].errors->rows.front().message);
    return Error{ErrorKind::user, message, sink.where};
  }
  return {};
}

// Distinct keys, ascending, as a TableWrite wants them.
std::vector<RowReference> in_key_order(const SinkTable& table, const EncodedRows& encoded) {
  std::vector<RowReference> rows;
  for (std::uint32_t i = 0; i < encoded.rows.size(); ++i) rows.push_back({&encoded, i, 0});
  if (table.key.empty()) return rows;
  const auto key = [&](const RowReference& row) { return encoded.key_of(encoded.rows[row.index]); };
  std::stable_sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  rows.erase(
      std::unique(rows.begin(), rows.end(), [&](const auto& a, const auto& b) { return key(a) == key(b); }),
      rows.end());
  return rows;
}

}  // namespace

Result<FillReport> fill_table(const SinkNode& sink, const Schema& input, const Fill& fill, const Store& store,
                              EpochWriter& writer) {
  const std::int64_t days = days_of(fill);
  if (days < 1 || days > 1'000'000) {
    return Error{ErrorKind::user,
                 fmt::format("fill of {}: {} days is not a range that can be filled", sink.table.table, days),
                 sink.where};
  }
  const auto count = static_cast<std::uint32_t>(days);
  Arena arena;
  const Batch batch = rows_of(input, fill, count, arena);
  WEIR_ASSIGN(const Program program, Program::compile(sink.expressions));
  const std::vector<Column> columns = program.evaluate(batch, arena, system_clock().wall_microseconds());
  WEIR_TRY(check_errors(sink, columns));

  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0u);
  const auto encoder = store.encoder(sink.table);
  EncodedRows encoded;
  encoder->encode_keys(columns, numbers, numbers, encoded);
  if (encoded.refused.empty()) encoder->encode_values(columns, numbers, encoded);
  if (!encoded.refused.empty()) {
    return Error{ErrorKind::user,
                 fmt::format("fill of {}: {}", sink.table.table, encoded.refused.front().message), sink.where}
        .with_hint(fmt::format("every column but {} is NULL while filling", fill.column));
  }

  EpochWrite write;
  TableWrite table{&sink.table, 0, in_key_order(sink.table, encoded), false};
  const auto distinct = static_cast<std::int64_t>(table.rows.size());
  write.ledger.push_back(
      LedgerLine{.source = "init-db", .sink = sink.table.sink, .read = days, .duplicates = days - distinct});
  write.tables.push_back(std::move(table));
  write.reject = [&](const TableWrite&, const RowReference& row, const std::string& code,
                     const std::string& message) {
    return RejectedRow{.source = "init-db",
                       .offset = encoded.rows[row.index].record,
                       .sink = sink.table.sink,
                       .reason = code,
                       .message = message};
  };
  WEIR_ASSIGN(const EpochReport report, writer.commit(write));
  return FillReport{days, report.tables.front().written};
}

}  // namespace weir
