// plan.cpp — how the nodes of a plan hang together.
#include "engine/plan/plan.h"

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

}  // namespace weir
