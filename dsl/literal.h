// literal.h — the values that literals of the language stand for.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "engine/data/value.h"

namespace weir {

/// Each takes the literal's inner text and says in plain words why it is none. Errors have no location.

/// int where it fits, else bigint, else decimal of up to 38 digits.
Result<Value> integer_literal(std::string_view digits, bool is_negative);
/// "12.50" is decimal(4,2).
Result<Value> decimal_literal(std::string_view text, bool is_negative);
/// "1.5e3" is a double.
Result<Value> double_literal(std::string_view text, bool is_negative);
Result<Value> date_literal(std::string_view text);
Result<Value> timestamp_literal(std::string_view text);
/// "1 day 2 hours": numbers and units; a number may have a sign, and a fraction where the unit has a fixed
/// length.
Result<Value> interval_literal(std::string_view text);
/// Hexadecimal digits, two a byte.
Result<Value> bytes_literal(std::string_view digits);

/// The text between the first and the last character, in which a doubled quote stands for one.
std::string unquoted(std::string_view text);

}  // namespace weir
