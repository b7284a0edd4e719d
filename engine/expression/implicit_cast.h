// implicit_cast.h — which types turn into which by themselves, at what cost, and what several types have in
// common.
#pragma once

#include <optional>
#include <span>

#include "engine/expression/expression.h"

namespace weir {

/// What it costs to use `from` where `to` is wanted: 0 for the same type, more the farther it is; nothing
/// where SQL does not allow it. Costs of arguments add up when overloads are compared.
std::optional<int> implicit_cast_cost(const Expression& from, const Type& to);

/// The decimal that holds every value of `from`, which is numeric and no double; an integer literal needs
/// only its own digits.
Type decimal_type_of(const Expression& from);

/// The type that all of them turn into; the null type if all are NULL; nothing if there is none.
std::optional<Type> common_type(std::span<const ExpressionPtr> expressions);

/// The decimal with room for the integer digits and the scale of both, as far as 38 digits go.
Type wider_decimal(const Type& a, const Type& b);

/// What a comparison makes of `expressions` where strings meet other types: the type that the strings are
/// read as (Spark's ANSI rules), or nothing where no string meets another type.
std::optional<Type> type_strings_are_compared_as(std::span<const ExpressionPtr> expressions);

/// `expression` as `type` through a call of the registry's cast, folded where it is a literal.
ExpressionPtr cast_to(ExpressionPtr expression, const Type& type, const FunctionRegistry& functions);

}  // namespace weir
