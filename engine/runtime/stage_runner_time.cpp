// stage_runner_time.cpp — what a stage does with the time of rows: the rules of its source, and dedups before and after the sequencer.
#include <fmt/format.h>

#include "engine/data/calendar.h"
#include "engine/data/hash.h"
#include "engine/runtime/row_selection.h"
#include "engine/runtime/stage_runner.h"
#include "engine/state/group_key.h"
#include "engine/state/sessions.h"

namespace weir {

// The rules of the source: what they refuse is no row of it, and moves no watermark.
void StageRunner::apply_rules(const std::vector<Column>& results, BlockRows& rows, StagedChunk& chunk) const {
  const std::span<const Column> columns(results.data() + rules_.first_column, rules_.column_count);
  const std::size_t checks = stage_.checks.size();
  const std::int64_t now = clock_.wall_microseconds();
  chunk.times.assign(chunk.raw->records.size(), no_time);
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t row = 0; row < rows.batch.row_count; ++row) {
    const std::uint32_t record = rows.records[row];
    const auto reject = [&](std::string code, std::string message) { chunk.rejected.push_back({record, std::move(code), std::move(message)}); };
    bool is_good = true;
    for (std::size_t c = 0; c < columns.size() && is_good; ++c) {
      const Column& column = columns[c];
      if (const RowError* error = error_at(column, row)) {
        reject(error->code, fmt::format("{}: {}", c < checks ? "CHECK of " + stage_.checks[c].column : "event time", error->message));
        is_good = false;
      } else if (c < checks && !column.is_null(row) && !column.bool_at(row)) {
        reject("check", fmt::format("column {} does not hold its CHECK: {}", stage_.checks[c].column, print(*stage_.checks[c].predicate)));
        is_good = false;
      } else if (c == checks && column.is_null(row)) {
        reject("no_event_time", "the time by which the watermark goes is NULL");
        is_good = false;
      } else if (c == checks) {
        const std::int64_t time = column.at<std::int64_t>(row);
        if (max_future_ && time > now + max_future_->count()) {
          reject("future", fmt::format("event time {} is more than {} ahead of the clock", timestamp_to_string(time), format_duration(*max_future_)));
          is_good = false;
        } else {
          chunk.times[record] = time;
        }
      }
    }
    if (is_good) chosen.push_back(row);
  }
  if (chosen.size() != rows.batch.row_count) rows.chosen = std::move(chosen);
}

// A row's own session is among its keys, and becomes the one that it is part of as far as the chunk tells. Where a time that cannot be computed is NULL,
// the row is of none.
void StageRunner::find_sessions(std::vector<Column>& keys, RowSelection& selection, std::uint32_t row_count, Arena& arena, GatheredRows& out) {
  Column& end = keys.back();
  Column& start = keys[keys.size() - 2];
  keep_if(selection, [&](std::uint32_t row, std::uint32_t record) {
    if (!start.is_null(row) && !end.is_null(row)) return true;
    out.refused.push_back({record, "no_event_time", "aggregate: the time by which sessions go is NULL"});
    return false;
  });
  join_sessions(std::span<const Column>(keys).first(keys.size() - 2), selection.rows, start, end, row_count, arena);
}

void StageRunner::suspend(std::size_t number, SuspendedBlock::Kind kind, const Rows& rows, const std::vector<Column>& results, StagedChunk& chunk) const {
  SuspendedBlock block{number, kind, rows.rows, results, rows.own_arena, {}, {}, {}, {}};
  if (kind == SuspendedBlock::Kind::dedup) find_keys(block);
  chunk.suspended.push_back(std::move(block));
}

// Of the rows that come as far as the dedup.
void StageRunner::find_keys(SuspendedBlock& block) const {
  const ExpansionPlan& dedup = expansions_[block.number];
  RowSelection selection = select_all(*block.rows);
  const Column* outputs = block.results.data() + dedup.results.first_column;
  std::vector<RefusedRecord> ignored;
  std::int64_t filtered = 0;
  if (dedup.results.has_predicate) apply_predicate(*outputs++, errors_are_null_, selection, ignored, filtered);
  const std::span<const Column> keys(outputs, dedup.expansion->arguments.size());
  if (!errors_are_null_) drop_failed(keys, selection, ignored, [](std::size_t) { return std::string(); });
  block.key_rows = std::move(selection.rows);
  block.keys.reserve(block.key_rows.size());
  block.key_records.reserve(block.key_rows.size());
  GroupKeyWriter writer(keys);
  for (const std::uint32_t row : block.key_rows) {
    block.keys.push_back(hash_bytes(writer.write(row)));
    block.key_records.push_back(block.rows->records[row]);
  }
}

// What is late, refused or a repetition is counted; the others are the rows of a block of their own.
void StageRunner::run_dedup(const SuspendedBlock& block, StagedChunk& chunk) const {
  const ExpansionPlan& dedup = expansions_[block.number];
  MadeBlock& out = chunk.blocks[block.number];
  RowSelection selection = select_all(*block.rows);
  if (dedup.expansion->is_timed) {
    drop_late(selection, block.rows->records, chunk, out);
  }
  const Column* outputs = block.results.data() + dedup.results.first_column;
  if (dedup.results.has_predicate) apply_predicate(*outputs++, errors_are_null_, selection, out.refused, out.filtered);
  const std::span<const Column> columns(outputs, dedup.results.column_count);
  const std::size_t key_count = dedup.expansion->arguments.size();
  if (!errors_are_null_) drop_failed(columns.first(key_count), selection, out.refused, [](std::size_t) { return std::string("dedup: "); });
  std::size_t at = 0;
  keep_if(selection, [&](std::uint32_t row, std::uint32_t) {
    while (block.key_rows[at] != row) ++at;
    out.duplicates += block.is_repeated[at] != 0 ? 1 : 0;
    return block.is_repeated[at] == 0;
  });
  const auto first = static_cast<std::uint32_t>(out.parents.size());
  auto made = std::make_shared<BlockRows>();
  made->batch.row_count = static_cast<std::uint32_t>(selection.rows.size());
  Arena& arena = block.arena == nullptr ? chunk.raw->arena : *block.arena;
  made->batch.columns = gather_all(columns.subspan(key_count), selection.rows, arena);
  for (std::size_t i = 0; i < selection.rows.size(); ++i) {
    made->origins.push_back(first + static_cast<std::uint32_t>(i));
    made->records.push_back(block.rows->records[selection.rows[i]]);
    out.parents.push_back(selection.records[i]);
  }
  run_block(block.number + 1, {made, block.arena, true}, chunk);
}

}  // namespace weir
