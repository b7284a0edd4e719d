// aggregate.cpp — how a call of an aggregate chooses its overload.
#include "engine/expression/aggregate.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/expression/bound_arguments.h"

namespace weir {

std::size_t Aggregate::outside_bytes(const void*) const { return 0; }
bool Aggregate::retract(void*, const void*) const { return false; }

Result<BoundAggregate> bind_aggregate(const AggregateFunction& function, std::vector<ExpressionPtr> arguments, bool is_distinct,
                                      const FunctionRegistry& functions) {
  WEIR_ASSIGN(BoundArguments bound, bind_arguments(function.declaration, std::move(arguments), functions));
  const bool is_count = function.declaration.name == "count" && !is_distinct;
  for (const Type& type : bound.site.types) {
    if (!type.is_nested() || is_count) continue;
    return Error{ErrorKind::user, fmt::format("{} cannot keep values of type {}", function.declaration.name, to_string(type))}.as("W0408").with_hint(
        "take a field of it, or CAST(value AS json)");
  }
  WEIR_ASSIGN(std::unique_ptr<Aggregate> body, function.prepare(bound.site));
  if (is_distinct && !bound.site.types.empty()) body = make_distinct(std::move(body), bound.site.types, bound.site.result);
  const Overload& overload = *bound.overload;
  const bool sees_null = overload.strict && std::any_of(bound.arguments.begin(), bound.arguments.end(), [](const ExpressionPtr& argument) { return argument->nullable; });
  return BoundAggregate{&function, std::move(bound.arguments), bound.site.result, std::move(body), !overload.never_null || sees_null, !overload.never_null || overload.strict};
}

}  // namespace weir
