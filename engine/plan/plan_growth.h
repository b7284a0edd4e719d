// plan_growth.h — how much a plan computes for a row: what is used twice at each step is twice as much with every step.
#pragma once

#include <vector>

#include "engine/plan/plan.h"

namespace weir {

/// Plans are fused: columns become expressions over those of the source, and rows that come by several ways are computed once for each.
class PlanGrowth {
 public:
  static constexpr std::size_t most_calls = 100'000;
  static constexpr std::size_t most_ways = 1'000;
  static constexpr std::size_t most_columns = 4'000;
  static constexpr std::size_t most_steps = 1'000;

  /// Of each node of a plan, in their order.
  void add(const PlanNode& node);

  /// Calls in all that the last node computes, with what that is computed of; and by how many ways rows come to it from sources.
  std::size_t calls() const { return nodes_.back().calls; }
  std::size_t ways() const { return nodes_.back().ways; }
  /// Steps behind each other that rows go through until they come out of a node.
  std::size_t steps_to(NodeId node) const { return nodes_[node].steps; }
  /// The last node computes nothing after all.
  void forget_last() { nodes_.back() = Size{std::vector<std::size_t>(nodes_.back().columns.size()), 0, 0, nodes_.back().ways, nodes_.back().steps}; }

 private:
  struct Size {
    std::vector<std::size_t> columns;  // calls in each, as far as they are computed together
    std::size_t filters = 0;
    std::size_t calls = 0;
    std::size_t ways = 0;
    std::size_t steps = 0;
  };
  std::vector<Size> nodes_;
};

}  // namespace weir
