// null_on_error.cpp — follows a column back to what it is computed from.
#include "engine/plan/null_on_error.h"

#include <algorithm>

#include "engine/expression/binder.h"
#include "engine/plan/null_rejection.h"

namespace weir {

bool NullsOfErrors::may_be_null(NodeId node, const Expression& expression) {
  if (expression.nullable) return true;
  if (const auto* column = std::get_if<ColumnReference>(&expression.node)) return column_may_be_null(node, column->index);
  const auto* call = std::get_if<Call>(&expression.node);
  if (call == nullptr) return false;
  if (call->overload->strict) return true;
  std::vector<ExpressionPtr> arguments;
  for (const ExpressionPtr& argument : call->arguments) {
    auto traced = std::make_shared<Expression>(*argument);
    traced->nullable = may_be_null(node, *argument);
    arguments.push_back(std::move(traced));
  }
  return is_nullable(*call->function, *call->overload, arguments);
}

bool NullsOfErrors::column_may_be_null(NodeId node, std::size_t column) {
  if (nodes_[node].schema.fields[column].nullable) return true;
  const auto known = columns_.find({node, column});
  if (known != columns_.end()) return known->second;
  return columns_[{node, column}] = trace(node, column);
}

bool NullsOfErrors::trace(NodeId node, std::size_t column) {
  const PlanOperation& operation = nodes_[node].operation;
  if (std::holds_alternative<ScanNode>(operation)) return false;  // the decoder takes no NULL for a column that is declared not null
  if (const auto* filter = std::get_if<FilterNode>(&operation)) return !leaves_out(*filter, column) && column_may_be_null(filter->input, column);
  if (const auto* project = std::get_if<ProjectNode>(&operation)) return may_be_null(project->input, *project->expressions[column]);
  if (const auto* join = std::get_if<JoinNode>(&operation)) return may_be_null(join->input, *join->expressions[column]);
  if (const auto* aggregate = std::get_if<AggregateNode>(&operation)) {
    const std::size_t keys = aggregate->keys.size();
    return column < keys ? may_be_null(aggregate->input, *aggregate->keys[column]) : aggregate->calls[column - keys].bound.nullable_of_none;
  }
  if (const auto* united = std::get_if<UnionNode>(&operation))
    return std::any_of(united->inputs.begin(), united->inputs.end(), [&](NodeId input) { return column_may_be_null(input, column); });
  // The columns of the input come first.
  const std::vector<NodeId> inputs = inputs_of(operation);
  const std::size_t border = nodes_[inputs.front()].schema.fields.size();
  if (column < border) return column_may_be_null(inputs.front(), column);
  if (const auto* join = std::get_if<StreamJoinNode>(&operation)) return column_may_be_null(join->joined, column - border);
  const auto* over = std::get_if<OverNode>(&operation);
  return over != nullptr && over->calls[column - border].aggregate && over->calls[column - border].aggregate->bound.nullable_of_none;
}

bool NullsOfErrors::leaves_out(const FilterNode& filter, std::size_t column) {
  const auto [known, is_new] = without_nulls_.try_emplace(filter.predicate.get());
  if (is_new) known->second = columns_without_nulls(*filter.predicate, Outcome::is_true, nodes_[filter.input].schema.fields.size());
  return known->second[column];
}

}  // namespace weir
