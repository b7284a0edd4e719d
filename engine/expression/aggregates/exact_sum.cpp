// exact_sum.cpp — adding doubles digit by digit.
#include "engine/expression/aggregates/exact_sum.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace weir {
namespace {

constexpr std::uint64_t digit_mask = 0xffffffff;
constexpr std::uint32_t most_additions = 1u << 30;

}  // namespace

void ExactSum::add(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const auto exponent = static_cast<std::uint32_t>(bits >> 52 & 0x7ff);
  std::uint64_t mantissa = bits & ((std::uint64_t{1} << 52) - 1);
  const bool is_negative = bits >> 63 != 0;
  if (exponent == 0x7ff) {
    (mantissa != 0 ? has_nan_ : is_negative ? has_minus_infinity_ : has_plus_infinity_) = true;
    return;
  }
  if (exponent != 0) mantissa |= std::uint64_t{1} << 52;
  const std::uint32_t place = exponent == 0 ? 0 : exponent - 1;
  const std::size_t digit = place >> 5;
  const UInt128 shifted = static_cast<UInt128>(mantissa) << (place & 31);
  const std::int64_t sign = is_negative ? -1 : 1;
  digits_[digit] += sign * static_cast<std::int64_t>(static_cast<std::uint64_t>(shifted) & digit_mask);
  digits_[digit + 1] += sign * static_cast<std::int64_t>(static_cast<std::uint64_t>(shifted >> 32) & digit_mask);
  digits_[digit + 2] += sign * static_cast<std::int64_t>(static_cast<std::uint64_t>(shifted >> 64));
  if (++additions_ >= most_additions) settle_carries();
}

void ExactSum::add(const ExactSum& other) {
  if (additions_ + std::uint64_t{1} + other.additions_ >= most_additions) settle_carries();
  for (std::size_t i = 0; i < digit_count; ++i) digits_[i] += other.digits_[i];
  additions_ += other.additions_ + 1;
  if (additions_ >= most_additions) settle_carries();
  has_nan_ |= other.has_nan_;
  has_plus_infinity_ |= other.has_plus_infinity_;
  has_minus_infinity_ |= other.has_minus_infinity_;
}

void ExactSum::settle_carries() {
  std::int64_t carry = 0;
  for (std::size_t i = 0; i + 1 < digit_count; ++i) {
    digits_[i] += carry;
    carry = digits_[i] >> 32;
    digits_[i] &= static_cast<std::int64_t>(digit_mask);
  }
  digits_.back() += carry;
  additions_ = 1;
}

ExactSum ExactSum::magnitude(bool& is_negative) const {
  ExactSum settled = *this;
  settled.settle_carries();
  is_negative = settled.digits_.back() < 0;
  if (is_negative) {
    for (std::int64_t& digit : settled.digits_) digit = -digit;
    settled.settle_carries();
  }
  return settled;
}

int ExactSum::highest_digit() const {
  for (int i = static_cast<int>(digit_count) - 1; i >= 0; --i) {
    if (digits_[static_cast<std::size_t>(i)] != 0) return i;
  }
  return -1;
}

double ExactSum::special() const {
  if (has_nan_ || (has_plus_infinity_ && has_minus_infinity_)) return std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  return has_minus_infinity_ ? -infinity : infinity;
}

double ExactSum::rounded() const {
  if (!is_finite()) return special();
  bool is_negative = false;
  const ExactSum settled = magnitude(is_negative);
  const int highest = settled.highest_digit();
  if (highest < 0) return 0.0;
  // Three digits hold at least 65 bits; what lies below only decides on which side of a half they are.
  UInt128 top = 0;
  for (int i = highest; i > highest - 3; --i)
    top = top << 32 | (i < 0 ? 0 : static_cast<UInt128>(settled.digits_[static_cast<std::size_t>(i)]));
  for (int i = highest - 3; i >= 0; --i) top |= settled.digits_[static_cast<std::size_t>(i)] != 0 ? 1 : 0;
  const double value = std::ldexp(static_cast<double>(top), 32 * (highest - 2) + lowest_exponent);
  return is_negative ? -value : value;
}

Real128 ExactSum::precise() const {
  bool is_negative = false;
  const ExactSum settled = magnitude(is_negative);
  const int highest = settled.highest_digit();
  Real128 value = 0;
  Real128 weight = 1;
  for (int i = highest; i >= 0 && i > highest - 5; --i) {
    value += weight * static_cast<Real128>(settled.digits_[static_cast<std::size_t>(i)]);
    weight /= 4294967296.0;
  }
  value *= static_cast<Real128>(std::ldexp(1.0, 32 * std::min(highest, 32) + lowest_exponent));
  if (highest > 32) value *= static_cast<Real128>(std::ldexp(1.0, 32 * (highest - 32)));
  return is_negative ? -value : value;
}

void ExactSum::save(StateWriter& writer) const {
  ExactSum settled = *this;
  settled.settle_carries();
  std::uint8_t first = 0;
  std::uint8_t last = digit_count;
  while (first < last && settled.digits_[first] == 0) ++first;
  while (last > first && settled.digits_[last - 1u] == 0) --last;
  writer.put(static_cast<std::uint8_t>(has_nan_ | has_plus_infinity_ << 1 | has_minus_infinity_ << 2));
  writer.put(first);
  writer.put(last);
  for (std::size_t i = first; i < last; ++i) writer.put(settled.digits_[i]);
}

void ExactSum::load(StateReader& reader) {
  *this = {};
  const auto flags = reader.get<std::uint8_t>();
  has_nan_ = (flags & 1) != 0;
  has_plus_infinity_ = (flags & 2) != 0;
  has_minus_infinity_ = (flags & 4) != 0;
  const auto first = reader.get<std::uint8_t>();
  const auto last = reader.get<std::uint8_t>();
  for (std::size_t i = first; i < last && i < digit_count; ++i) digits_[i] = reader.get<std::int64_t>();
  additions_ = 1;
}

}  // namespace weir
