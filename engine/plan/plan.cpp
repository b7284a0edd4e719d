// plan.cpp — how the nodes of a plan hang together.
#include "engine/plan/plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir {
namespace {

std::vector<NodeId> inputs(const ScanNode&) { return {}; }
std::vector<NodeId> inputs(const UnionNode& node) { return node.inputs; }
std::vector<NodeId> inputs(const StreamJoinNode& node) { return {node.input, node.joined}; }
template <typename Node>
std::vector<NodeId> inputs(const Node& node) { return {node.input}; }

// The first node of a kind on the way from `node` to the sources.
template <typename Node>
std::optional<NodeId> find_above(const std::vector<PlanNode>& nodes, NodeId node) {
  if (std::holds_alternative<Node>(nodes[node].operation)) return node;
  for (const NodeId input : inputs_of(nodes[node].operation)) {
    if (const auto found = find_above<Node>(nodes, input)) return found;
  }
  return std::nullopt;
}

}  // namespace

std::vector<NodeId> inputs_of(const PlanOperation& operation) {
  return std::visit([](const auto& node) { return inputs(node); }, operation);
}

bool is_stateful(const Plan& plan) {
  return std::any_of(plan.nodes.begin(), plan.nodes.end(),
                     [](const PlanNode& node) {
                       return std::holds_alternative<AggregateNode>(node.operation) || std::holds_alternative<DedupNode>(node.operation) ||
                              std::holds_alternative<StreamJoinNode>(node.operation);
                     });
}

std::optional<NodeId> aggregate_above(const std::vector<PlanNode>& nodes, NodeId node) { return find_above<AggregateNode>(nodes, node); }

std::optional<NodeId> stream_join_above(const std::vector<PlanNode>& nodes, NodeId node) { return find_above<StreamJoinNode>(nodes, node); }

ExpressionPtr over_aggregate(const std::vector<PlanNode>& nodes, NodeId node, NodeId aggregate, ExpressionPtr expression) {
  while (node != aggregate) {
    const PlanOperation& operation = nodes[node].operation;
    if (const auto* project = std::get_if<ProjectNode>(&operation)) expression = substitute(expression, project->expressions);
    if (const auto* over = std::get_if<OverNode>(&operation)) {
      const std::vector<Field>& fields = nodes[node].schema.fields;
      const std::vector<Field>& before = nodes[over->input].schema.fields;
      std::vector<ExpressionPtr> columns;
      for (std::size_t i = 0; i < before.size(); ++i) columns.push_back(make_column(i, before[i]));
      while (columns.size() < fields.size()) columns.push_back(make_literal(Value{fields[columns.size()].type, {}}));
      expression = substitute(expression, columns);
    }
    node = inputs_of(operation).front();
  }
  return expression;
}

std::string print(const AggregateNode::Call& call) {
  std::vector<std::string> arguments;
  for (const ExpressionPtr& argument : call.bound.arguments) arguments.push_back(print(*argument));
  std::string text = fmt::format("{}({}{})", call.bound.function->declaration.name, call.is_distinct ? "DISTINCT " : "",
                                 arguments.empty() ? "*" : fmt::format("{}", fmt::join(arguments, ", ")));
  if (call.filter != nullptr) text += fmt::format(" FILTER (WHERE {})", print(*call.filter));
  return text;
}

}  // namespace weir
