// literals.h — finds the literals of an expression.
#pragma once

#include "engine/expression/ast.h"

namespace weir::test {

/// Calls `visit` for every literal below `ast`, in the order of the text.
template <typename Visit>
void visit_literals(AstPtr& ast, Visit&& visit) {
  if (ast == nullptr) return;
  if (std::holds_alternative<LiteralAst>(ast->node)) return visit(ast);
  if (auto* call = std::get_if<CallAst>(&ast->node)) {
    for (AstPtr& argument : call->arguments) visit_literals(argument, visit);
  } else if (auto* choice = std::get_if<CaseAst>(&ast->node)) {
    visit_literals(choice->operand, visit);
    for (auto& [condition, value] : choice->branches) {
      visit_literals(condition, visit);
      visit_literals(value, visit);
    }
    visit_literals(choice->otherwise, visit);
  } else if (auto* cast = std::get_if<CastAst>(&ast->node)) {
    visit_literals(cast->operand, visit);
  }
}

}  // namespace weir::test
