// plan.cpp — how the nodes of a plan hang together.
#include "engine/plan/plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir {
namespace {

std::vector<NodeId> inputs(const ScanNode&) { return {}; }
std::vector<NodeId> inputs(const UnionNode& node) { return node.inputs; }
template <typename Node>
std::vector<NodeId> inputs(const Node& node) { return {node.input}; }

}  // namespace

std::vector<NodeId> inputs_of(const PlanOperation& operation) {
  return std::visit([](const auto& node) { return inputs(node); }, operation);
}

bool is_stateful(const Plan& plan) {
  return std::any_of(plan.nodes.begin(), plan.nodes.end(),
                     [](const PlanNode& node) { return std::holds_alternative<AggregateNode>(node.operation); });
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
