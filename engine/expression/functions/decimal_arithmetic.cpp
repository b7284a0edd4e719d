// decimal_arithmetic.cpp — decimal result types and the sums that do not fit the simple way.
#include "engine/expression/functions/decimal_arithmetic.h"

#include <algorithm>

namespace weir {
namespace {

constexpr int kept_scale = 6;

Type fitted(int precision, int scale) {
  if (precision > max_precision) {
    const int whole = precision - scale;
    scale = std::max(max_precision - whole, std::min(scale, kept_scale));
    precision = max_precision;
  }
  return decimal_type(static_cast<std::uint8_t>(precision), static_cast<std::uint8_t>(scale));
}

int whole_digits(const Type& type) { return type.precision - type.scale; }

struct Parts {
  Int128 whole;
  Int128 fraction;  // at the scale asked for, with the sign of the number
};

/// `scale` >= `from`; the fraction has less than 10^38 units.
Parts split(Int128 value, int from, int scale) {
  const Int128 unit = power_of_ten(from);
  return {value / unit, value % unit * power_of_ten(scale - from)};
}

}  // namespace

Type decimal_sum_type(const Type& a, const Type& b) {
  const int scale = std::max(a.scale, b.scale);
  return fitted(std::max(whole_digits(a), whole_digits(b)) + scale + 1, scale);
}

Type decimal_product_type(const Type& a, const Type& b) {
  return fitted(a.precision + b.precision + 1, a.scale + b.scale);
}

Type decimal_quotient_type(const Type& a, const Type& b) {
  const int scale = std::max(kept_scale, a.scale + b.precision + 1);
  return fitted(whole_digits(a) + b.scale + scale, scale);
}

Type decimal_remainder_type(const Type& a, const Type& b) {
  const int scale = std::max(a.scale, b.scale);
  return fitted(std::max(1, std::min(whole_digits(a), whole_digits(b)) + scale), scale);
}

std::optional<Int128> add_decimals(Int128 a, int scale_a, Int128 b, int scale_b, int scale) {
  const int exact = std::max(scale_a, scale_b);
  const auto left = rescale(a, scale_a, exact);
  const auto right = rescale(b, scale_b, exact);
  Int128 sum = 0;
  if (left && right && !__builtin_add_overflow(*left, *right, &sum)) {
    return exact == scale ? std::optional(sum) : rescale(sum, exact, scale);
  }
  // The exact sum is too long; its whole part and its fraction are not.
  const Parts x = split(a, scale_a, exact);
  const Parts y = split(b, scale_b, exact);
  Int128 whole = 0;
  Int128 fraction = 0;
  if (__builtin_add_overflow(x.whole, y.whole, &whole)) return std::nullopt;
  if (__builtin_add_overflow(x.fraction, y.fraction, &fraction)) return std::nullopt;
  const auto rounded = rescale(fraction, exact, scale);
  const auto shifted = rescale(whole, 0, scale);
  if (!rounded || !shifted || __builtin_add_overflow(*shifted, *rounded, &sum)) return std::nullopt;
  return sum;
}

std::optional<Int128> decimal_remainder(Int128 a, int scale_a, Int128 b, int scale_b) {
  const int scale = std::max(scale_a, scale_b);
  const auto left = rescale(a, scale_a, scale);
  const auto right = rescale(b, scale_b, scale);
  // A divisor too long to be written at the common scale is larger than the dividend.
  if (!right && left) return *left;
  if (!left || !right) return std::nullopt;
  return *left % *right;
}

}  // namespace weir
