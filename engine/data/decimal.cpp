// decimal.cpp — exact decimal arithmetic on 128-bit integers.
#include "engine/data/decimal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "engine/base/check.h"
#include "engine/data/wide_integer.h"

namespace weir {
namespace {

constexpr std::array<Int128, max_precision + 1> powers_of_ten = [] {
  std::array<Int128, max_precision + 1> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

UInt128 magnitude(Int128 value) {
  return value < 0 ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

// With the sign given; nothing where the magnitude has more than 38 digits.
std::optional<Int128> with_sign(UInt128 value, bool negative) {
  if (value >= static_cast<UInt128>(powers_of_ten[max_precision])) return std::nullopt;
  return negative ? -static_cast<Int128>(value) : static_cast<Int128>(value);
}

struct Number {
  bool negative = false;
  std::string_view whole;     // digits before the point
  std::string_view fraction;  // digits after it
  std::int64_t exponent = 0;
};

std::string_view take_digits(std::string_view& text) {
  const auto end = std::find_if(text.begin(), text.end(), [](char c) { return c < '0' || c > '9'; });
  const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

bool take_sign(std::string_view& text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  return negative;
}

// [e[+-]digits]; exponents beyond any digit count are clamped, which changes no result.
std::optional<std::int64_t> parse_exponent(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() != 'e' && text.front() != 'E') return std::nullopt;
  text.remove_prefix(1);
  const bool negative = take_sign(text);
  const std::string_view digits = take_digits(text);
  if (digits.empty() || !text.empty()) return std::nullopt;
  constexpr std::int64_t limit = 1'000'000'000'000;
  std::int64_t exponent = 0;
  for (const char digit : digits) exponent = std::min(limit, exponent * 10 + (digit - '0'));
  return negative ? -exponent : exponent;
}

std::optional<Number> split_number(std::string_view text) {
  Number number;
  number.negative = take_sign(text);
  number.whole = take_digits(text);
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    number.fraction = take_digits(text);
  }
  if (number.whole.empty() && number.fraction.empty()) return std::nullopt;
  const auto exponent = parse_exponent(text);
  if (!exponent) return std::nullopt;
  number.exponent = *exponent;
  return number;
}

}  // namespace

Int128 power_of_ten(int exponent) {
  WEIR_CHECK(exponent >= 0 && exponent <= max_precision, "a power of ten has an exponent from 0 to 38");
  return powers_of_ten[static_cast<std::size_t>(exponent)];
}

bool fits_precision(Int128 value, int precision) {
  return magnitude(value) < static_cast<UInt128>(power_of_ten(precision));
}

std::optional<Int128> rescale(Int128 value, int from, int to) {
  if (from == to) return with_sign(magnitude(value), value < 0);
  if (value == 0) return Int128{0};
  if (to > from) {
    if (to - from > max_precision) return std::nullopt;
    const UInt128 factor = static_cast<UInt128>(power_of_ten(to - from));
    if (magnitude(value) > (static_cast<UInt128>(powers_of_ten[max_precision]) - 1) / factor)
      return std::nullopt;
    return with_sign(magnitude(value) * factor, value < 0);
  }
  if (from - to > max_precision) return Int128{0};
  const UInt128 divisor = static_cast<UInt128>(power_of_ten(from - to));
  const UInt128 remainder = magnitude(value) % divisor;
  return with_sign(magnitude(value) / divisor + (remainder >= divisor - remainder ? 1 : 0), value < 0);
}

std::string decimal_to_string(Int128 value, int scale) {
  std::array<char, 48> digits;  // without the point
  char* const end = digits.data() + digits.size();
  char* at = end;
  UInt128 rest = magnitude(value);
  constexpr std::uint64_t chunk =
      1'000'000'000'000'000'000;  // 64-bit divisions are much cheaper than 128-bit ones
  while (rest >> 64 != 0) {
    auto low = static_cast<std::uint64_t>(rest % chunk);
    rest /= chunk;
    for (int i = 0; i < 18; ++i, low /= 10) *--at = static_cast<char>('0' + low % 10);
  }
  for (auto low = static_cast<std::uint64_t>(rest); low != 0; low /= 10)
    *--at = static_cast<char>('0' + low % 10);
  while (end - at <= scale) *--at = '0';
  std::string text;
  text.reserve(static_cast<std::size_t>(end - at) + 2);
  if (value < 0) text += '-';
  text.append(at, end - scale);
  if (scale == 0) return text;
  text += '.';
  text.append(end - scale, end);
  return text;
}

std::optional<Int128> parse_decimal(std::string_view text, int precision, int scale) {
  auto number = split_number(text);
  if (!number) return std::nullopt;
  // How many of the digits (whole, then fraction) stand before the point once the value is scaled.
  std::int64_t kept = static_cast<std::int64_t>(number->whole.size()) + number->exponent + scale;
  const auto digit_at = [&](std::size_t i) {
    const std::size_t whole = number->whole.size();
    return i < whole                             ? number->whole[i]
           : i - whole < number->fraction.size() ? number->fraction[i - whole]
                                                 : '0';
  };
  const std::size_t written = number->whole.size() + number->fraction.size();
  std::size_t first = 0;
  while (first < written && digit_at(first) == '0') ++first;
  if (first == written) return Int128{0};
  kept -= static_cast<std::int64_t>(first);
  if (kept > max_precision) return std::nullopt;
  if (kept < 0) return Int128{0};
  UInt128 value = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(kept); ++i) {
    value = value * 10 + static_cast<unsigned>(digit_at(first + i) - '0');
  }
  if (digit_at(first + static_cast<std::size_t>(kept)) >= '5') ++value;
  if (value >= static_cast<UInt128>(power_of_ten(precision))) return std::nullopt;
  return with_sign(value, number->negative);
}

std::optional<Int128> multiply(Int128 a, int scale_a, Int128 b, int scale_b, int scale) {
  const bool negative = (a < 0) != (b < 0);
  UInt256 product = UInt256::product(magnitude(a), magnitude(b));
  const int shift = scale - scale_a - scale_b;
  if (shift > 0 && !product.scale_up(shift)) return std::nullopt;
  if (shift < 0) product.scale_down(-shift);
  if (!product.fits_128()) return std::nullopt;
  return with_sign(product.low_128(), negative);
}

std::optional<Int128> divide(Int128 a, int scale_a, Int128 b, int scale_b, int scale) {
  const bool negative = (a < 0) != (b < 0);
  UInt256 numerator = UInt256::from(magnitude(a));
  UInt256 denominator = UInt256::from(magnitude(b));
  const int shift = scale - scale_a + scale_b;
  // A numerator too long for 256 bits means a quotient of more than 38 digits, for the denominator has at
  // most 38.
  if (shift > 0 && !numerator.scale_up(shift)) return std::nullopt;
  if (shift < 0) denominator.scale_up(-shift);
  const auto quotient = divide_rounded(numerator, denominator);
  if (!quotient) return std::nullopt;
  return with_sign(*quotient, negative);
}

double decimal_to_double(Int128 value, int scale) {
  constexpr UInt128 exact_limit = static_cast<UInt128>(1) << 53;
  // Both operands are exact doubles, so the division rounds once.
  if (magnitude(value) <= exact_limit && scale <= 22) {
    return static_cast<double>(static_cast<std::int64_t>(value)) / static_cast<double>(power_of_ten(scale));
  }
  const std::string text = decimal_to_string(value, scale);
  double result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

std::optional<Int128> decimal_from_double(double value, int precision, int scale) {
  if (!std::isfinite(value)) return std::nullopt;
  std::array<char, 32> text;
  // Not the plain form: it prints all the digits of a large double, not the shortest ones.
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific).ptr;
  return parse_decimal({text.data(), static_cast<std::size_t>(end - text.data())}, precision, scale);
}

}  // namespace weir
