// stage_runner.cpp — one pass over a chunk for all sinks of its source.
#include "engine/runtime/stage_runner.h"

#include <algorithm>
#include <numeric>

#include "engine/base/failpoint.h"
#include "engine/expression/program.h"

namespace weir {
namespace {

/// The rows that a branch still takes, beside the record each came from.
struct Selection {
  std::vector<std::uint32_t> rows;
  std::vector<std::uint32_t> records;
};

// A constant column holds its one error at row 0.
const RowError* error_at(const Column& column, std::uint32_t row) {
  return column.errors == nullptr ? nullptr : column.errors->find(row & column.row_mask);
}

void select_all(const Decoded& decoded, Selection& selection) {
  selection.rows.resize(decoded.batch.row_count);
  std::iota(selection.rows.begin(), selection.rows.end(), 0u);
  selection.records = decoded.record_of_row;
}

// A row with an error in the predicate is rejected, one where it is not true is filtered.
void apply_predicate(const Column& predicate, bool errors_are_null, Selection& selection, BranchRows& out) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < selection.rows.size(); ++i) {
    const std::uint32_t row = selection.rows[i];
    if (predicate.is_null(row) || !predicate.bool_at(row)) {
      const RowError* error = errors_are_null ? nullptr : error_at(predicate, row);
      if (error != nullptr) {
        out.rows.refused.push_back({selection.records[i], error->code, error->message});
      } else {
        ++out.filtered;
      }
      continue;
    }
    selection.rows[kept] = row;
    selection.records[kept++] = selection.records[i];
  }
  selection.rows.resize(kept);
  selection.records.resize(kept);
}

// Takes out the rows for which an output column could not be computed.
void drop_failed(const Column* outputs, const SinkTable& table, Selection& selection, BranchRows& out) {
  const std::size_t count = table.schema.fields.size();
  if (std::none_of(outputs, outputs + count, [](const Column& column) { return column.errors != nullptr; }))
    return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < selection.rows.size(); ++i) {
    const RowError* error = nullptr;
    for (std::size_t c = 0; c < count && error == nullptr; ++c) {
      error = error_at(outputs[c], selection.rows[i]);
      if (error != nullptr) {
        out.rows.refused.push_back({selection.records[i], error->code,
                                    "column " + table.schema.fields[c].name + ": " + error->message});
      }
    }
    if (error != nullptr) continue;
    selection.rows[kept] = selection.rows[i];
    selection.records[kept++] = selection.records[i];
  }
  selection.rows.resize(kept);
  selection.records.resize(kept);
}

// Keeps of `selection` the rows that are still in `rows`, by record: both ascend.
void keep_matching(const std::vector<EncodedRow>& rows, Selection& selection) {
  if (rows.size() == selection.rows.size()) return;
  std::size_t at = 0;
  for (std::size_t i = 0; i < rows.size(); ++i, ++at) {
    while (selection.records[at] != rows[i].record) ++at;
    selection.rows[i] = selection.rows[at];
    selection.records[i] = rows[i].record;
  }
  selection.rows.resize(rows.size());
  selection.records.resize(rows.size());
}

}  // namespace

StageRunner::StageRunner(const Stage& stage, const Clock& clock, Program program,
                         std::unique_ptr<Decoder> decoder, bool errors_are_null)
    : stage_(stage),
      clock_(clock),
      program_(std::move(program)),
      decoder_(std::move(decoder)),
      errors_are_null_(errors_are_null) {}

Result<std::unique_ptr<StageRunner>> StageRunner::make(const Plan& plan, const Stage& stage,
                                                       const Store& store, const AllTableKeys& keys,
                                                       const Clock& clock) {
  std::vector<ExpressionPtr> roots;
  std::vector<BranchPlan> branches;
  for (const Branch& branch : stage.branches) {
    const SinkTable& table = plan.sinks[branch.sink].table;
    branches.push_back({roots.size(), branch.outputs.size(), branch.predicate != nullptr,
                        store.encoder(table), &table, keys[branch.sink].seen.get()});
    if (branch.predicate) roots.push_back(branch.predicate);
    roots.insert(roots.end(), branch.outputs.begin(), branch.outputs.end());
  }
  WEIR_ASSIGN(Program program, Program::compile(roots));
  const auto& scan = std::get<ScanNode>(plan.nodes[stage.scan].operation);
  const bool null_on_error = scan.on_error.reaction == OnRowError::null;
  auto decoder = scan.format->decoder(stage.columns, null_on_error ? OnBadValue::null : OnBadValue::reject);
  auto runner = std::unique_ptr<StageRunner>(
      new StageRunner(stage, clock, std::move(program), std::move(decoder), null_on_error));
  runner->branches_ = std::move(branches);
  return runner;
}

void StageRunner::run(StagedChunk& chunk) const {
  // What decoding and evaluation allocate is not needed once rows are encoded; the records' own bytes are,
  // for rejects.
  const std::size_t blocks_of_records = chunk.raw->arena.block_count();
  failpoint::here("before_parse");
  Decoded decoded = decoder_->decode(*chunk.raw);
  failpoint::here("after_parse");
  chunk.rejected = std::move(decoded.rejected);
  chunk.ignored = static_cast<std::int64_t>(decoded.ignored);
  chunk.branches.resize(branches_.size());
  const std::vector<Column> results =
      program_.evaluate(decoded.batch, chunk.raw->arena, clock_.wall_microseconds());
  for (std::size_t i = 0; i < branches_.size(); ++i)
    run_branch(branches_[i], results, decoded, chunk.branches[i]);
  chunk.raw->arena.keep_blocks(blocks_of_records);
}

void StageRunner::run_branch(const BranchPlan& branch, const std::vector<Column>& results,
                             const Decoded& decoded, BranchRows& out) const {
  Selection selection;
  select_all(decoded, selection);
  const Column* outputs = results.data() + branch.first_column;
  if (branch.has_predicate) apply_predicate(*outputs++, errors_are_null_, selection, out);
  if (!errors_are_null_) drop_failed(outputs, *branch.table, selection, out);
  const std::span<const Column> columns(outputs, branch.column_count);
  branch.encoder->encode_keys(columns, selection.rows, selection.records, out.rows);
  if (branch.seen != nullptr) {
    const std::size_t before = out.rows.rows.size();
    out.duplicates += static_cast<std::int64_t>(before - branch.seen->keep_unknown(out.rows.rows));
  }
  keep_matching(out.rows.rows, selection);
  branch.encoder->encode_values(columns, selection.rows, out.rows);
}

}  // namespace weir
