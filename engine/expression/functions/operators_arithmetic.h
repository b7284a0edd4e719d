// operators_arithmetic.h — the overloads of + - * / % and of the sign, by the kind of their operands.
#pragma once

#include <vector>

#include "engine/expression/function.h"

namespace weir {

/// Appends the overloads of one operator ("+", "-", "*", "/", "%", "negate").
void append_integer_overloads(char symbol, std::vector<Overload>& overloads);
void append_decimal_overloads(char symbol, std::vector<Overload>& overloads);
void append_double_overloads(char symbol, std::vector<Overload>& overloads);
void append_time_overloads(char symbol, std::vector<Overload>& overloads);
std::vector<Overload> negation_overloads();

}  // namespace weir
