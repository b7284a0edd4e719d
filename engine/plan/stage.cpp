// stage.cpp — fuses everything between one source and its sinks: projections are inlined, filters joined,
// unused columns dropped.
#include "engine/plan/stage_readers.h"

#include <algorithm>

namespace weir {
namespace {

// A filter nearer to the source stands first: what it rejects must not be seen by later ones.
ExpressionPtr both(const Plan& plan, ExpressionPtr nearer, ExpressionPtr later) {
  if (later == nullptr) return nearer;
  WEIR_CHECK(plan.conjunction != nullptr, "the registry has the operator that joins conditions");
  return std::make_shared<Expression>(
      Expression{boolean_type, nearer->nullable || later->nullable, later->where,
                 Call{plan.conjunction, &plan.conjunction->overloads.front(), {nearer, later}}});
}

// Walks towards the sources, as far as the rows stay the same ones. `here` holds expressions over the columns of its node.
void follow(const Plan& plan, Origin here, std::vector<Origin>& found) {
  const auto& operation = plan.nodes[here.node].operation;
  if (const auto* filter = std::get_if<FilterNode>(&operation)) {
    here.predicate = both(plan, filter->predicate, std::move(here.predicate));
    here.node = filter->input;
    return follow(plan, std::move(here), found);
  }
  if (const auto* project = std::get_if<ProjectNode>(&operation)) {
    for (ExpressionPtr& expression : here.expressions) expression = substitute(expression, project->expressions);
    if (here.predicate != nullptr) here.predicate = substitute(here.predicate, project->expressions);
    here.node = project->input;
    return follow(plan, std::move(here), found);
  }
  if (const auto* join = std::get_if<JoinNode>(&operation)) {
    for (ExpressionPtr& expression : here.expressions) expression = substitute(expression, join->expressions);
    if (here.predicate != nullptr) here.predicate = substitute(here.predicate, join->expressions);
    if (join->has_row != nullptr) here.predicate = both(plan, join->has_row, std::move(here.predicate));
    here.node = join->input;
    return follow(plan, std::move(here), found);
  }
  if (const auto* united = std::get_if<UnionNode>(&operation)) {
    for (const NodeId input : united->inputs) follow(plan, {input, here.predicate, here.expressions}, found);
    return;
  }
  found.push_back(std::move(here));
}

bool is_literal_true(const Expression& expression) {
  const auto* literal = std::get_if<Literal>(&expression.node);
  return literal != nullptr && literal->value.data == decltype(literal->value.data){true};
}

}  // namespace

std::vector<Origin> origins_of(const Plan& plan, NodeId node, std::vector<ExpressionPtr> expressions) {
  std::vector<Origin> found;
  follow(plan, {node, nullptr, std::move(expressions)}, found);
  for (Origin& origin : found) {
    for (ExpressionPtr& expression : origin.expressions) expression = fold_constants(expression);
    if (origin.predicate == nullptr) continue;
    origin.predicate = fold_constants(origin.predicate);
    if (is_literal_true(*origin.predicate)) origin.predicate = nullptr;
  }
  return found;
}

namespace {

// Calls `visit` with every expression, the predicate included, that reads the rows; it may put another in its place.
template <typename Visit>
void for_each_expression(Readers& readers, const Visit& visit) {
  const auto all = [&](ExpressionPtr& predicate, std::vector<ExpressionPtr>& expressions) {
    if (predicate != nullptr) visit(predicate);
    for (ExpressionPtr& expression : expressions) visit(expression);
  };
  for (Branch& branch : readers.branches) all(branch.predicate, branch.outputs);
  for (auto& [node, expansion] : readers.expansions) {
    all(expansion.predicate, expansion.arguments);
    for (ExpressionPtr& carried : expansion.carried) visit(carried);
  }
  for (auto& [node, over] : readers.overs) {
    all(over.predicate, over.partition);
    for (ExpressionPtr& order : over.order) visit(order);
    for (std::vector<ExpressionPtr>& arguments : over.arguments) {
      for (ExpressionPtr& argument : arguments) visit(argument);
    }
    for (std::vector<ExpressionPtr>* optional : {&over.filters, &over.froms}) {
      for (ExpressionPtr& expression : *optional) {
        if (expression != nullptr) visit(expression);
      }
    }
    for (ExpressionPtr& carried : over.carried) visit(carried);
  }
  for (Intake& intake : readers.intakes) {
    all(intake.predicate, intake.keys);
    for (ExpressionPtr& carried : intake.carried) visit(carried);
  }
  for (Gathering& gathering : readers.gatherings) {
    all(gathering.predicate, gathering.keys);
    for (std::vector<ExpressionPtr>& arguments : gathering.arguments) {
      for (ExpressionPtr& argument : arguments) visit(argument);
    }
    for (ExpressionPtr& filter : gathering.filters) {
      if (filter != nullptr) visit(filter);
    }
  }
}

}  // namespace

std::vector<bool> used_columns(Readers& readers, std::size_t count) {
  std::vector<bool> used(count, false);
  for_each_expression(readers, [&](const ExpressionPtr& expression) { mark_used_columns(*expression, used); });
  return used;
}

// Column i becomes number places[i]; columns that nobody reads are never asked for, but substitute() wants every place filled.
void move_columns(Readers& readers, const std::vector<Field>& fields, const std::vector<std::size_t>& places) {
  std::vector<ExpressionPtr> moved(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) moved[i] = make_column(places[i], fields[i]);
  for_each_expression(readers, [&](ExpressionPtr& expression) { expression = substitute(expression, moved); });
}

namespace {

// The columns of `node` that its readers use: they become numbers from 0 on, and are appended to `expressions`, which are over its input.
void carry_columns(const Plan& plan, NodeId node, std::size_t count, Readers& readers, std::vector<ExpressionPtr>& expressions) {
  const std::vector<Field>& fields = plan.nodes[node].schema.fields;
  const std::vector<bool> used = used_columns(readers, fields.size());
  std::vector<std::size_t> places(fields.size(), 0);
  std::size_t carried = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!used[i]) continue;
    places[i] = carried++;
    expressions.push_back(make_column(i, fields[i]));
  }
  for (std::size_t i = count; i < fields.size(); ++i) places[i] = carried + (i - count);
  move_columns(readers, fields, places);
}

// Makes `readers` of an explode readers of its block (carried columns, then made ones), and the explode a reader of where its input's rows
// come from.
void place_explode(const Plan& plan, NodeId node, Readers& readers, AllReaders& all) {
  const auto& explode = std::get<ExplodeNode>(plan.nodes[node].operation);
  std::vector<ExpressionPtr> expressions = explode.call.arguments;
  carry_columns(plan, node, plan.nodes[explode.input].schema.fields.size(), readers, expressions);
  const auto arguments = static_cast<std::ptrdiff_t>(explode.call.arguments.size());
  for (Origin& origin : origins_of(plan, explode.input, std::move(expressions))) {
    const auto first = origin.expressions.begin();
    all[origin.node].expansions.push_back(
        {node, Expansion{0, std::move(origin.predicate), &explode, {first, first + arguments}, {first + arguments, origin.expressions.end()}, nullptr, false, node}});
  }
}

// Whether anything below goes by the time of its rows.
bool needs_time(const Plan& plan, const AllReaders& all, const Readers& readers) {
  return std::any_of(readers.gatherings.begin(), readers.gatherings.end(), [&](const Gathering& one) { return is_timed(plan, one); }) ||
         std::any_of(readers.intakes.begin(), readers.intakes.end(), [](const Intake& one) { return one.is_timed; }) ||
         std::any_of(readers.expansions.begin(), readers.expansions.end(),
                     [&](const Readers::Made& one) { return one.expansion.is_timed || needs_time(plan, all, all.at(one.explode)); });
}

// Makes `readers` of a dedup readers of its block, and the dedup a reader of where its input's rows come from.
void place_dedup(const Plan& plan, NodeId node, Readers& readers, AllReaders& all) {
  const auto& dedup = std::get<DedupNode>(plan.nodes[node].operation);
  std::vector<ExpressionPtr> expressions = dedup.keys;
  carry_columns(plan, node, plan.nodes[node].schema.fields.size(), readers, expressions);
  const auto keys = static_cast<std::ptrdiff_t>(dedup.keys.size());
  const bool is_timed = dedup.within || needs_time(plan, all, readers);
  for (Origin& origin : origins_of(plan, dedup.input, std::move(expressions))) {
    const auto first = origin.expressions.begin();
    all[origin.node].expansions.push_back(
        {node, Expansion{0, std::move(origin.predicate), nullptr, {first, first + keys}, {first + keys, origin.expressions.end()}, &dedup, is_timed, node}});
  }
}

// The same for OVER, which has one origin: the aggregate, or another OVER.
void place_over(const Plan& plan, NodeId node, Readers& readers, AllReaders& all) {
  const auto& over = std::get<OverNode>(plan.nodes[node].operation);
  std::vector<ExpressionPtr> expressions = over.partition;
  for (const OverNode::Order& order : over.order) expressions.push_back(order.expression);
  const auto read_by = [](const OverNode::Call& call) -> const std::vector<ExpressionPtr>& { return call.aggregate ? call.aggregate->bound.arguments : call.values; };
  const auto filter_of = [](const OverNode::Call& call) { return call.aggregate ? call.aggregate->filter : nullptr; };
  for (const OverNode::Call& call : over.calls) {
    expressions.insert(expressions.end(), read_by(call).begin(), read_by(call).end());
    for (const ExpressionPtr& optional : {filter_of(call), call.frame.from}) {
      if (optional != nullptr) expressions.push_back(optional);
    }
  }
  carry_columns(plan, node, plan.nodes[over.input].schema.fields.size(), readers, expressions);
  std::vector<Origin> origins = origins_of(plan, over.input, std::move(expressions));
  Origin& origin = origins.front();
  auto next = origin.expressions.begin();
  const auto take = [&](std::size_t count) {
    const auto first = next;
    next += static_cast<std::ptrdiff_t>(count);
    return std::vector<ExpressionPtr>(first, next);
  };
  OverBlock block{0, std::move(origin.predicate), &over, take(over.partition.size()), take(over.order.size()), {}, {}, {}, {}};
  for (const OverNode::Call& call : over.calls) {
    block.arguments.push_back(take(read_by(call).size()));
    block.filters.push_back(filter_of(call) != nullptr ? *next++ : nullptr);
    block.froms.push_back(call.frame.from != nullptr ? *next++ : nullptr);
  }
  block.carried.assign(next, origin.expressions.end());
  all[origin.node].overs.push_back({node, std::move(block)});
}

// Makes the aggregate a reader of where its input's rows come from, which may be another aggregate or an OVER.
void place_aggregate(const Plan& plan, NodeId node, AllReaders& all) {
  const auto& aggregate = std::get<AggregateNode>(plan.nodes[node].operation);
  std::vector<ExpressionPtr> expressions = aggregate.keys;
  for (const AggregateNode::Call& call : aggregate.calls) {
    expressions.insert(expressions.end(), call.bound.arguments.begin(), call.bound.arguments.end());
    if (call.filter != nullptr) expressions.push_back(call.filter);
  }
  for (Origin& origin : origins_of(plan, aggregate.input, std::move(expressions))) {
    auto next = origin.expressions.begin();
    const auto take = [&](std::size_t count) {
      const auto first = next;
      next += static_cast<std::ptrdiff_t>(count);
      return std::vector<ExpressionPtr>(first, next);
    };
    Gathering gathering{0, node, std::move(origin.predicate), take(aggregate.keys.size()), {}, {}};
    for (const AggregateNode::Call& call : aggregate.calls) {
      gathering.arguments.push_back(take(call.bound.arguments.size()));
      gathering.filters.push_back(call.filter == nullptr ? nullptr : *next++);
    }
    all[origin.node].gatherings.push_back(std::move(gathering));
  }
}

// Used columns, and those whose NOT NULL has to be checked even where nobody reads them.
void keep_needed_columns(const ScanNode& scan, Readers& readers, Stage& stage) {
  std::vector<bool> used = used_columns(readers, scan.columns.size());
  for (const SourceCheck& check : stage.checks) mark_used_columns(*check.predicate, used);
  if (stage.time != nullptr) mark_used_columns(*stage.time, used);
  std::vector<std::size_t> places(scan.columns.size(), 0);
  std::vector<Field> fields;
  for (std::size_t i = 0; i < scan.columns.size(); ++i) {
    const DecodedColumn& column = scan.columns[i].decoded;
    fields.push_back(column.field);
    const bool is_checked = !column.is_metadata && !column.field.nullable;
    if (!used[i] && !is_checked) continue;
    places[i] = stage.columns.size();
    stage.columns.push_back(column);
    stage.needs_headers = stage.needs_headers || (column.is_metadata && column.from == "headers");
  }
  move_columns(readers, fields, places);
  std::vector<ExpressionPtr> moved(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) moved[i] = make_column(places[i], fields[i]);
  for (SourceCheck& check : stage.checks) check.predicate = substitute(check.predicate, moved);
  if (stage.time != nullptr) stage.time = substitute(stage.time, moved);
}

}  // namespace

void add_block(const AllReaders& all, const Readers& readers, std::size_t block, Stage& stage) {
  for (const Branch& branch : readers.branches) {
    stage.branches.push_back(branch);
    stage.branches.back().block = block;
  }
  for (const Gathering& gathering : readers.gatherings) {
    stage.gatherings.push_back(gathering);
    stage.gatherings.back().block = block;
  }
  for (const Intake& intake : readers.intakes) {
    stage.intakes.push_back(intake);
    stage.intakes.back().block = block;
  }
  for (const auto& [node, expansion] : readers.expansions) {
    stage.expansions.push_back(expansion);
    stage.expansions.back().parent = block;
    add_block(all, all.at(node), stage.expansions.size(), stage);
  }
}

namespace {

void add_group_block(const AllReaders& all, const Readers& readers, std::size_t block, GroupStage& stage) {
  for (const Branch& branch : readers.branches) {
    stage.branches.push_back(branch);
    stage.branches.back().block = block;
  }
  for (const Gathering& gathering : readers.gatherings) {
    stage.gatherings.push_back(gathering);
    stage.gatherings.back().block = block;
  }
  for (const auto& [node, over] : readers.overs) {
    stage.overs.push_back(over);
    stage.overs.back().parent = block;
    add_group_block(all, all.at(node), stage.overs.size(), stage);
  }
}

}  // namespace

AllReaders readers_of(const Plan& plan) {
  AllReaders all;
  for (std::size_t i = 0; i < plan.sinks.size(); ++i) {
    std::size_t order = 0;
    for (Origin& origin : origins_of(plan, plan.sinks[i].input, plan.sinks[i].expressions))
      all[origin.node].branches.push_back({i, std::move(origin.predicate), std::move(origin.expressions), 0, order++});
  }
  // A node's input has a lower number: once a node is reached, everything that reads it is known.
  for (NodeId node = plan.nodes.size(); node-- > 0;) {
    const auto readers = all.find(node);
    if (readers == all.end()) continue;
    const PlanOperation& operation = plan.nodes[node].operation;
    if (std::holds_alternative<ExplodeNode>(operation)) place_explode(plan, node, readers->second, all);
    if (std::holds_alternative<DedupNode>(operation)) place_dedup(plan, node, readers->second, all);
    if (std::holds_alternative<StreamJoinNode>(operation)) place_stream_join(plan, node, readers->second, all);
    if (std::holds_alternative<OverNode>(operation)) place_over(plan, node, readers->second, all);
    if (std::holds_alternative<AggregateNode>(operation)) place_aggregate(plan, node, all);
  }
  return all;
}


std::vector<Stage> fuse(const Plan& plan) {
  AllReaders all = readers_of(plan);
  std::vector<Stage> stages;
  for (auto& [node, readers] : all) {
    const auto* scan = std::get_if<ScanNode>(&plan.nodes[node].operation);
    if (scan == nullptr) continue;
    Stage stage;
    stage.scan = node;
    stage.checks = scan->checks;
    if (scan->time) stage.time = scan->time->column;
    stage.is_timed = needs_time(plan, all, readers);
    keep_needed_columns(*scan, readers, stage);
    add_block(all, readers, 0, stage);
    stages.push_back(std::move(stage));
  }
  return stages;
}

bool is_timed(const Plan& plan, const Gathering& gathering) {
  const auto& window = std::get<AggregateNode>(plan.nodes[gathering.aggregate].operation).window;
  return window && window->closes;
}

bool rows_can_go(const Plan& plan, const GroupStage& stage, const Branch& branch) {
  if (branch.predicate != nullptr || std::get<AggregateNode>(plan.nodes[stage.aggregate].operation).rows_can_go) return true;
  for (std::size_t block = branch.block; block != 0; block = stage.overs[block - 1].parent) {
    if (stage.overs[block - 1].predicate != nullptr) return true;
  }
  return false;
}

std::vector<GroupStage> fuse_groups(const Plan& plan) {
  std::vector<GroupStage> stages;
  const AllReaders all = readers_of(plan);
  for (const auto& [node, readers] : all) {
    if (!std::holds_alternative<AggregateNode>(plan.nodes[node].operation)) continue;
    GroupStage stage{node, {}, {}, {}};
    add_group_block(all, readers, 0, stage);
    stages.push_back(std::move(stage));
  }
  return stages;
}

}  // namespace weir
