// bound_arguments.cpp — chooses the overload of a call and casts its arguments.
#include "engine/expression/bound_arguments.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/expression/implicit_cast.h"
#include "engine/expression/overload_resolution.h"

namespace weir {
namespace {

const Value* literal_of(const ExpressionPtr& expression) {
  const auto* literal = std::get_if<Literal>(&expression->node);
  return literal == nullptr ? nullptr : &literal->value;
}

bool any_text(const std::vector<ExpressionPtr>& arguments) {
  return std::any_of(arguments.begin(), arguments.end(), [](const ExpressionPtr& one) { return one->type.kind == TypeKind::string; });
}

}  // namespace

Result<BoundArguments> bind_arguments(const Function& declaration, std::vector<ExpressionPtr> arguments, const FunctionRegistry& functions) {
  const std::optional<ChosenOverload> chosen = choose_overload(declaration, arguments);
  if (!chosen) {
    return Error{ErrorKind::user,
                 fmt::format("{} expects {}, got {}", declaration.name, describe_overloads(declaration), describe_types(arguments))}
        .as(mistake_of_call(declaration, arguments.size()))
        .with_hint(any_text(arguments) ? "CAST(value AS type) converts" : "");
  }
  BoundArguments bound;
  bound.overload = chosen->overload;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Type& target = chosen->targets[i];
    const bool is_right = arguments[i]->type == target;
    bound.arguments.push_back(is_right ? std::move(arguments[i]) : cast_to(std::move(arguments[i]), target, functions));
    bound.site.types.push_back(bound.arguments.back()->type);
    bound.site.constants.push_back(literal_of(bound.arguments.back()));
  }
  WEIR_ASSIGN(bound.site.result, chosen->overload->result(bound.site));
  return bound;
}

}  // namespace weir
