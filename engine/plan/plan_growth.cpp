// plan_growth.cpp — how much a plan computes for a row.
#include "engine/plan/plan_growth.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace weir {
namespace {

// Sums stop here, far above what is refused.
constexpr std::size_t no_more = 1'000'000'000;

std::size_t sum(std::size_t a, std::size_t b) { return std::min(a + b, no_more); }

/// Calls of expressions over columns of which each has `columns` in it already. Parts that are the same object are looked at once.
class CallCount {
 public:
  explicit CallCount(const std::vector<std::size_t>& columns) : columns_(columns) {}

  std::size_t operator()(const Expression& expression) {
    if (const auto* column = std::get_if<ColumnReference>(&expression.node)) return column->index < columns_.size() ? columns_[column->index] : 0;
    const auto* call = std::get_if<Call>(&expression.node);
    if (call == nullptr) return 0;
    if (const auto known = known_.find(&expression); known != known_.end()) return known->second;
    std::size_t calls = 1;
    for (const ExpressionPtr& argument : call->arguments) calls = sum(calls, (*this)(*argument));
    known_.emplace(&expression, calls);
    return calls;
  }

 private:
  const std::vector<std::size_t>& columns_;
  std::unordered_map<const Expression*, std::size_t> known_;
};

const std::vector<ExpressionPtr>* projection_of(const PlanOperation& operation) {
  if (const auto* project = std::get_if<ProjectNode>(&operation)) return &project->expressions;
  const auto* join = std::get_if<JoinNode>(&operation);
  return join == nullptr ? nullptr : &join->expressions;
}

// Their rows are made before anything is computed of them.
bool begins_anew(const PlanOperation& operation) {
  return std::holds_alternative<ScanNode>(operation) || std::holds_alternative<AggregateNode>(operation) || std::holds_alternative<StreamJoinNode>(operation);
}

}  // namespace

void PlanGrowth::add(const PlanNode& node) {
  Size size;
  const std::vector<NodeId> inputs = inputs_of(node.operation);
  size.ways = inputs.empty() ? 1 : 0;
  for (const NodeId input : inputs) {
    size.ways = sum(size.ways, nodes_[input].ways);
    size.steps = std::max(size.steps, nodes_[input].steps + 1);
  }
  if (!begins_anew(node.operation)) {
    const Size& input = nodes_[inputs.front()];
    size.filters = input.filters;
    size.columns = input.columns;
    CallCount calls_of(input.columns);
    if (const auto* filter = std::get_if<FilterNode>(&node.operation)) size.filters = sum(size.filters, calls_of(*filter->predicate));
    if (const auto* projection = projection_of(node.operation)) {
      size.columns.clear();
      for (const ExpressionPtr& expression : *projection) size.columns.push_back(calls_of(*expression));
    }
  }
  size.columns.resize(node.schema.fields.size());
  size.calls = std::accumulate(size.columns.begin(), size.columns.end(), size.filters, sum);
  nodes_.push_back(std::move(size));
}

}  // namespace weir
