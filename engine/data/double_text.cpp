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

// Of "d.ddde[+-]xx".
Digits split(std::string_view written) {
  const auto mark = written.find('e');
  Digits digits{std::string(1, written[0]), 0};
  if (mark > 2) digits.text += written.substr(2, mark - 2);
  const char* exponent = written.data() + mark + (written[mark + 1] == '+' ? 2 : 1);
  std::from_chars(exponent, written.data() + written.size(), digits.exponent);
  return digits;
}

Digits shortest_digits(double magnitude) {
  std::array<char, 32> buffer;
  char* const begin = buffer.data();
  char* const limit = begin + buffer.size();
  const auto text_until = [&](char* end) {
    return std::string_view(begin, static_cast<std::size_t>(end - begin));
  };
  Digits digits =
      split(text_until(std::to_chars(begin, limit, magnitude, std::chars_format::scientific).ptr));
  if (digits.text.size() > 1) return digits;
  // Java prints two digits at least, the nearest ones: 4.9E-324 and not 5.0E-324.
  Digits two =
      split(text_until(std::to_chars(begin, limit, magnitude, std::chars_format::scientific, 1).ptr));
  return two.text.back() == '0' ? digits : two;
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
