// keyed_state.cpp — merges what chunks made, and makes of what changed the rows of sinks and of weir_state.
#include "engine/runtime/keyed_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "engine/base/memory_limit.h"
#include "engine/data/hash.h"
#include "engine/runtime/outbox.h"

namespace weir {
namespace {

constexpr const char* watermarks_name = "(watermarks)";
constexpr const char* emitted_name = "(emitted)";
/// A piece of a dedup's keys is written again with more rows until it has so many.
constexpr std::size_t small_piece = 256 * sizeof(SeenRow);
constexpr std::size_t dedups_share = 4;  // of the limit, where there are groups or rows of joins too: a quarter
constexpr std::size_t rows_between_looks = 4096;  // at the memory, while state is loaded,
constexpr std::size_t bytes_between_looks = 1 << 20;  // or so many of their values

bool reads(const Plan& plan, NodeId from, NodeId node) {
  if (from == node) return true;
  const std::vector<NodeId> inputs = inputs_of(plan.nodes[from].operation);
  return std::any_of(inputs.begin(), inputs.end(), [&](NodeId input) { return reads(plan, input, node); });
}

// The stream that a step belongs to, or the sink where it is one of that sink's own.
std::string owner_of(const Plan& plan, NodeId node) {
  if (!plan.nodes[node].name.empty()) return plan.nodes[node].name;
  for (const SinkNode& sink : plan.sinks) {
    if (reads(plan, sink.input, node)) return "(sink) " + sink.table.sink;
  }
  WEIR_CHECK(false, "a step without a stream is of a sink");
}

// The name under which an aggregate's groups are stored says all that they depend on: with another definition they are others.
// `fed_by`: of an aggregate of another one's rows, how they come to it.
std::string name_of(const Plan& plan, NodeId node, const std::string& fed_by) {
  const auto& aggregate = std::get<AggregateNode>(plan.nodes[node].operation);
  std::string text = fed_by;
  for (const ExpressionPtr& key : aggregate.keys) text += fmt::format("{} {};", print(*key), to_string(key->type));
  for (const AggregateNode::Call& call : aggregate.calls) {
    text += fmt::format("{} {};", print(call), to_string(call.bound.type));
    for (const ExpressionPtr& argument : call.bound.arguments) text += to_string(argument->type) + ";";
  }
  if (aggregate.window) text += fmt::format("window {}{};", aggregate.window->closes, aggregate.has_sessions() ? " session" : "");
  return fmt::format("{}/{:016x}", owner_of(plan, node), hash_bytes(text).low);
}

std::string over_text(const OverBlock& block) {
  std::string text;
  for (const ExpressionPtr& key : block.partition) text += print(*key) + ";";
  for (const ExpressionPtr& key : block.order) text += print(*key) + ";";
  for (const OverNode::Call& call : block.over->calls) text += fmt::format("{} {};", call.text, to_string(call.type));
  return text;
}

std::string over_name(const std::string& operation, const OverBlock& block) {
  return fmt::format("{}/over/{:016x}", operation, hash_bytes(over_text(block)).low);
}

// What decides how the rows of a stage count in another aggregate.
std::string gathering_text(const std::string& inner, const GroupStage& stage, const Gathering& gathering) {
  std::string text = inner + ";";
  const auto add = [&](const ExpressionPtr& expression) { text += (expression == nullptr ? "" : print(*expression)) + ";"; };
  for (std::size_t block = gathering.block; block != 0; block = stage.overs[block - 1].parent) {
    text += over_text(stage.overs[block - 1]);
    add(stage.overs[block - 1].predicate);
  }
  add(gathering.predicate);
  for (const ExpressionPtr& key : gathering.keys) add(key);
  for (const std::vector<ExpressionPtr>& arguments : gathering.arguments) {
    for (const ExpressionPtr& argument : arguments) add(argument);
  }
  for (const ExpressionPtr& filter : gathering.filters) add(filter);
  return text;
}

std::string dedup_name(const Plan& plan, NodeId node) {
  const auto& dedup = std::get<DedupNode>(plan.nodes[node].operation);
  std::string text;
  for (const ExpressionPtr& key : dedup.keys) text += fmt::format("{} {};", print(*key), to_string(key->type));
  return fmt::format("{}/dedup/{:016x}", owner_of(plan, node), hash_bytes(text).low);
}

std::string hash_text(const Hash128& hash) { return std::string(reinterpret_cast<const char*>(&hash), sizeof hash); }

// What is kept of the rows of a join is theirs alone that something asks for.
std::string join_name(const Plan& plan, const JoinStage& stage) {
  const auto& join = std::get<StreamJoinNode>(plan.nodes[stage.join].operation);
  std::string text;
  for (const auto* keys : {&join.keys, &join.joined_keys}) {
    for (const ExpressionPtr& key : *keys) text += fmt::format("{} {};", print(*key), to_string(key->type));
  }
  for (const auto* fields : {&stage.carried, &stage.joined_carried}) {
    for (const Field& field : *fields) text += fmt::format("{} {};", field.name, to_string(field.type));
  }
  if (join.bounds) text += fmt::format("{} {};", join.bounds->lower.count(), join.bounds->upper.count());
  return fmt::format("{}/join/{:016x}", owner_of(plan, stage.join), hash_bytes(text + (join.is_left ? "left" : "inner")).low);
}

// Windows over rows of a join close later than the watermark says.
Watermarks::Closed held_back(Watermarks::Closed closed, Duration by) {
  if (closed.final > no_time) closed.final -= by.count();
  if (closed.expired > no_time) closed.expired -= by.count();
  return closed;
}

std::string number_bytes(std::int64_t number) { return std::string(reinterpret_cast<const char*>(&number), sizeof number); }

std::optional<std::int64_t> read_number(std::string_view bytes) {
  std::int64_t number = 0;
  if (bytes.size() != sizeof number) return std::nullopt;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

}  // namespace

KeyedState::KeyedState(const Plan& plan, const Store& store, const Clock& clock, const StateLimits& limits)
    : plan_(plan),
      clock_(clock),
      state_table_(state_table_of(store, true)),
      state_key_table_(state_table_of(store, false)),
      state_encoder_(store.encoder(state_table_)),
      state_key_encoder_(store.encoder(state_key_table_)),
      watermarks_(timed_sources(plan)),
      area_(limits.directory),
      budget_(limits.memory ? *limits.memory : available_memory() / 2),
      dedups_(plan) {}

Result<std::unique_ptr<KeyedState>> KeyedState::make(const Plan& plan, const Store& store, const Clock& clock, const StateLimits& limits) {
  const std::vector<GroupStage> stages = fuse_groups(plan);
  if (!is_stateful(plan)) return std::unique_ptr<KeyedState>();
  std::unique_ptr<KeyedState> state(new KeyedState(plan, store, clock, limits));
  std::map<NodeId, std::string> fed_by;
  for (const GroupStage& stage : stages) {
    WEIR_TRY(state->add(stage, fed_by[stage.aggregate], store));
    for (const Gathering& gathering : stage.gatherings)
      fed_by[gathering.aggregate] = gathering_text(state->operations_.back().name, stage, gathering);
  }
  for (const GroupStage& stage : stages) {
    for (std::size_t i = 0; i < stage.gatherings.size(); ++i)
      state->operation(stage.aggregate).feed(i, state->operation(stage.gatherings[i].aggregate));
  }
  for (Operation& one : state->operations_) one.groups->spill_to(state->area_, state->budget_);
  for (JoinStage& stage : fuse_joins(plan)) {
    std::string name = join_name(plan, stage);
    state->joins_.push_back(std::make_unique<JoinOperation>(plan, std::move(stage), std::move(name)));
    state->joins_.back()->spill_to(state->area_, state->budget_);
  }
  for (NodeId node = 0; node < plan.nodes.size(); ++node) {
    const auto* dedup = std::get_if<DedupNode>(&plan.nodes[node].operation);
    if (dedup == nullptr) continue;
    state->saved_dedups_.push_back(
        {node, dedup_name(plan, node), dedup->within ? std::optional(dedup->within->count()) : std::nullopt, {}, 0, {}});
  }
  // Keys of dedups are looked up on another thread, so they have a share of their own.
  state->dedups_.spill_to(state->area_, state->budget_.limit() / (stages.empty() && state->joins_.empty() ? 1 : dedups_share));
  return state;
}

Status KeyedState::add(const GroupStage& stage, const std::string& fed_by, const Store& store) {
  const auto& window = std::get<AggregateNode>(plan_.nodes[stage.aggregate].operation).window;
  Operation made{name_of(plan_, stage.aggregate, fed_by), nullptr, {}, window ? window->held_back : Duration{}, "", {}};
  made.gone_name = made.name + "/gone";
  for (const Gathering& gathering : stage.gatherings) made.outer.push_back(gathering.aggregate);
  for (const OverBlock& block : stage.overs) made.over_names.push_back(over_name(made.name, block));
  WEIR_ASSIGN(made.groups, GroupOperation::make(plan_, stage, store, clock_.wall_microseconds()));
  operations_.push_back(std::move(made));
  return {};
}

const KeyedState::Operation& KeyedState::operation_of(NodeId aggregate) const {
  const auto found = std::find_if(operations_.begin(), operations_.end(), [&](const Operation& one) { return one.groups->aggregate() == aggregate; });
  WEIR_CHECK(found != operations_.end(), "every aggregate that a stage gathers for has its groups");
  return *found;
}

GroupOperation& KeyedState::operation(NodeId aggregate) const { return *operation_of(aggregate).groups; }

const GroupShape& KeyedState::shape(NodeId aggregate) const { return operation(aggregate).shape(); }

void KeyedState::merge(NodeId aggregate, const GroupTable& groups) {
  operation(aggregate).merge(groups);
}

void KeyedState::take_seen(std::span<const NewlySeen> rows) {
  for (const NewlySeen& seen : rows) {
    for (Dedup& dedup : saved_dedups_) {
      if (dedup.node != seen.node || seen.rows.empty()) continue;
      if (dedup.added.empty()) dedup.added = number_bytes(no_time);
      append_seen(seen.rows, dedup.added);
      dedup.latest = std::max(dedup.latest, seen.latest);
    }
  }
}

Status KeyedState::load(StoreAdministration& administration, Position position) {
  position_ = std::move(position);
  std::map<std::size_t, std::int64_t> emitted;
  const auto take = [&](const StoredState& row) {
    Status taken = load_row(row, emitted);
    return taken.ok() ? settle_loaded(row) : std::move(taken);
  };
  try {
    WEIR_TRY(administration.read_state(take));
    start(emitted);
  } catch (const UnreadableState&) {
    return *failure();
  }
  return make_room();
}

void KeyedState::start(const std::map<std::size_t, std::int64_t>& emitted) {
  for (Dedup& dedup : saved_dedups_) {
    std::sort(dedup.pieces.begin(), dedup.pieces.end(), [](const Piece& a, const Piece& b) { return a.number < b.number; });
  }
  for (Operation& one : operations_) one.groups->start(held_back(watermarks_.closed(), one.held_back), emitted);
  for (const auto& join : joins_) join->start(watermarks_.closed().expired);
}

// There may be more state than fits into memory.
Status KeyedState::settle_loaded(const StoredState& row) {
  loaded_bytes_ += row.value.size();
  if (++loaded_ < rows_between_looks && loaded_bytes_ < bytes_between_looks) return {};
  loaded_ = loaded_bytes_ = 0;
  for (Operation& one : operations_) one.groups->settle_loaded();
  return make_room();
}

Status KeyedState::load_row(const StoredState& row, std::map<std::size_t, std::int64_t>& emitted) {
  if (is_of_outbox(row.name)) return {};
  if (row.name == watermarks_name) {
    saved_watermarks_ = row.value;
    return watermarks_.load(row.value);
  }
  if (row.name == emitted_name) {
    for (std::size_t sink = 0; sink < plan_.sinks.size(); ++sink) {
      if (const auto epoch = read_number(row.value); epoch && plan_.sinks[sink].table.sink == row.key) emitted[sink] = *epoch;
    }
    return {};
  }
  for (Operation& one : operations_) {
    if (one.name == row.name) return one.groups->load(row.value, row.epoch);
    if (one.gone_name == row.name && one.groups->gone() != nullptr) return one.groups->gone()->load(row.value).status();
    for (std::size_t i = 0; i < one.over_names.size(); ++i) {
      if (one.over_names[i] == row.name) return one.groups->over(i).gone().load(row.value).status();
    }
  }
  for (const auto& join : joins_) {
    if (join->owns(row.name)) return join->load(row);
  }
  for (Dedup& dedup : saved_dedups_) {
    if (dedup.name == row.name) return load_piece(dedup, row);
  }
  return Error{ErrorKind::user, fmt::format("the stored state is of a step that this pipeline does not have: {}", row.name)}.with_hint(
      "an aggregate, a join of streams, a dedup or an OVER that was changed begins anew: weir reset FILE --yes forgets state and positions, so that all is read again");
}

Status KeyedState::load_piece(Dedup& dedup, const StoredState& row) {
  std::vector<SeenRow> rows;
  const auto number = read_number(row.key), latest = read_number(row.value.substr(0, sizeof(std::int64_t)));
  if (!number || !latest) return Error{ErrorKind::fatal, "the saved keys of a dedup are damaged"};
  WEIR_TRY(read_seen(row.value.substr(sizeof(std::int64_t)), rows));
  Piece piece{*number, *latest, ""};
  for (const SeenRow& seen : rows) dedups_.of(dedup.node).add(seen);
  dedups_.publish();
  dedup.next = std::max(dedup.next, *number + 1);
  dedup.pieces.push_back(std::move(piece));
  return {};
}

const KeyedState::Changes& KeyedState::take_changes(bool is_end) {
  changes_ = Changes{};
  const std::int64_t epoch = std::stoll(position_) + 1;
  const EmitMoment moment{clock_.wall_microseconds(), watermarks_.close(), is_end};
  std::vector<StateRow> rows, gone;
  finish_joins(moment.closed.expired, is_end, rows, gone);
  for (Operation& one : operations_) collect(one, {moment.now, held_back(moment.closed, one.held_back), is_end}, rows, gone);
  for (Dedup& one : saved_dedups_) collect(one, moment.closed.expired, rows, gone);
  for (StateRow& row : rows) {
    if (row.name == emitted_name) row.value = number_bytes(epoch);
  }
  if (std::string saved = watermarks_.save(); !watermarks_.is_empty() && saved != saved_watermarks_) {
    rows.push_back({watermarks_name, std::string(1, '\0'), saved});
    saved_watermarks_ = std::move(saved);
  }
  const auto first_new = std::stable_partition(rows.begin(), rows.end(), [](const StateRow& row) { return !row.is_new; });
  std::vector<StateRow> new_rows(std::make_move_iterator(first_new), std::make_move_iterator(rows.end()));
  rows.erase(first_new, rows.end());
  encode_state(plan_.name, rows, epoch, *state_encoder_, true, changes_.state);
  encode_state(plan_.name, new_rows, epoch, *state_encoder_, true, changes_.new_state);
  encode_state(plan_.name, gone, epoch, *state_key_encoder_, false, changes_.forgotten);
  changes_.advance = {state_source, state_split, position_, std::to_string(epoch)};
  position_ = changes_.advance.to;
  return changes_;
}

void KeyedState::collect(Operation& operation, const EmitMoment& moment, std::vector<StateRow>& rows, std::vector<StateRow>& gone) {
  GroupOperation::Emitted emitted = operation.groups->emit(moment);
  std::move(emitted.sinks.begin(), emitted.sinks.end(), std::back_inserter(changes_.sinks));
  changes_.groups += emitted.changed.size();
  for (const std::uint32_t group : emitted.changed) {
    StateRow& row = rows.emplace_back(StateRow{operation.name, hash_text(operation.groups->groups().key_hash(group)), ""});
    operation.groups->save(group, row.value);
  }
  for (const Hash128& key : emitted.gone) gone.push_back({operation.name, hash_text(key), ""});
  for (const std::size_t sink : emitted.written) rows.push_back({emitted_name, plan_.sinks[sink].table.sink, ""});
  std::move(emitted.refused.begin(), emitted.refused.end(), std::back_inserter(changes_.refused));
  const auto save_changed = [&](const std::string& name, GroupTable& kept) {
    for (const std::uint32_t number : kept.changed()) {
      StateRow& row = rows.emplace_back(StateRow{name, hash_text(kept.key_hash(number)), ""});
      kept.save(number, row.value);
    }
    kept.forget_changes();
  };
  for (std::size_t i = 0; i < operation.groups->over_count(); ++i) save_changed(operation.over_names[i], operation.groups->over(i).gone());
  if (GroupTable* kept = operation.groups->gone()) save_changed(operation.gone_name, *kept);
  for (const Hash128& key : emitted.forgotten) gone.push_back({operation.gone_name, hash_text(key), ""});
}

void KeyedState::collect(Dedup& dedup, std::int64_t expired, std::vector<StateRow>& rows, std::vector<StateRow>& gone) {
  while (dedup.within && !dedup.pieces.empty() && dedup.pieces.front().latest <= expired - *dedup.within) {
    gone.push_back({dedup.name, number_bytes(dedup.pieces.front().number), ""});
    dedup.pieces.pop_front();
  }
  if (dedup.added.empty()) return;
  const bool goes_on = !dedup.pieces.empty() && !dedup.pieces.back().bytes.empty() && dedup.pieces.back().bytes.size() < small_piece;
  if (!goes_on) {
    if (!dedup.pieces.empty()) dedup.pieces.back().bytes = std::string();
    dedup.pieces.push_back({dedup.next++, no_time, ""});
  }
  Piece& piece = dedup.pieces.back();
  piece.latest = std::max(piece.latest, dedup.latest);
  dedup.latest = no_time;
  std::string value = std::exchange(dedup.added, std::string());
  value.replace(0, sizeof(std::int64_t), number_bytes(piece.latest) + piece.bytes);
  piece.bytes = value.size() < small_piece ? value.substr(sizeof(std::int64_t)) : std::string();
  rows.push_back(StateRow{dedup.name, number_bytes(piece.number), std::move(value), !goes_on});
}

bool KeyedState::feeds(std::size_t sink, NodeId aggregate) const {
  const Operation& one = operation_of(aggregate);
  return one.groups->feeds(sink) || std::any_of(one.outer.begin(), one.outer.end(), [&](NodeId outer) { return feeds(sink, outer); });
}

bool KeyedState::feeds(std::size_t sink) const {
  return std::any_of(operations_.begin(), operations_.end(), [&](const Operation& one) { return one.groups->feeds(sink); });
}

const SinkTable* KeyedState::key_table(std::size_t sink) const {
  for (const Operation& one : operations_) {
    if (const SinkTable* table = one.groups->key_table(sink)) return table;
  }
  return nullptr;
}

std::string KeyedState::describe(std::size_t sink, std::uint32_t row) const {
  for (const Operation& one : operations_) {
    if (one.groups->feeds(sink)) return one.groups->describe(sink, row);
  }
  return "";
}

std::size_t KeyedState::unmovable_bytes() const {
  std::size_t bytes = dedups_.memory_bytes();
  for (const Operation& one : operations_) bytes += one.groups->memory_bytes();
  return bytes;
}

Status KeyedState::make_room() {
  WEIR_TRY(budget_.settle(unmovable_bytes()));
  if (auto failed = failure()) return *std::move(failed);
  return {};
}

StateCounts KeyedState::counts() const {
  StateCounts counts;
  for (const Operation& one : operations_) {
    const StateCounts own = one.groups->counts();
    counts.groups += own.groups;
    counts.spilled_groups += own.spilled_groups;
    counts.disk_bytes += own.disk_bytes;
  }
  counts.dedup_keys = static_cast<std::int64_t>(dedups_.size());
  counts.spilled_keys = static_cast<std::int64_t>(dedups_.spilled());
  counts.disk_bytes += static_cast<std::int64_t>(dedups_.disk_bytes());
  for (const auto& join : joins_) {
    counts.joined_rows += static_cast<std::int64_t>(join->row_count());
    counts.spilled_rows += static_cast<std::int64_t>(join->spilled_count());
    counts.disk_bytes += static_cast<std::int64_t>(join->disk_bytes());
  }
  counts.memory_bytes = static_cast<std::int64_t>(budget_.memory_bytes());
  counts.memory_limit = static_cast<std::int64_t>(budget_.limit());
  counts.writes = static_cast<std::int64_t>(area_.writes());
  counts.reads = static_cast<std::int64_t>(area_.reads());
  return counts;
}

bool KeyedState::has_unwritten() const {
  return std::any_of(operations_.begin(), operations_.end(), [](const Operation& one) { return one.groups->has_unwritten(); }) ||
         std::any_of(joins_.begin(), joins_.end(), [](const auto& join) { return join->has_unwritten(); });
}

std::optional<std::int64_t> KeyedState::due() const {
  std::optional<std::int64_t> first;
  for (const Operation& one : operations_) {
    const auto time = one.groups->due();
    if (time) first = std::min(first.value_or(*time), *time);
  }
  return first;
}

}  // namespace weir
