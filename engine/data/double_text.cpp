// double_text.cpp — shortest digits of a double in Java's layout.
#include "engine/data/double_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace weir {
namespace {

// Digits d1 d2 d3... and the exponent of d1 in "d1.d2d3...E<exponent>".
struct Digits {
  std::string text;
  int exponent;
};

Digits shortest_digits(double magnitude) {
  std::array<char, 32> buffer;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), magnitude, std::chars_format::scientific)
          .ptr;
  const std::string_view written(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  const auto mark = written.find('e');
  Digits digits{std::string(1, written[0]), 0};
  if (mark > 2) digits.text += written.substr(2, mark - 2);
  const char* exponent = written.data() + mark + (written[mark + 1] == '+' ? 2 : 1);
  std::from_chars(exponent, end, digits.exponent);
  return digits;
}

}  // namespace

std::string double_to_string(double value) {
  if (std::isnan(value)) return "NaN";
  const std::string sign = std::signbit(value) ? "-" : "";
  if (std::isinf(value)) return sign + "Infinity";
  if (value == 0) return sign + "0.0";
  auto [digits, exponent] = shortest_digits(std::fabs(value));
  const bool is_plain = exponent >= -3 && exponent < 7;  // 0.001 <= |value| < 10,000,000
  if (!is_plain) {
    const std::string fraction = digits.size() > 1 ? digits.substr(1) : "0";
    return sign + digits[0] + '.' + fraction + 'E' + std::to_string(exponent);
  }
  if (exponent < 0) return sign + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  const std::size_t whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) digits.append(whole - digits.size() + 1, '0');
  return sign + digits.substr(0, whole) + '.' + digits.substr(whole);
}

}  // namespace weir
