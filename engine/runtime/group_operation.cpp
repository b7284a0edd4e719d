// group_operation.cpp — from changed groups to rows of sinks.
#include "engine/runtime/group_operation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/runtime/group_parts.h"
#include "engine/runtime/outlets.h"
#include "engine/state/group_key.h"

namespace weir {
namespace {

std::vector<std::size_t> columns_used(const Expression& expression, std::size_t count) {
  std::vector<bool> used(count, false);
  mark_used_columns(expression, used);
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < count; ++i) {
    if (used[i]) numbers.push_back(i);
  }
  return numbers;
}

}  // namespace

GroupShape shape_of(const AggregateNode& node) {
  std::vector<Type> keys, results;
  std::vector<std::shared_ptr<const Aggregate>> aggregates;
  for (const ExpressionPtr& key : node.keys) keys.push_back(key->type);
  for (const AggregateNode::Call& call : node.calls) {
    aggregates.push_back(call.bound.body);
    results.push_back(call.bound.type);
  }
  return GroupShape(std::move(keys), std::move(aggregates), std::move(results));
}

Result<std::unique_ptr<GroupOperation>> GroupOperation::make(const Plan& plan, GroupStage stage, const Store& store, std::int64_t now) {
  std::unique_ptr<GroupOperation> operation(new GroupOperation(plan, std::move(stage)));
  WEIR_TRY(operation->compile(store, now));
  return operation;
}

Status GroupOperation::compile(const Store& store, std::int64_t now) {
  const auto& node = std::get<AggregateNode>(plan_.nodes[stage_.aggregate].operation);
  shape_ = std::make_unique<GroupShape>(shape_of(node));
  table_ = std::make_unique<GroupTable>(*shape_);
  if (node.has_sessions()) sessions_ = std::make_unique<Sessions>(*table_);
  if (node.window && node.window->closes) window_ = node.window;
  std::vector<std::vector<ExpressionPtr>> roots(stage_.overs.size() + 1);
  for (std::size_t i = 0; i < stage_.overs.size(); ++i) WEIR_TRY(add_over(i, roots[stage_.overs[i].parent]));
  for (const Branch& branch : stage_.branches) WEIR_TRY(add_output(branch, store, now, roots[branch.block]));
  for (const Gathering& gathering : stage_.gatherings) add_gathering(gathering, roots[gathering.block]);
  for (const std::vector<ExpressionPtr>& of_block : roots) {
    WEIR_ASSIGN(Program program, Program::compile(of_block));
    programs_.push_back(std::make_unique<Program>(std::move(program)));
  }
  return {};
}

// An expression over the columns of a block, which the groups' keys decide, as one over the aggregate's columns.
ExpressionPtr GroupOperation::over_groups(ExpressionPtr expression, std::size_t block) const {
  while (block != 0) {
    const OverBlock& over = stage_.overs[block - 1];
    std::vector<ExpressionPtr> columns = over.carried;
    for (const OverNode::Call& call : over.over->calls) columns.push_back(make_literal(Value{call.type, {}}));
    expression = substitute(expression, columns);
    block = over.parent;
  }
  return expression;
}

Status GroupOperation::add_over(std::size_t number, std::vector<ExpressionPtr>& roots) {
  const OverBlock& block = stage_.overs[number];
  const auto& node = std::get<AggregateNode>(plan_.nodes[stage_.aggregate].operation);
  const std::size_t columns = plan_.nodes[stage_.aggregate].schema.fields.size();
  Over over{&block, nullptr, roots.size(), nullptr, {}, {}, !block.order.empty(), window_.has_value()};
  std::vector<Type> types;
  std::vector<ExpressionPtr> partition;
  for (const ExpressionPtr& key : block.partition) {
    types.push_back(key->type);
    partition.push_back(over_groups(key, block.parent));
    for (const std::size_t column : columns_used(*partition.back(), columns)) over.goes_on = over.goes_on && column != window_->key;
  }
  for (const ExpressionPtr& order : block.order) {
    // What another OVER computes is a NULL here, and no key.
    const ExpressionPtr below = over_groups(order, block.parent);
    const std::vector<std::size_t> used = columns_used(*below, columns);
    over.order_is_fixed = over.order_is_fixed && !used.empty() &&
                          std::all_of(used.begin(), used.end(), [&](std::size_t column) { return column < node.keys.size(); });
  }
  WEIR_ASSIGN(Program program, Program::compile(partition));
  over.partition = std::make_unique<Program>(std::move(program));
  over.rows = std::make_unique<OverRows>(*block.over, std::move(types));
  if (block.predicate != nullptr) roots.push_back(block.predicate);
  for (const std::vector<ExpressionPtr>* part : {&block.partition, &block.order}) roots.insert(roots.end(), part->begin(), part->end());
  for (std::size_t c = 0; c < block.arguments.size(); ++c) {
    roots.insert(roots.end(), block.arguments[c].begin(), block.arguments[c].end());
    for (const ExpressionPtr& optional : {block.filters[c], block.froms[c]}) {
      if (optional != nullptr) roots.push_back(optional);
    }
  }
  roots.insert(roots.end(), block.carried.begin(), block.carried.end());
  overs_.push_back(std::move(over));
  return {};
}

Status GroupOperation::add_output(const Branch& branch, const Store& store, std::int64_t now, std::vector<ExpressionPtr>& roots) {
  const SinkNode& sink = plan_.sinks[branch.sink];
  Output output{};
  output.sink = branch.sink;
  output.block = branch.block;
  output.emit = sink.emit;
  output.has_predicate = branch.predicate != nullptr;
  output.first_column = roots.size();
  output.column_count = branch.outputs.size();
  output.encoder = encoder_for(sink, store);
  output.table = &sink.table;
  if (sink.emit.kind == Emit::Kind::every) output.next_time = floor_to(now, sink.emit.interval.count()) + sink.emit.interval.count();
  output.rows_can_go = rows_can_go(plan_, stage_, branch);
  if (output.rows_can_go && sink.outlet == nullptr) {
    auto keys = std::make_unique<SinkTable>();
    keys->sink = sink.table.sink;
    keys->table = sink.table.table;
    keys->on_conflict = OnConflict::update;
    std::vector<ExpressionPtr> expressions;
    for (const std::size_t column : sink.table.key) {
      keys->key.push_back(keys->schema.fields.size());
      keys->schema.fields.push_back(sink.table.schema.fields[column]);
      expressions.push_back(over_groups(branch.outputs[column], branch.block));
    }
    WEIR_ASSIGN(Program program, Program::compile(expressions));
    output.key_program = std::make_unique<Program>(std::move(program));
    output.key_encoder = store.encoder(*keys);
    output.keys = std::move(keys);
  }
  if (branch.predicate != nullptr) roots.push_back(branch.predicate);
  roots.insert(roots.end(), branch.outputs.begin(), branch.outputs.end());
  outputs_.push_back(std::move(output));
  return {};
}

void GroupOperation::start(const Watermarks::Closed& closed, const std::map<std::size_t, std::int64_t>& emitted) {
  settle_loaded();
  final_ = closed.final;
  for (Output& output : outputs_) {
    const auto known = emitted.find(output.sink);
    // What closed before was written as final then.
    for (auto end = ends_.upper_bound(final_); output.emit.kind == Emit::Kind::final && end != ends_.end(); ++end) {
      for (const std::uint32_t group : end->second) {
        if (!is_vanished(group)) mark_dirty(output, group);
      }
    }
    for (const auto& [group, epoch] : loaded_) {
      const bool is_late = output.emit.kind == Emit::Kind::every && (known == emitted.end() || epoch > known->second);
      if (is_late) mark_dirty(output, group);
      const bool is_unwritten = get_flag(output.is_dirty, group);
      if (is_unwritten || !is_vanished(group)) mark_written(output, group);
      if (output.emit.kind == Emit::Kind::every) set_flag(output.is_known, group, true);
    }
  }
  loaded_ = {};
  settled_ = 0;
  restore_fed();
}

void GroupOperation::mark_dirty(Output& output, std::uint32_t group) {
  if (get_flag(output.is_dirty, group)) return;
  set_flag(output.is_dirty, group, true);
  if (output.emit.kind == Emit::Kind::every) output.dirty.push_back(group);
}

void GroupOperation::mark_written(Output& output, std::uint32_t group) {
  if (output.rows_can_go) set_flag(output.is_written, group, true);
}

// How far event time must have come for the group's window to be final. Its end is the last of the keys; a row that happens at the end of a session is
// of it.
std::int64_t GroupOperation::closes_at(std::uint32_t group) const {
  const std::string_view key = table_->key(group);
  std::int64_t end = 0;
  std::memcpy(&end, key.data() + key.size() - sizeof end, sizeof end);
  return window_->kind == WindowKind::session || window_->has_its_end ? end + 1 : end;
}

void GroupOperation::register_groups(std::span<const std::uint32_t> groups) {
  std::vector<std::uint32_t> added;
  for (const std::uint32_t group : groups) {
    if (get_flag(is_registered_, group)) continue;
    set_flag(is_registered_, group, true);
    added.push_back(group);
    if (window_) ends_[closes_at(group)].push_back(group);
  }
  if (overs_.empty() || added.empty()) return;
  Arena arena;
  const Batch batch = batch_of(table_->results(added, arena), added.size());
  for (Over& over : overs_) {
    const std::vector<Column> keys = over.partition->evaluate(batch, arena, 0);
    GroupKeyWriter writer(keys);
    for (std::uint32_t i = 0; i < added.size(); ++i) {
      std::string key(writer.write(i));
      over.partitions[key].push_back(added[i]);
      if (added[i] >= over.partition_of.size()) over.partition_of.resize(added[i] + 1);
      over.partition_of[added[i]] = std::move(key);
    }
  }
}

void GroupOperation::let_go() {
  for (const std::uint32_t group : leaving_) take_out(group);
  leaving_.clear();
}

void GroupOperation::merge(const GroupTable& groups) {
  GroupTable& table = next_groups();
  if (sessions_ == nullptr) return table.merge(groups);
  sessions_->merge(groups, [&](std::uint32_t group) { return get_flag(is_registered_, group); }, vanishing_);
}

GroupTable& GroupOperation::next_groups() {
  let_go();
  return *table_;
}

void GroupOperation::take_in_changes() {
  let_go();
  changed_ = table_->changed();
  table_->forget_changes();
  take_in_vanishing();
  register_groups(changed_);
  for (Output& output : outputs_) {
    if (output.emit.kind == Emit::Kind::changes) continue;
    for (const std::uint32_t group : changed_) mark_dirty(output, group);
  }
}

bool GroupOperation::is_due(const Output& output, const EmitMoment& moment) const { return moment.is_end || moment.now >= output.next_time; }

// Groups whose windows have closed since the last time, those that changed after that, or all if nothing more is expected.
std::vector<std::uint32_t> GroupOperation::take_final(Output& output, const EmitMoment& moment) {
  std::vector<std::uint32_t> groups;
  const auto take = [&](std::uint32_t group) {
    if (!get_flag(output.is_dirty, group)) return;
    output.is_dirty[group] = 0;
    groups.push_back(group);
  };
  if (moment.is_end || moment.closed.is_quiet) {
    for (std::uint32_t group = 0; group < table_->end(); ++group) take(group);
    return groups;
  }
  for (auto end = ends_.upper_bound(final_); end != ends_.end() && end->first <= moment.closed.final; ++end) {
    for (const std::uint32_t group : end->second) take(group);
  }
  for (const std::uint32_t group : changed_) {
    if (closes_at(group) <= moment.closed.final) take(group);
  }
  for (const std::uint32_t group : newly_vanished_) take(group);
  return groups;
}

// Without groups that came and went in between.
std::vector<std::uint32_t> GroupOperation::take_dirty(Output& output) {
  std::vector<std::uint32_t> groups;
  for (const std::uint32_t group : std::exchange(output.dirty, {})) {
    if (!get_flag(output.is_dirty, group)) continue;
    output.is_dirty[group] = 0;
    set_flag(output.is_known, group, true);
    groups.push_back(group);
  }
  return groups;
}

GroupOperation::Emitted GroupOperation::emit(const EmitMoment& moment) {
  take_in_changes();
  Emitted made;
  Arena arena;
  feed_changes(moment.now, arena, made);
  for (Output& output : outputs_) {
    std::vector<std::uint32_t> dirty;
    switch (output.emit.kind) {
      case Emit::Kind::changes:
        dirty = changed_;
        dirty.insert(dirty.end(), newly_vanished_.begin(), newly_vanished_.end());
        break;
      case Emit::Kind::final:
        dirty = take_final(output, moment);
        break;
      case Emit::Kind::every:
        if (!is_due(output, moment)) break;
        dirty = take_dirty(output);
        output.next_time = floor_to(moment.now, output.emit.interval.count()) + output.emit.interval.count();
        made.written.push_back(output.sink);
        break;
    }
    output.emitted.clear();
    if (!dirty.empty()) made.sinks.push_back(write(output, std::move(dirty), moment, arena));
  }
  settle_vanished(made);
  final_ = std::max(final_, moment.closed.final);
  const std::vector<std::uint32_t> over = expired(moment.closed.expired);
  if (!over.empty()) keep_fed(over, moment);
  if (!over.empty()) fold(over, moment.now);
  if (sessions_ != nullptr) sessions_->forget_before(moment.closed.expired);
  std::vector<char> is_gone(over.empty() ? 0 : table_->end(), 0);
  for (const std::uint32_t group : over) {
    made.gone.push_back(table_->key_hash(group));
    forget_gone(table_->key(group), made);
    is_gone[group] = 1;
  }
  // Until the epoch is committed, its groups can be asked for.
  leaving_.insert(leaving_.end(), over.begin(), over.end());
  for (const std::uint32_t group : changed_) {
    if (!get_flag(is_gone, group)) made.changed.push_back(group);
  }
  return made;
}

// Windows that no row can reach any more, oldest first, as far as all of their rows are written.
std::vector<std::uint32_t> GroupOperation::expired(std::int64_t time) {
  std::vector<std::uint32_t> groups;
  auto end = ends_.begin();
  for (; end != ends_.end() && end->first <= time; ++end) {
    if (std::any_of(end->second.begin(), end->second.end(), [&](std::uint32_t group) { return is_unwritten(group) || is_fed(group); })) break;
    groups.insert(groups.end(), end->second.begin(), end->second.end());
  }
  ends_.erase(ends_.begin(), end);
  return groups;
}

void GroupOperation::take_out(std::uint32_t group) {
  for (Over& over : overs_) {
    if (!get_flag(is_registered_, group)) break;
    const auto partition = over.partitions.find(over.partition_of[group]);
    std::erase(partition->second, group);
    if (partition->second.empty()) over.partitions.erase(partition);
  }
  for (Output& output : outputs_) {
    for (std::vector<char>* flags : {&output.is_written, &output.is_known}) {
      if (get_flag(*flags, group)) (*flags)[group] = 0;
    }
  }
  for (std::vector<char>* flags : {&is_registered_, &is_vanished_}) {
    if (get_flag(*flags, group)) (*flags)[group] = 0;
  }
  table_->remove(group);
}

std::optional<std::int64_t> GroupOperation::due() const {
  std::optional<std::int64_t> first;
  for (const Output& output : outputs_) {
    if (output.emit.kind != Emit::Kind::every || output.dirty.empty()) continue;
    first = std::min(first.value_or(output.next_time), output.next_time);
  }
  return first;
}

bool GroupOperation::has_unwritten() const {
  return std::any_of(outputs_.begin(), outputs_.end(), [](const Output& output) {
    return std::any_of(output.is_dirty.begin(), output.is_dirty.end(), [](char is_dirty) { return is_dirty != 0; });
  });
}

bool GroupOperation::feeds(std::size_t sink) const {
  return std::any_of(outputs_.begin(), outputs_.end(), [&](const Output& output) { return output.sink == sink; });
}

const SinkTable* GroupOperation::key_table(std::size_t sink) const {
  for (const Output& output : outputs_) {
    if (output.sink == sink) return output.keys.get();
  }
  return nullptr;
}

std::string GroupOperation::describe(std::size_t sink, std::uint32_t row) const {
  for (const Output& output : outputs_) {
    if (output.sink == sink) return describe(output.emitted[row]);
  }
  return "";
}

std::string GroupOperation::describe(std::uint32_t group) const {
  Arena arena;
  const std::vector<std::string_view> keys{table_->key(group)};
  const std::vector<Column> columns = group_key_columns(keys, shape_->keys(), arena);
  const std::vector<Field>& fields = plan_.nodes[stage_.aggregate].schema.fields;
  std::vector<std::string> values;
  for (std::size_t k = 0; k < columns.size(); ++k) values.push_back(fmt::format("{}={}", fields[k].name, to_text(value_at(columns[k], 0))));
  return values.empty() ? "all rows" : fmt::format("{}", fmt::join(values, ", "));
}

}  // namespace weir
