// decimal.h — exact decimal numbers: a 128-bit integer and a scale, as Arrow's decimal128 and Spark's ANSI
// rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

inline constexpr int max_precision = 38;

/// 10^exponent for 0..38.
Int128 power_of_ten(int exponent);
/// Whether |value| < 10^precision.
bool fits_precision(Int128 value, int precision);
/// value * 10^(to - from), rounded half up (away from zero) where digits are lost; nothing where it does not
/// fit 38 digits.
std::optional<Int128> rescale(Int128 value, int from, int to);
/// "-12.50" of (-1250, 2).
std::string decimal_to_string(Int128 value, int scale);
/// Reads [+-]digits[.digits][e[+-]digits] exactly and rounds half up to `scale`; nothing where it is no
/// number or has more than `precision` digits. Never goes through double.
std::optional<Int128> parse_decimal(std::string_view text, int precision, int scale);
/// Exact 256-bit intermediate: a*b rounded from (sa+sb) to `scale`; nothing on overflow of 38 digits.
std::optional<Int128> multiply(Int128 a, int scale_a, Int128 b, int scale_b, int scale);
/// a/b with result scale `scale`, rounded half up; b != 0; nothing on overflow of 38 digits.
std::optional<Int128> divide(Int128 a, int scale_a, Int128 b, int scale_b, int scale);
double decimal_to_double(Int128 value, int scale);
/// The nearest decimal of a finite double (through its shortest decimal text, as Spark); nothing where it
/// does not fit.
std::optional<Int128> decimal_from_double(double value, int precision, int scale);

}  // namespace weir
