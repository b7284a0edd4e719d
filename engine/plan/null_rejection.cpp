// null_rejection.cpp — walks a condition with what is known of its value.
#include "engine/plan/null_rejection.h"

#include <string_view>
#include <vector>

namespace weir {
namespace {

using Columns = std::vector<bool>;  // by index: is never NULL

void mark(const Expression& expression, Outcome outcome, Columns& columns);

void mark_all(const std::vector<ExpressionPtr>& parts, Outcome outcome, Columns& columns) {
  for (const ExpressionPtr& part : parts) mark(*part, outcome, columns);
}

/// One of the parts turned out so, and nobody knows which: what each of them says by itself.
void mark_common(const std::vector<ExpressionPtr>& parts, Outcome outcome, Columns& columns) {
  Columns common(columns.size(), true);
  for (const ExpressionPtr& part : parts) {
    Columns found(columns.size(), false);
    mark(*part, outcome, found);
    for (std::size_t i = 0; i < common.size(); ++i) common[i] = common[i] && found[i];
  }
  for (std::size_t i = 0; i < common.size(); ++i) columns[i] = columns[i] || common[i];
}

Outcome opposite(Outcome outcome) {
  return outcome == Outcome::not_null ? outcome : outcome == Outcome::is_true ? Outcome::is_false : Outcome::is_true;
}

void mark_call(const Call& call, Outcome outcome, Columns& columns) {
  const std::string_view name = call.function->name;
  if (name == "not") return mark(*call.arguments[0], opposite(outcome), columns);
  const bool is_null_test = name == "is_null" || name == "isnull";
  if (is_null_test || name == "isnotnull") {
    if (outcome == (is_null_test ? Outcome::is_false : Outcome::is_true)) mark(*call.arguments[0], Outcome::not_null, columns);
    return;
  }
  if (name == "and" || name == "or") {
    if (outcome == Outcome::not_null) return;  // one part may decide alone
    const bool are_all = (name == "and") == (outcome == Outcome::is_true);
    return are_all ? mark_all(call.arguments, outcome, columns) : mark_common(call.arguments, outcome, columns);
  }
  if (name == "in") return mark(*call.arguments[0], Outcome::not_null, columns);
  if (call.overload->strict) mark_all(call.arguments, Outcome::not_null, columns);
}

void mark(const Expression& expression, Outcome outcome, Columns& columns) {
  if (const auto* column = std::get_if<ColumnReference>(&expression.node))
    columns[column->index] = true;
  else if (const auto* call = std::get_if<Call>(&expression.node))
    mark_call(*call, outcome, columns);
}

}  // namespace

std::vector<bool> columns_without_nulls(const Expression& expression, Outcome outcome, std::size_t columns) {
  Columns found(columns, false);
  mark(expression, outcome, found);
  return found;
}

void reject_nulls(const Expression& expression, Outcome outcome, Schema& schema) {
  const Columns columns = columns_without_nulls(expression, outcome, schema.fields.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i]) schema.fields[i].nullable = false;
  }
}

}  // namespace weir
