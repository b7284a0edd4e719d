// wide_integer.cpp — 256-bit arithmetic in limbs of 64 bits.
#include "engine/data/wide_integer.h"

#include <algorithm>

namespace weir {
namespace {

constexpr int chunk_digits = 19;  // the most decimal digits whose power fits one limb

std::uint64_t small_power_of_ten(int exponent) { return static_cast<std::uint64_t>(power_of_ten(exponent)); }

bool is_less(const UInt256& a, const UInt256& b) {
  return std::lexicographical_compare(a.limbs.rbegin(), a.limbs.rend(), b.limbs.rbegin(), b.limbs.rend());
}

// Returns the borrow.
bool subtract(UInt256& from, const UInt256& what) {
  unsigned borrow = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const UInt128 difference = static_cast<UInt128>(from.limbs[i]) - what.limbs[i] - borrow;
    from.limbs[i] = static_cast<std::uint64_t>(difference);
    borrow = static_cast<unsigned>(difference >> 64) & 1u;
  }
  return borrow != 0;
}

// Shifts left by one bit, taking `in` as the lowest; returns the bit that fell out.
bool shift_in(UInt256& value, bool in) {
  std::uint64_t carry = in ? 1 : 0;
  for (std::uint64_t& limb : value.limbs) {
    const std::uint64_t out = limb >> 63;
    limb = limb << 1 | carry;
    carry = out;
  }
  return carry != 0;
}

std::optional<UInt128> rounded(const UInt256& quotient, bool up) {
  const UInt128 result = quotient.low_128();
  if (!quotient.fits_128() || (up && result == ~static_cast<UInt128>(0))) return std::nullopt;
  return result + (up ? 1 : 0);
}

std::optional<UInt128> divide_narrow(UInt128 numerator, UInt128 denominator) {
  const UInt128 remainder = numerator % denominator;
  return rounded(UInt256::from(numerator / denominator), remainder >= denominator - remainder);
}

std::optional<UInt128> divide_short(UInt256 numerator, std::uint64_t denominator) {
  const std::uint64_t remainder = numerator.divide_by(denominator);
  return rounded(numerator, remainder >= denominator - remainder);
}

}  // namespace

UInt256 UInt256::product(UInt128 a, UInt128 b) {
  const std::array<std::uint64_t, 2> x{static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(a >> 64)};
  const std::array<std::uint64_t, 2> y{static_cast<std::uint64_t>(b), static_cast<std::uint64_t>(b >> 64)};
  UInt256 result;
  for (std::size_t i = 0; i < 2; ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < 2; ++j) {
      const UInt128 sum = static_cast<UInt128>(x[i]) * y[j] + result.limbs[i + j] + carry;
      result.limbs[i + j] = static_cast<std::uint64_t>(sum);
      carry = static_cast<std::uint64_t>(sum >> 64);
    }
    result.limbs[i + 2] = carry;
  }
  return result;
}

bool UInt256::multiply_by(std::uint64_t factor) {
  std::uint64_t carry = 0;
  for (std::uint64_t& limb : limbs) {
    const UInt128 sum = static_cast<UInt128>(limb) * factor + carry;
    limb = static_cast<std::uint64_t>(sum);
    carry = static_cast<std::uint64_t>(sum >> 64);
  }
  return carry == 0;
}

std::uint64_t UInt256::divide_by(std::uint64_t divisor) {
  std::uint64_t remainder = 0;
  for (std::size_t i = 4; i-- > 0;) {
    const UInt128 part = static_cast<UInt128>(remainder) << 64 | limbs[i];
    limbs[i] = static_cast<std::uint64_t>(part / divisor);
    remainder = static_cast<std::uint64_t>(part % divisor);
  }
  return remainder;
}

bool UInt256::scale_up(int exponent) {
  for (; exponent > 0; exponent -= chunk_digits) {
    if (!multiply_by(small_power_of_ten(std::min(exponent, chunk_digits)))) return false;
  }
  return true;
}

void UInt256::scale_down(int exponent) {
  if (exponent == 0) return;
  if (fits_128() && exponent <= max_precision) {
    *this = from(*divide_narrow(low_128(), static_cast<UInt128>(power_of_ten(exponent))));
    return;
  }
  // All but the last digit are cut off; that last digit alone decides the rounding.
  for (int left = exponent - 1; left > 0; left -= chunk_digits)
    divide_by(small_power_of_ten(std::min(left, chunk_digits)));
  if (divide_by(10) < 5) return;
  for (std::uint64_t& limb : limbs) {
    if (++limb != 0) return;
  }
}

std::optional<UInt128> divide_rounded(const UInt256& numerator, const UInt256& denominator) {
  if (numerator.fits_128() && denominator.fits_128()) {
    return divide_narrow(numerator.low_128(), denominator.low_128());
  }
  if (denominator.fits_128() && denominator.limbs[1] == 0) {
    return divide_short(numerator, denominator.limbs[0]);
  }
  // Bits move out of it on the left into the remainder while those of the quotient come in.
  UInt256 quotient = numerator;
  UInt256 remainder;
  bool next = false;
  for (int bit = 0; bit < 256; ++bit) {
    const bool overflow = shift_in(remainder, shift_in(quotient, next));
    next = overflow || !is_less(remainder, denominator);
    if (next) subtract(remainder, denominator);
  }
  shift_in(quotient, next);
  UInt256 rest = denominator;
  subtract(rest, remainder);
  return rounded(quotient, !is_less(remainder, rest));
}

}  // namespace weir
