// fold_constants.cpp — computes what can be computed before any row is seen.
#include "engine/expression/call_evaluation.h"
#include "engine/expression/expression.h"

namespace weir {

ExpressionPtr fold_constants(const ExpressionPtr& expression) {
  const auto* call = std::get_if<Call>(&expression->node);
  if (call == nullptr) return expression;
  std::vector<ExpressionPtr> arguments;
  bool is_changed = false;
  for (const auto& argument : call->arguments) {
    arguments.push_back(fold_constants(argument));
    is_changed = is_changed || arguments.back() != argument;
  }
  ExpressionPtr folded = expression;
  if (is_changed) {
    auto copy = std::make_shared<Expression>(*expression);
    std::get<Call>(copy->node).arguments = std::move(arguments);
    folded = std::move(copy);
  }
  const std::optional<Value> value = constant_value(*folded);
  return value ? make_literal(*value, expression->where) : folded;
}

}  // namespace weir
