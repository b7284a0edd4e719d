// decimal_arithmetic.h — sums, products, quotients and remainders of decimals with the precision and scale
// Spark gives them.
#pragma once

#include <optional>

#include "engine/data/decimal.h"
#include "engine/data/type.h"

namespace weir {

/// The types of a + b (also a - b), a * b, a / b and a % b. Where 38 digits do not suffice, digits behind the
/// point are given up, but not below 6.
Type decimal_sum_type(const Type& a, const Type& b);
Type decimal_product_type(const Type& a, const Type& b);
Type decimal_quotient_type(const Type& a, const Type& b);
Type decimal_remainder_type(const Type& a, const Type& b);

/// a + b rounded half up to `scale`; nothing where it does not fit 38 digits.
std::optional<Int128> add_decimals(Int128 a, int scale_a, Int128 b, int scale_b, int scale);
/// The remainder has the sign of a. b != 0.
std::optional<Int128> decimal_remainder(Int128 a, int scale_a, Int128 b, int scale_b);

}  // namespace weir
