// calls_in.h — walks the parts of an expression as written.
#pragma once

#include "engine/expression/ast.h"

namespace weir {

/// Calls `visit(part)` with `ast` and every expression in it, outer ones first; where it gives false, what is inside that part is left out.
template <typename Visit>
void for_each_part(const Ast& ast, const Visit& visit) {
  if (!visit(ast)) return;
  const auto each = [&](const AstPtr& part) {
    if (part != nullptr) for_each_part(*part, visit);
  };
  if (const auto* call = std::get_if<CallAst>(&ast.node)) {
    for (const AstPtr& argument : call->arguments) each(argument);
    each(call->filter);
    if (call->over != nullptr) {
      for (const AstPtr& key : call->over->partition) each(key);
      for (const OverAst::Order& order : call->over->order) each(order.expression);
      each(call->over->preceding);
    }
  } else if (const auto* choice = std::get_if<CaseAst>(&ast.node)) {
    each(choice->operand);
    for (const auto& [condition, value] : choice->branches) {
      each(condition);
      each(value);
    }
    each(choice->otherwise);
  } else if (const auto* cast = std::get_if<CastAst>(&ast.node)) {
    each(cast->operand);
  }
}

/// The same for calls alone: `visit(call, where)`.
template <typename Visit>
void for_each_call(const Ast& ast, const Visit& visit) {
  for_each_part(ast, [&](const Ast& part) {
    const auto* call = std::get_if<CallAst>(&part.node);
    return call == nullptr || visit(*call, part.where);
  });
}

}  // namespace weir
