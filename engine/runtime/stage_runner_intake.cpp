// stage_runner_intake.cpp — the rows of a chunk that go to a join, encoded one after the other.
#include "engine/data/hash.h"
#include "engine/runtime/row_selection.h"
#include "engine/runtime/stage_runner.h"
#include "engine/state/group_key.h"
#include "engine/state/row_bytes.h"

namespace weir {

void StageRunner::run_intake(const IntakePlan& intake, const std::vector<Column>& results, const BlockRows& rows, const StagedChunk& chunk,
                             TakenRows& out) const {
  RowSelection selection = select_all(rows);
  if (intake.intake->is_timed) drop_late(selection, rows.records, chunk, out);
  const Column* outputs = results.data() + intake.results.first_column;
  if (intake.results.has_predicate) apply_predicate(*outputs++, errors_are_null_, selection, out.refused, out.filtered);
  const std::span<const Column> columns(outputs, intake.results.column_count);
  if (!errors_are_null_) drop_failed(columns, selection, out.refused, [](std::size_t) { return std::string("join: "); });
  const std::span<const Column> keys = columns.first(intake.intake->keys.size()), carried = columns.subspan(keys.size());
  GroupKeyWriter writer(keys);
  for (const std::uint32_t row : selection.rows) {
    const bool has_key = std::none_of(keys.begin(), keys.end(), [&](const Column& column) { return column.is_null(row); });
    const std::size_t before = out.values.size();
    append_row_bytes(carried, row, out.values);
    const std::int64_t time = chunk.times.empty() ? no_time : chunk.times[rows.records[row]];
    out.rows.push_back({has_key ? hash_bytes(writer.write(row)) : Hash128{}, time, static_cast<std::uint32_t>(out.values.size() - before), has_key});
  }
  out.absorbed += static_cast<std::int64_t>(selection.rows.size());
}

}  // namespace weir
