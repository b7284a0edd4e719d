// wide_integer.h — the 256-bit unsigned integers that exact decimal products and quotients pass through.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "engine/data/decimal.h"

namespace weir {

/// Four limbs, the least significant first.
struct UInt256 {
  std::array<std::uint64_t, 4> limbs{};

  static UInt256 from(UInt128 value) {
    return {{static_cast<std::uint64_t>(value), static_cast<std::uint64_t>(value >> 64), 0, 0}};
  }
  static UInt256 product(UInt128 a, UInt128 b);
  bool fits_128() const { return limbs[2] == 0 && limbs[3] == 0; }
  UInt128 low_128() const { return static_cast<UInt128>(limbs[1]) << 64 | limbs[0]; }

  /// Multiplies by 10^exponent (exponent >= 0); false where 256 bits do not hold the product.
  bool scale_up(int exponent);
  /// Divides by 10^exponent (exponent >= 0), rounded half up.
  void scale_down(int exponent);
  bool multiply_by(std::uint64_t factor);
  /// Divides and returns the remainder.
  std::uint64_t divide_by(std::uint64_t divisor);
};

/// numerator / denominator, rounded half up; nothing where 128 bits do not hold it. denominator != 0.
std::optional<UInt128> divide_rounded(const UInt256& numerator, const UInt256& denominator);

}  // namespace weir
