// join_operation.cpp — finds the pairs that new rows make, and evaluates them some thousand at a time.
#include "engine/runtime/join_operation.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "engine/runtime/group_operation.h"
#include "engine/runtime/row_selection.h"

namespace weir {
namespace {

constexpr std::size_t rows_at_once = 8 * 1024;
constexpr std::size_t rows_ahead = 8;       // whose places in the table are fetched while earlier rows are looked up
constexpr std::size_t most_described = 8;   // columns of a row in words
constexpr std::int64_t smallest_bucket = 1'000'000;  // microseconds

bool writes_null_on_error(const Plan& plan, NodeId node) {
  if (const auto* scan = std::get_if<ScanNode>(&plan.nodes[node].operation)) return scan->on_error.reaction == OnRowError::null;
  const std::vector<NodeId> inputs = inputs_of(plan.nodes[node].operation);
  return std::all_of(inputs.begin(), inputs.end(), [&](NodeId input) { return writes_null_on_error(plan, input); });
}

// How long after another row of its source one may come and not be late.
std::int64_t longest_delay(const Plan& plan, NodeId node) {
  if (const auto* scan = std::get_if<ScanNode>(&plan.nodes[node].operation)) return scan->time ? scan->time->bound().count() : 0;
  std::int64_t longest = 0;
  for (const NodeId input : inputs_of(plan.nodes[node].operation)) longest = std::max(longest, longest_delay(plan, input));
  return longest;
}

// Where rows are kept much longer than the time in which they match others.
TimeBuckets buckets_for(const Plan& plan, NodeId node) {
  const auto& join = std::get<StreamJoinNode>(plan.nodes[node].operation);
  if (!join.bounds) return {};
  const std::int64_t width = (join.bounds->upper - join.bounds->lower).count();
  return longest_delay(plan, node) > 2 * width ? TimeBuckets(std::max(width, smallest_bucket)) : TimeBuckets();
}

std::vector<Type> types_of(const std::vector<Field>& fields) {
  std::vector<Type> types;
  for (const Field& field : fields) types.push_back(field.type);
  return types;
}

std::uint64_t hash_of(std::string_view values) { return hash_bytes(values).low; }

}  // namespace

JoinOperation::JoinOperation(const Plan& plan, JoinStage stage, std::string name)
    : plan_(plan),
      stage_(std::move(stage)),
      node_(std::get<StreamJoinNode>(plan.nodes[stage_.join].operation)),
      errors_are_null_(writes_null_on_error(plan, stage_.join)),
      buckets_(buckets_for(plan, stage_.join)),
      input_{{}, StatePieces(name + "/input"), types_of(stage_.carried), {}},
      joined_{{}, StatePieces(name + "/joined"), types_of(stage_.joined_carried), {}},
      matched_(name + "/(matched)"),
      pending_(std::make_unique<Pending>(input_.types, joined_.types)) {
  for (const Gathering& gathering : stage_.rows.gatherings)
    needs_positions_ = needs_positions_ || shape_of(std::get<AggregateNode>(plan.nodes[gathering.aggregate].operation)).uses_positions();
}

Status JoinOperation::compile(const Store& store, const AllTableKeys& keys, const Clock& clock) {
  clock_ = &clock;
  WEIR_ASSIGN(runner_, StageRunner::make_joined(plan_, stage_.rows, store, keys, clock, errors_are_null_));
  if (stage_.condition == nullptr) return {};
  const std::vector<ExpressionPtr> roots{stage_.condition};
  WEIR_ASSIGN(Program program, Program::compile(roots, errors_are_null_ ? OnValueError::null : OnValueError::tell));
  condition_ = std::make_unique<Program>(std::move(program));
  return {};
}

// Only a left join asks what has not matched when its time has come.
void JoinOperation::spill_to(SpillArea& area, StateBudget& budget) {
  input_.rows.spill_to(area, node_.is_left && node_.bounds);
  joined_.rows.spill_to(area, false);
  budget.add(input_.rows);
  budget.add(joined_.rows);
}

Status JoinOperation::renew() { return runner_->renew(); }

void JoinOperation::take(bool is_joined, const TakenRows& rows) {
  Side& own = is_joined ? joined_ : input_;
  const JoinTable& other = (is_joined ? input_ : joined_).rows.table();
  std::size_t offset = 0;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    if (i + rows_ahead < rows.rows.size()) other.prefetch(place_of(rows.rows[i + rows_ahead]));
    const TakenRows::Row& row = rows.rows[i];
    const std::string_view values = std::string_view(rows.values).substr(offset, row.size);
    offset += row.size;
    // A row without a key matches none: only one that waits for being written without a match is kept.
    const bool waits = !is_joined && node_.is_left;
    if (!row.has_key && !waits) continue;
    const std::uint32_t number = own.rows.table().add(place_of(row), row.time, values);
    own.added.push_back(number);
    if (waits) ++waiting_;
    if (row.has_key) probe(is_joined, row, values, number);
  }
}

// Of rows of the other side.
JoinOperation::Times JoinOperation::matching_times(bool is_joined, std::int64_t time) const {
  if (!node_.bounds) return {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
  const std::int64_t lower = node_.bounds->lower.count(), upper = node_.bounds->upper.count();
  return is_joined ? Times{time - upper, time - lower} : Times{time + lower, time + upper};
}

void JoinOperation::probe(bool is_joined, const TakenRows::Row& row, std::string_view values, std::uint32_t number) {
  JoinRows& other = (is_joined ? input_ : joined_).rows;
  const Times times = matching_times(is_joined, row.time);
  const auto add_match = [&](const JoinRows::Found& match) {
    if (is_joined)
      add_pair({match.place, match.serial}, match.values, match.time, &values, row.time);
    else
      add_pair({number, 0}, values, row.time, &match.values, match.time);
  };
  for (std::int64_t bucket = buckets_.of(times.first); bucket <= buckets_.of(times.last); ++bucket)
    other.find(buckets_.place(row.key, bucket), times.first, times.last, add_match);
}

// The order among rows of one time must not depend on how they came: it goes by what they are.
void JoinOperation::add_pair(InputRow input_row, std::string_view input, std::int64_t input_time, const std::string_view* joined, std::int64_t joined_time) {
  bool is_good = pending_->input.append(input);
  if (joined == nullptr)
    pending_->joined.append_nulls();
  else
    is_good = pending_->joined.append(*joined) && is_good;
  WEIR_CHECK(is_good, "rows of a join are read as they were written");
  pending_->input_rows.push_back(input_row);
  pending_->times.push_back(input_time);
  if (needs_positions_) {
    const std::int64_t time = std::max(input_time, joined_time);
    pending_->positions.push_back({time == no_time ? 0 : time, hash_of(input), joined == nullptr ? 0 : hash_of(*joined)});
  }
  if (pending_->input_rows.size() >= rows_at_once) evaluate(joined != nullptr);
}

void JoinOperation::add_lonely(const JoinRows::Found& row) { add_pair({row.place, row.serial}, row.values, row.time, nullptr, no_time); }

void JoinOperation::mark_matched(const InputRow& row, std::int64_t time) {
  if (!input_.rows.set_matched(row.place)) return;
  --waiting_;
  if (row.serial != 0) marks_.push_back({row.serial, time});
}

// What is pending is either pairs, or rows without a match, for which the condition says nothing.
void JoinOperation::evaluate(bool is_of_pairs) {
  if (pending_->input_rows.empty()) return;
  const std::unique_ptr<Pending> ready = std::exchange(pending_, std::make_unique<Pending>(input_.types, joined_.types));
  Batch batch;
  batch.columns = ready->input.finish();
  std::vector<Column> joined = ready->joined.finish();
  std::move(joined.begin(), joined.end(), std::back_inserter(batch.columns));
  batch.row_count = static_cast<std::uint32_t>(ready->input_rows.size());
  if (is_of_pairs && condition_ != nullptr) batch = keep_true(std::move(batch), *ready);
  if (is_of_pairs && node_.is_left) {
    for (std::size_t i = 0; i < ready->input_rows.size(); ++i) mark_matched(ready->input_rows[i], ready->times[i]);
  }
  if (batch.row_count == 0) return;
  JoinedRows made{std::make_unique<StagedChunk>(), batch, ready->arena};
  made.chunk->positions = std::move(ready->positions);
  made.chunk->times = std::move(ready->times);
  runner_->run_joined(std::move(batch), std::make_shared<Arena>(), *made.chunk);
  keep(std::move(made));
}

// Where all of it went into groups, these are all that is kept: an epoch may have many more pairs than rows.
void JoinOperation::keep(JoinedRows made) {
  const auto is_refused = [](const auto& rows) { return !rows.refused.empty(); };
  const std::vector<GatheredRows>& gathered = made.chunk->gathered;
  const std::vector<MadeBlock>& blocks = made.chunk->blocks;
  const bool is_of_groups = stage_.rows.branches.empty() && stage_.rows.intakes.empty() && std::none_of(gathered.begin(), gathered.end(), is_refused) &&
                            std::none_of(blocks.begin(), blocks.end(), is_refused);
  if (!is_of_groups || made_.empty()) {
    made_.push_back(std::move(made));
    return;
  }
  for (std::size_t g = 0; g < made.chunk->gathered.size(); ++g) {
    std::unique_ptr<GroupTable>& into = made_.back().chunk->gathered[g].groups;
    std::unique_ptr<GroupTable>& from = made.chunk->gathered[g].groups;
    if (into == nullptr)
      into = std::move(from);
    else if (from != nullptr)
      into->merge(*from);
  }
}

Batch JoinOperation::keep_true(Batch batch, Pending& ready) {
  Arena scratch;
  const Column truth = condition_->evaluate(batch, scratch, clock_->wall_microseconds()).front();
  std::vector<std::uint32_t> kept;
  for (std::uint32_t row = 0; row < batch.row_count; ++row) {
    if (!truth.is_null(row) && truth.bool_at(row)) {
      kept.push_back(row);
      continue;
    }
    const RowError* error = errors_are_null_ ? nullptr : error_at(truth, row);
    if (error != nullptr) refused_.push_back({describe(batch, row), error->code, "where of join: " + error->message});
  }
  if (kept.size() == batch.row_count) return batch;
  const auto keep = [&](auto& values) {
    if (values.empty()) return;
    for (std::size_t i = 0; i < kept.size(); ++i) values[i] = values[kept[i]];
    values.resize(kept.size());
  };
  keep(ready.input_rows);
  keep(ready.times);
  keep(ready.positions);
  batch.columns = gather_all(batch.columns, kept, *ready.arena);
  batch.row_count = static_cast<std::uint32_t>(kept.size());
  return batch;
}

// Rows of the input that happened before can match nothing that may still come.
std::int64_t JoinOperation::input_limit(std::int64_t time) const {
  return time == no_time || !node_.bounds ? no_time : time - (node_.joined_lag + node_.bounds->upper).count();
}

std::int64_t JoinOperation::joined_limit(std::int64_t time) const {
  return time == no_time || !node_.bounds ? no_time : time - (node_.lag - node_.bounds->lower).count();
}

void JoinOperation::forget(std::int64_t time, bool writes_lonely) {
  input_.rows.forget_before(input_limit(time), [&](const JoinRows::Found& row) {
    if (!node_.is_left) return;
    --waiting_;
    if (writes_lonely) add_lonely(row);
  });
  joined_.rows.forget_before(joined_limit(time), [](const JoinRows::Found&) {});
}

void JoinOperation::finish(std::int64_t time, bool is_end) {
  evaluate(true);
  time_ = time;
  forget(time, true);
  if (is_end && node_.is_left) {
    // They stay: a later run may bring a match yet.
    input_.rows.for_each_unmatched([&](const JoinRows::Found& row) {
      add_lonely(row);
      mark_matched({row.place, row.serial}, row.time);
    });
  }
  evaluate(false);
}

std::string JoinOperation::describe(const Batch& batch, std::uint32_t row) const {
  std::string text;
  for (std::size_t c = 0; c < batch.columns.size() && c < most_described; ++c) {
    const Field& field = c < stage_.carried.size() ? stage_.carried[c] : stage_.joined_carried[c - stage_.carried.size()];
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", field.name, to_text(value_at(batch.columns[c], row)));
  }
  return text.empty() ? "a pair" : text;
}

}  // namespace weir
