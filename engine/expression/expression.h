// expression.h — a typed, resolved expression: immutable, shared between branches, compared by value.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/error.h"
#include "engine/data/value.h"
#include "engine/expression/function.h"

namespace weir {

struct Expression;
using ExpressionPtr = std::shared_ptr<const Expression>;

struct ColumnReference { std::size_t index; std::string name; };
struct Literal { Value value; };
/// `overload` belongs to `function`, which lives in the registry for the whole program. Operators, CASE ("case": condition,
/// value, condition, value, ..., else), CAST ("cast", "try_cast": target is the call's own type) are calls too.
struct Call {
  const Function* function;
  const Overload* overload;
  std::vector<ExpressionPtr> arguments;
};

struct Expression {
  Type type;
  bool nullable = true;
  Location where;
  std::variant<ColumnReference, Literal, Call> node;
};

/// Same tree, same types; locations don't count.
bool same(const Expression& a, const Expression& b);
std::size_t hash_of(const Expression& expression);
/// As SQL, with minimal parentheses, e.g. sha2(concat(id, product_id), 256).
std::string print(const Expression& expression);
/// Adds the indexes of the columns that `expression` reads to `used` (used.size() = number of columns).
void mark_used_columns(const Expression& expression, std::vector<bool>& used);
/// Replaces every column reference i by replacements[i] (same type); shares untouched subtrees.
ExpressionPtr substitute(const ExpressionPtr& expression, const std::vector<ExpressionPtr>& replacements);
/// Evaluates deterministic calls whose arguments are all literals; an error of such a call is left for run time. Shares untouched subtrees.
ExpressionPtr fold_constants(const ExpressionPtr& expression);

ExpressionPtr make_column(std::size_t index, const Field& field, Location where = {});
ExpressionPtr make_literal(Value value, Location where = {});

}  // namespace weir
