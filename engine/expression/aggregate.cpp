// aggregate.cpp — the registry of aggregates, and how a call chooses its overload.
#include "engine/expression/aggregate.h"

#include <fmt/format.h>

#include "engine/expression/implicit_cast.h"
#include "engine/expression/overload_resolution.h"

namespace weir {
namespace {

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return result;
}

const Value* literal_of(const ExpressionPtr& expression) {
  const auto* literal = std::get_if<Literal>(&expression->node);
  return literal == nullptr ? nullptr : &literal->value;
}

}  // namespace

Status AggregateRegistry::add(AggregateFunction function) {
  std::vector<std::string> names = function.declaration.aliases;
  names.push_back(function.declaration.name);
  for (const std::string& name : names) {
    if (find(name) != nullptr) return Error{ErrorKind::fatal, "an aggregate of this name is registered already: " + name};
  }
  auto owned = std::make_unique<AggregateFunction>(std::move(function));
  for (const std::string& name : names) names_.emplace(lower_case(name), owned.get());
  std::string name = owned->declaration.name;
  functions_.emplace(std::move(name), std::move(owned));
  return {};
}

const AggregateFunction* AggregateRegistry::find(std::string_view name) const {
  const auto found = names_.find(lower_case(name));
  return found == names_.end() ? nullptr : found->second;
}

std::vector<const AggregateFunction*> AggregateRegistry::functions() const {
  std::vector<const AggregateFunction*> result;
  for (const auto& [name, function] : functions_) result.push_back(function.get());
  return result;
}

Result<BoundAggregate> bind_aggregate(const AggregateFunction& function, std::vector<ExpressionPtr> arguments, bool is_distinct,
                                      const FunctionRegistry& functions) {
  const std::optional<ChosenOverload> chosen = choose_overload(function.declaration, arguments);
  if (!chosen)
    return Error{ErrorKind::user, fmt::format("{} expects {}, got {}", function.declaration.name, describe_overloads(function.declaration), describe_types(arguments))};
  BoundAggregate bound{&function, {}, null_type, nullptr};
  CallSite site;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Type& target = chosen->targets[i];
    const bool is_right = arguments[i]->type == target;
    bound.arguments.push_back(is_right ? std::move(arguments[i]) : cast_to(std::move(arguments[i]), target, functions));
    site.types.push_back(bound.arguments.back()->type);
    site.constants.push_back(literal_of(bound.arguments.back()));
  }
  WEIR_ASSIGN(bound.type, chosen->overload->result(site));
  site.result = bound.type;
  WEIR_ASSIGN(std::unique_ptr<Aggregate> body, function.prepare(site));
  if (is_distinct && !site.types.empty()) body = make_distinct(std::move(body), site.types, bound.type);
  bound.body = std::move(body);
  return bound;
}

}  // namespace weir
