// print_ast.cpp — an expression tree as text with every parenthesis, for tests.
#include "tests/unit/dsl/print_ast.h"

#include <fmt/format.h>

#include <vector>

namespace weir {
namespace {

std::string print(const AstPtr& ast) { return print_ast(*ast); }

std::string print_node(const LiteralAst& literal) {
  std::string text = to_sql(literal.value);
  return literal.value.type.kind == TypeKind::int64 ? text + "L" : text;
}
std::string print_node(const NameAst& name) { return fmt::format("{}", fmt::join(name.parts, ".")); }

std::string print_node(const CallAst& call) {
  const bool is_word = call.function.find_first_of("abcdefghijklmnopqrstuvwxyz") != std::string::npos;
  const bool is_logical = call.function == "and" || call.function == "or";
  if (call.arguments.size() == 2 && (!is_word || is_logical)) {
    return fmt::format("({} {} {})", print(call.arguments[0]), call.function, print(call.arguments[1]));
  }
  std::vector<std::string> arguments;
  for (const AstPtr& argument : call.arguments) arguments.push_back(print(argument));
  const std::string_view star = call.is_star ? "*" : "", distinct = call.is_distinct ? "DISTINCT " : "";
  const std::string filter = call.filter == nullptr ? "" : fmt::format(" FILTER (WHERE {})", print(call.filter));
  return fmt::format("{}({}{}{}){}", call.function, star, distinct, fmt::join(arguments, ", "), filter);
}

std::string print_node(const CaseAst& choice) {
  std::string text = "CASE";
  if (choice.operand != nullptr) text += " " + print(choice.operand);
  for (const auto& [condition, result] : choice.branches)
    text += fmt::format(" WHEN {} THEN {}", print(condition), print(result));
  if (choice.otherwise != nullptr) text += " ELSE " + print(choice.otherwise);
  return text + " END";
}

std::string print_node(const CastAst& cast) {
  return fmt::format("{}({} AS {})", cast.is_try ? "TRY_CAST" : "CAST", print(cast.operand),
                     to_string(cast.type));
}

}  // namespace

std::string print_ast(const Ast& ast) {
  return std::visit([](const auto& node) { return print_node(node); }, ast.node);
}

}  // namespace weir
