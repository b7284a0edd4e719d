// stage_runner.cpp — one pass over a chunk for all sinks of its source.
#include "engine/runtime/stage_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

#include "engine/base/failpoint.h"
#include "engine/data/calendar.h"
#include "engine/data/hash.h"
#include "engine/expression/program.h"
#include "engine/runtime/keyed_state.h"
#include "engine/runtime/needed_records.h"
#include "engine/runtime/outlets.h"
#include "engine/state/group_key.h"

namespace weir {

namespace {

/// Made rows that are handled at once: few enough for the cache, and for memory where a function makes many of one row.
constexpr std::size_t rows_at_once = 16 * 1024;
constexpr std::size_t first_slice = 256;
/// Rows that may be made of one record: a mistake in a pipeline must not eat the machine.
constexpr std::uint32_t most_rows_of_record = 1'000'000;



// Keeps of `selection` the rows that are still in `rows`, by record: both ascend.
void keep_matching(const std::vector<EncodedRow>& rows, RowSelection& selection) {
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

// Adds rows that were encoded apart.
void append_rows(const EncodedRows& from, EncodedRows& to) {
  const auto bytes = static_cast<std::uint32_t>(to.bytes.size()), keys = static_cast<std::uint32_t>(to.keys.size());
  to.bytes += from.bytes;
  to.keys += from.keys;
  for (EncodedRow row : from.rows) {
    row.offset += bytes;
    row.key_offset += keys;
    to.rows.push_back(row);
  }
  to.refused.insert(to.refused.end(), from.refused.begin(), from.refused.end());
}

// Splits of a source in the order of the numbers at their ends: of partitions.
std::uint64_t place_of_split(const SplitRun& run) {
  const std::size_t slash = run.split.rfind('/');
  std::uint32_t number = 0;
  const bool has_number = slash != std::string::npos &&
                          std::from_chars(run.split.data() + slash + 1, run.split.data() + run.split.size(), number).ptr == run.split.data() + run.split.size();
  return (hash_bytes(run.source_name + "/" + (has_number ? run.split.substr(0, slash) : run.split)).low << 32) | (has_number ? number : 0);
}

}  // namespace

StageRunner::StageRunner(const Stage& stage, const Clock& clock, std::unique_ptr<Decoder> decoder, bool errors_are_null)
    : stage_(stage), clock_(clock), decoder_(std::move(decoder)), errors_are_null_(errors_are_null) {}

Result<std::unique_ptr<StageRunner>> StageRunner::make(const Plan& plan, const Stage& stage,
                                                       const Store& store, const AllTableKeys& keys,
                                                       const Clock& clock) {
  const auto& scan = std::get<ScanNode>(plan.nodes[stage.scan].operation);
  const bool null_on_error = scan.on_error.reaction == OnRowError::null;
  auto decoder = scan.format->decoder(stage.columns, null_on_error ? OnBadValue::null : OnBadValue::reject);
  auto runner = std::unique_ptr<StageRunner>(new StageRunner(stage, clock, std::move(decoder), null_on_error));
  if (scan.time) runner->max_future_ = scan.time->max_future;
  WEIR_TRY(runner->compile(plan, store, keys));
  return runner;
}

Result<std::unique_ptr<StageRunner>> StageRunner::make_joined(const Plan& plan, const Stage& stage, const Store& store, const AllTableKeys& keys,
                                                              const Clock& clock, bool errors_are_null) {
  auto runner = std::unique_ptr<StageRunner>(new StageRunner(stage, clock, nullptr, errors_are_null));
  WEIR_TRY(runner->compile(plan, store, keys));
  return runner;
}

StageRunner::Results StageRunner::add_roots(const ExpressionPtr& predicate, std::vector<ExpressionPtr> expressions,
                                            std::vector<ExpressionPtr>& roots) {
  const Results results{roots.size(), expressions.size(), predicate != nullptr};
  if (predicate != nullptr) roots.push_back(predicate);
  std::move(expressions.begin(), expressions.end(), std::back_inserter(roots));
  return results;
}

Status StageRunner::compile(const Plan& plan, const Store& store, const AllTableKeys& keys) {
  roots_.resize(stage_.expansions.size() + 1);
  std::vector<ExpressionPtr> rules;
  for (const SourceCheck& check : stage_.checks) rules.push_back(check.predicate);
  if (stage_.time != nullptr) rules.push_back(stage_.time);
  rules_ = add_roots(nullptr, std::move(rules), roots_[0]);
  for (const Branch& branch : stage_.branches) {
    const SinkTable& table = plan.sinks[branch.sink].table;
    branches_.push_back({branch.block, add_roots(branch.predicate, branch.outputs, roots_[branch.block]), encoder_for(plan.sinks[branch.sink], store), &table,
                         keys[branch.sink].seen.get()});
  }
  for (const Expansion& expansion : stage_.expansions) {
    std::vector<ExpressionPtr> expressions = expansion.arguments;
    expressions.insert(expressions.end(), expansion.carried.begin(), expansion.carried.end());
    ExpandRules rules_of_call;
    if (expansion.explode != nullptr) rules_of_call = {expansion.explode->keeps_empty, expansion.explode->numbers_rows, errors_are_null_};
    expansions_.push_back({add_roots(expansion.predicate, std::move(expressions), roots_[expansion.parent]), &expansion, rules_of_call});
  }
  for (const Gathering& gathering : stage_.gatherings) {
    std::vector<ExpressionPtr> expressions = gathering.keys;
    for (std::size_t i = 0; i < gathering.arguments.size(); ++i) {
      expressions.insert(expressions.end(), gathering.arguments[i].begin(), gathering.arguments[i].end());
      if (gathering.filters[i] != nullptr) expressions.push_back(gathering.filters[i]);
    }
    const auto& node = std::get<AggregateNode>(plan.nodes[gathering.aggregate].operation);
    gatherings_.push_back({gathering.block, add_roots(gathering.predicate, std::move(expressions), roots_[gathering.block]), &gathering,
                           std::make_unique<GroupShape>(shape_of(node)), is_timed(plan, gathering), node.has_sessions()});
  }
  for (const Intake& intake : stage_.intakes) {
    std::vector<ExpressionPtr> expressions = intake.keys;
    expressions.insert(expressions.end(), intake.carried.begin(), intake.carried.end());
    intakes_.push_back({add_roots(intake.predicate, std::move(expressions), roots_[intake.block]), &intake});
  }
  return renew();
}

Status StageRunner::renew() {
  auto programs = std::make_shared<StagePrograms>();
  for (const std::vector<ExpressionPtr>& of_block : roots_) {
    WEIR_ASSIGN(Program program, Program::compile(of_block, errors_are_null_ ? OnValueError::null : OnValueError::tell));
    programs->push_back(std::move(program));
  }
  const std::scoped_lock lock(programs_mutex_);
  programs_ = std::move(programs);
  return {};
}

void StageRunner::run(StagedChunk& chunk) const {
  // What decoding and evaluation allocate is not needed once rows are encoded; the records' own bytes are,
  // for rejects.
  const std::size_t blocks_of_records = chunk.raw->arena.block_count();
  {
    const std::scoped_lock lock(programs_mutex_);
    chunk.programs = programs_;
  }
  failpoint::here("before_parse");
  Decoded decoded = decoder_->decode(*chunk.raw);
  failpoint::here("after_parse");
  chunk.rejected = std::move(decoded.rejected);
  chunk.ignored = static_cast<std::int64_t>(decoded.ignored);
  chunk.branches.resize(branches_.size());
  chunk.blocks.resize(expansions_.size());
  chunk.gathered.resize(gatherings_.size());
  chunk.taken.resize(intakes_.size());
  auto rows = std::make_shared<BlockRows>();
  rows->origins = rows->records = std::move(decoded.record_of_row);
  rows->batch = std::move(decoded.batch);
  chunk.first_block_of_work = blocks_of_records;
  run_block(0, {rows, nullptr}, chunk);
  if (!is_finished_later(chunk)) give_back_work(chunk);
}

void StageRunner::run_joined(Batch batch, const std::shared_ptr<Arena>& arena, StagedChunk& chunk) const {
  {
    const std::scoped_lock lock(programs_mutex_);
    chunk.programs = programs_;
  }
  chunk.branches.resize(branches_.size());
  chunk.blocks.resize(expansions_.size());
  chunk.gathered.resize(gatherings_.size());
  chunk.taken.resize(intakes_.size());
  auto rows = std::make_shared<BlockRows>();
  rows->batch = std::move(batch);
  rows->origins.resize(rows->batch.row_count);
  std::iota(rows->origins.begin(), rows->origins.end(), 0u);
  rows->records = rows->origins;
  run_block(0, {rows, arena, true}, chunk);
  chunk.programs = nullptr;
}

// Where rows are judged by their times, these are needed until then.
bool StageRunner::is_finished_later(const StagedChunk& chunk) const { return stage_.is_timed || !chunk.suspended.empty(); }

void StageRunner::finish(StagedChunk& chunk) const {
  if (!is_finished_later(chunk)) return;
  for (const SuspendedBlock& block : chunk.suspended) {
    if (block.kind == SuspendedBlock::Kind::dedup) {
      run_dedup(block, chunk);
      continue;
    }
    if (block.kind == SuspendedBlock::Kind::intake) {
      run_intake(intakes_[block.number], block.results, *block.rows, chunk, chunk.taken[block.number]);
      continue;
    }
    Arena& arena = block.arena == nullptr ? chunk.raw->arena : *block.arena;
    run_gathering(gatherings_[block.number], block.results, *block.rows, arena, chunk, chunk.gathered[block.number]);
  }
  chunk.suspended.clear();
  give_back_work(chunk);
}

void StageRunner::give_back_work(StagedChunk& chunk) const {
  chunk.raw->arena.keep_blocks(chunk.first_block_of_work);
  chunk.programs = nullptr;
  keep_needed_records(stage_, chunk);
}

void StageRunner::run_block(std::size_t block, const Rows& given, StagedChunk& chunk) const {
  Arena& arena = given.own_arena == nullptr ? chunk.raw->arena : *given.own_arena;
  const std::vector<Column> results = (*chunk.programs)[block].evaluate(given.rows->batch, arena, clock_.wall_microseconds());
  Rows here = given;
  if (block == 0 && rules_.column_count > 0) {
    auto ruled = std::make_shared<BlockRows>(*given.rows);
    apply_rules(results, *ruled, chunk);
    here.rows = std::move(ruled);
  }
  const BlockRows& rows = *here.rows;
  for (std::size_t i = 0; i < branches_.size(); ++i) {
    if (branches_[i].block == block) run_branch(branches_[i], results, rows, chunk.branches[i]);
  }
  for (std::size_t i = 0; i < gatherings_.size(); ++i) {
    if (gatherings_[i].block != block) continue;
    if (gatherings_[i].is_timed && !here.is_judged)
      suspend(i, SuspendedBlock::Kind::gathering, here, results, chunk);
    else
      run_gathering(gatherings_[i], results, rows, arena, chunk, chunk.gathered[i]);
  }
  for (std::size_t i = 0; i < intakes_.size(); ++i) {
    if (intakes_[i].intake->block != block) continue;
    if (intakes_[i].intake->is_timed && !here.is_judged)
      suspend(i, SuspendedBlock::Kind::intake, here, results, chunk);
    else
      run_intake(intakes_[i], results, rows, chunk, chunk.taken[i]);
  }
  for (std::size_t i = 0; i < expansions_.size(); ++i) {
    if (expansions_[i].expansion->parent != block) continue;
    if (expansions_[i].expansion->dedup != nullptr)
      suspend(i, SuspendedBlock::Kind::dedup, here, results, chunk);
    else
      run_expansion(i, results, rows, here.is_judged, chunk);
  }
}

void StageRunner::run_branch(const BranchPlan& branch, const std::vector<Column>& results, const BlockRows& rows, BranchRows& out) const {
  RowSelection selection = select_all(rows);
  const Column* outputs = results.data() + branch.results.first_column;
  if (branch.results.has_predicate) apply_predicate(*outputs++, errors_are_null_, selection, out.rows.refused, out.filtered);
  const std::span<const Column> columns(outputs, branch.results.column_count);
  if (!errors_are_null_) {
    drop_failed(columns, selection, out.rows.refused,
                [&](std::size_t c) { return "column " + branch.table->schema.fields[c].name + ": "; });
  }
  if (branch.block == 0) return encode(branch, columns, selection, out.rows, out.duplicates);
  // The rows of a block come slice by slice.
  EncodedRows slice;
  encode(branch, columns, selection, slice, out.duplicates);
  append_rows(slice, out.rows);
}

void StageRunner::encode(const BranchPlan& branch, std::span<const Column> columns, RowSelection& selection, EncodedRows& out,
                         std::int64_t& duplicates) const {
  branch.encoder->encode_keys(columns, selection.rows, selection.records, out);
  if (branch.seen != nullptr) {
    const std::size_t before = out.rows.size();
    duplicates += static_cast<std::int64_t>(before - branch.seen->keep_unknown(out.rows));
  }
  keep_matching(out.rows, selection);
  branch.encoder->encode_values(columns, selection.rows, out);
}

// Groups of the chunk alone; the lane merges them in the order of commits, which decides nothing.
void StageRunner::run_gathering(const GatheringPlan& gathering, const std::vector<Column>& results, const BlockRows& rows,
                                Arena& arena, StagedChunk& chunk, GatheredRows& out) const {
  RowSelection selection = select_all(rows);
  if (gathering.is_timed) {
    drop_late(selection, rows.records, chunk, out);
  }
  const Column* outputs = results.data() + gathering.results.first_column;
  if (gathering.results.has_predicate) apply_predicate(*outputs++, errors_are_null_, selection, out.refused, out.filtered);
  const std::span<const Column> columns(outputs, gathering.results.column_count);
  if (!errors_are_null_) drop_failed(columns, selection, out.refused, [](std::size_t) { return std::string("aggregate: "); });

  std::vector<Column> keys(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(gathering.gathering->keys.size()));
  if (gathering.has_sessions) find_sessions(keys, selection, rows.batch.row_count, arena, out);
  std::vector<std::span<const Column>> arguments;
  std::vector<const Column*> filters;
  const Column* next = outputs + gathering.gathering->keys.size();
  for (std::size_t i = 0; i < gathering.gathering->arguments.size(); ++i) {
    arguments.emplace_back(next, gathering.gathering->arguments[i].size());
    next += gathering.gathering->arguments[i].size();
    filters.push_back(gathering.gathering->filters[i] == nullptr ? nullptr : next++);
  }
  std::vector<RowPosition> positions;
  if (gathering.shape->uses_positions()) positions = positions_of(selection.rows, rows, chunk);
  // Rows made of one record are numbered in their order.
  for (std::size_t i = 0; i < positions.size() && gathering.block != 0; ++i) positions[i].part = rows.origins[selection.rows[i]];
  if (out.groups == nullptr) out.groups = std::make_unique<GroupTable>(*gathering.shape);
  out.groups->add({keys, arguments, filters, selection.rows, positions}, arena);
  out.absorbed += static_cast<std::int64_t>(selection.rows.size());
}

std::vector<RowPosition> StageRunner::positions_of(std::span<const std::uint32_t> rows, const BlockRows& block, const StagedChunk& chunk) const {
  std::vector<RowPosition> positions;
  if (!chunk.positions.empty()) {
    for (const std::uint32_t row : rows) positions.push_back(chunk.positions[block.records[row]]);
    return positions;
  }
  const std::uint64_t split = place_of_split(*chunk.split);
  for (const std::uint32_t row : rows) {
    const std::uint32_t record = block.records[row];
    positions.push_back({chunk.times.empty() ? 0 : chunk.times[record], split, static_cast<std::uint64_t>(chunk.raw->records[record].offset)});
  }
  return positions;
}

void StageRunner::run_expansion(std::size_t number, const std::vector<Column>& results, const BlockRows& rows, bool is_judged,
                                StagedChunk& chunk) const {
  const ExpansionPlan& expansion = expansions_[number];
  MadeBlock& out = chunk.blocks[number];
  RowSelection selection = select_all(rows);
  const Column* outputs = results.data() + expansion.results.first_column;
  if (expansion.results.has_predicate) apply_predicate(*outputs++, errors_are_null_, selection, out.refused, out.filtered);
  const std::span<const Column> columns(outputs, expansion.results.column_count);
  if (!errors_are_null_) {
    const std::string& name = expansion.expansion->explode->call.function->declaration.name;
    drop_failed(columns.first(expansion.expansion->arguments.size()), selection, out.refused, [&](std::size_t) { return name + ": "; });
  }
  std::size_t size = first_slice;
  for (std::size_t from = 0; from < selection.rows.size();) {
    const std::size_t to = std::min(from + size, selection.rows.size());
    const auto part = [&](const std::vector<std::uint32_t>& all) {
      return std::vector<std::uint32_t>(all.begin() + static_cast<std::ptrdiff_t>(from), all.begin() + static_cast<std::ptrdiff_t>(to));
    };
    const auto of_slice = std::make_shared<Arena>();
    const auto made =
        std::make_shared<const BlockRows>(make_rows(expansion, columns, {part(selection.rows), part(selection.records)}, rows, *of_slice, out));
    run_block(number + 1, {made, of_slice, is_judged}, chunk);
    size = std::clamp<std::size_t>((to - from) * rows_at_once / std::max<std::size_t>(made->batch.row_count, 1), 1, rows_at_once);
    from = to;
  }
}

// The rows made of `slice`, numbered after those made before. `columns` are the arguments of the call, then what is carried along.
BlockRows StageRunner::make_rows(const ExpansionPlan& expansion, std::span<const Column> columns, const RowSelection& slice,
                                              const BlockRows& rows, Arena& arena, MadeBlock& out) const {
  const std::size_t argument_count = expansion.expansion->arguments.size();
  const std::string& name = expansion.expansion->explode->call.function->declaration.name;
  EvaluationContext context{static_cast<std::uint32_t>(slice.rows.size()), arena, clock_.wall_microseconds()};
  ExpandedRows expanded = expand(*expansion.expansion->explode->call.body, expansion.rules,
                                 gather_all(columns.first(argument_count), slice.rows, arena), context);
  for (const RowError& error : expanded.errors) out.refused.push_back({slice.records[error.row], error.code, name + ": " + error.message});
  out.filtered += expanded.empty;

  const auto first = static_cast<std::uint32_t>(out.parents.size());
  BlockRows made;
  std::vector<std::uint32_t> parent_rows, kept;
  for (std::size_t from = 0, to = 0; from < expanded.parents.size(); from = to) {
    const std::uint32_t parent = expanded.parents[from], record = rows.records[slice.rows[parent]];
    while (to < expanded.parents.size() && expanded.parents[to] == parent) ++to;
    if (record != out.last_record) out.rows_of_record = 0;
    out.last_record = record;
    if (to - from > most_rows_of_record - out.rows_of_record) {
      out.refused.push_back({slice.records[parent], "too_large", fmt::format("{}: more than {} rows of one record", name, most_rows_of_record)});
      continue;
    }
    out.rows_of_record += static_cast<std::uint32_t>(to - from);
    out.added += static_cast<std::int64_t>(to - from) - 1;
    for (std::size_t i = from; i < to; ++i) {
      kept.push_back(static_cast<std::uint32_t>(i));
      parent_rows.push_back(slice.rows[parent]);
      out.parents.push_back(slice.records[parent]);
      made.records.push_back(record);
    }
  }
  made.batch.row_count = static_cast<std::uint32_t>(kept.size());
  made.origins.resize(kept.size());
  std::iota(made.origins.begin(), made.origins.end(), first);
  made.batch.columns = gather_all(columns.subspan(argument_count), parent_rows, arena);
  if (kept.size() != expanded.parents.size()) expanded.columns = gather_all(expanded.columns, kept, arena);
  std::move(expanded.columns.begin(), expanded.columns.end(), std::back_inserter(made.batch.columns));
  return made;
}

}  // namespace weir
