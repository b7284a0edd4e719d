// exact_sum.h — the sum of doubles without any rounding: the same whatever the order, rounded once when it is asked for.
//
// A fixed-point number that spans all doubles, in digits of 32 bits with room for carries (R. Neal, "Fast exact summation using small and large
// superaccumulators", 2015): adding touches three digits, and carries are settled once in 2^30 additions.
#pragma once

#include <array>
#include <cstdint>

#include "engine/expression/aggregates/aggregate_body.h"

namespace weir {

#if defined(__SIZEOF_FLOAT128__)
__extension__ using Real128 = __float128;
#else
using Real128 = long double;
#endif

class ExactSum {
 public:
  void add(double value);
  void add(const ExactSum& other);
  /// The nearest double of the sum; NaN where a NaN or both infinities were added.
  double rounded() const;
  /// With 113 bits, for differences of large sums; the sum must be finite.
  Real128 precise() const;
  bool is_finite() const { return !has_nan_ && !has_plus_infinity_ && !has_minus_infinity_; }
  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  static constexpr std::size_t digit_count = 68;
  static constexpr int lowest_exponent = -1074;

  void settle_carries();
  /// The magnitude with settled digits, and whether the sum is negative.
  ExactSum magnitude(bool& is_negative) const;
  int highest_digit() const;  // -1 if all are zero
  double special() const;

  std::array<std::int64_t, digit_count> digits_{};
  std::uint32_t additions_ = 0;  // since the carries were settled
  bool has_nan_ = false;
  bool has_plus_infinity_ = false;
  bool has_minus_infinity_ = false;
};

}  // namespace weir
