// overload_resolution.h — which overload of a function a call means, and what its arguments must become.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/expression/expression.h"

namespace weir {

struct ChosenOverload {
  const Overload* overload;
  std::vector<Type> targets;  // one per argument
};

/// An exact match if there is one, else the overload with the cheapest implicit casts, the first of equals;
/// nothing where none fits.
std::optional<ChosenOverload> choose_overload(const Function& function,
                                              std::span<const ExpressionPtr> arguments);

/// "(string, int[, int]) or (string, ...)".
std::string describe_overloads(const Function& function);
/// "(bigint, int)".
std::string describe_types(std::span<const ExpressionPtr> arguments);
/// The mistake of a call that no overload takes: W0303 where none takes so many arguments, else W0302.
const char* mistake_of_call(const Function& function, std::size_t arguments);
/// The first argument that alone rules a function of one overload out; nothing where it is the number of
/// arguments or their combination.
std::optional<std::size_t> first_wrong_argument(const Function& function,
                                                std::span<const ExpressionPtr> arguments);

}  // namespace weir
