// binder.h — resolves names, chooses overloads, inserts casts, types every node.
#pragma once

#include "engine/expression/ast.h"
#include "engine/expression/expression.h"

namespace weir {

/// What names mean where an expression stands.
struct Scope {
  const Schema* schema = nullptr;
  std::string description;  // for messages: "stream enriched", "source views"
  const std::map<std::string, std::string>* settings = nullptr;  // of the pipeline, for Function::setting
  /// Names of functions that have their place elsewhere (aggregates, table functions), as what an unknown one may have been meant as.
  const std::vector<std::string>* other_functions = nullptr;
  /// Calls that have been bound apart, those of aggregates; null for one that was wrong and reported.
  const std::map<const CallAst*, ExpressionPtr>* computed = nullptr;
  /// Columns that earlier steps took away, and where: said of one that is unknown.
  const std::map<std::string, Note>* gone = nullptr;
};

/// Whether a call may be NULL of such arguments. A non-strict function says itself only whether it is never NULL; of the built-in ones more is known.
bool is_nullable(const Function& function, const Overload& overload, std::span<const ExpressionPtr> arguments);

/// Returns null after reporting every error of the expression to `diagnostics` (unknown columns and functions with the nearest name, wrong
/// argument types with what was expected, ...). The result has its constants folded.
ExpressionPtr bind(const Ast& ast, const Scope& scope, const FunctionRegistry& functions, Diagnostics& diagnostics);

/// `expression` as `type`, by an implicit cast where SQL allows one (int→bigint→decimal→double, NULL→any, string literal→date/timestamp/json, json→string);
/// null after reporting "expected X, got Y". `what` names the place, e.g. "column price of sink retail".
ExpressionPtr coerce(ExpressionPtr expression, const Type& type, const std::string& what, const FunctionRegistry& functions,
                     Diagnostics& diagnostics);

}  // namespace weir
