// decimal_digits.cpp — rounds and prints numbers by their decimal digits.
#include "engine/expression/functions/decimal_digits.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace weir {
namespace {

void drop_zeros(DecimalDigits& number) {
  number.digits.erase(number.digits.find_last_not_of('0') + 1);
  if (number.digits.empty()) number.exponent = 0;
}

}  // namespace

DecimalDigits DecimalDigits::of_double(double value) {
  char text[40];
  const char* end =
      std::to_chars(text, text + sizeof text, std::fabs(value), std::chars_format::scientific).ptr;
  const std::string_view whole(text, static_cast<std::size_t>(end - text));
  const std::size_t mark = whole.find('e');
  DecimalDigits number;
  for (const char c : whole.substr(0, mark)) {
    if (c != '.') number.digits += c;
  }
  int exponent = 0;
  std::from_chars(whole.data() + mark + (whole[mark + 1] == '+' ? 2 : 1), end, exponent);
  number.exponent = exponent + 1;
  drop_zeros(number);
  return number;
}

DecimalDigits DecimalDigits::of_decimal(Int128 value, int scale) {
  DecimalDigits number;
  if (value == 0) return number;
  number.digits = decimal_to_string(value < 0 ? -value : value, 0);
  number.exponent = static_cast<int>(number.digits.size()) - scale;
  drop_zeros(number);
  return number;
}

void DecimalDigits::round_to(int count) {
  if (count >= static_cast<int>(digits.size())) return;
  const bool is_up = count >= 0 && digits[static_cast<std::size_t>(count)] >= '5';
  digits.resize(static_cast<std::size_t>(std::max(count, 0)));
  if (is_up) {
    const std::size_t last = digits.find_last_not_of('9');
    if (last == std::string::npos) {
      digits = "1";
      ++exponent;
    } else {
      ++digits[last];
      digits.resize(last + 1);
    }
  }
  drop_zeros(*this);
}

void DecimalDigits::append_fixed(int places, std::string& out) const {
  DecimalDigits rounded = *this;
  rounded.round_to(exponent + places);
  const auto digit = [&](int at) {  // 0 is the first behind the point
    const int index = rounded.exponent + at;
    return index >= 0 && index < static_cast<int>(rounded.digits.size())
               ? rounded.digits[static_cast<std::size_t>(index)]
               : '0';
  };
  for (int at = -std::max(rounded.exponent, 1); at < places; ++at) {
    if (at == 0) out += '.';
    out += digit(at);
  }
}

void DecimalDigits::append_scientific(int places, std::string& out) const {
  DecimalDigits rounded = *this;
  rounded.round_to(places + 1);
  rounded.digits.resize(static_cast<std::size_t>(places) + 1, '0');
  out += rounded.digits[0];
  if (places > 0) out += '.';
  out += std::string_view(rounded.digits).substr(1);
  const int power = digits.empty() ? 0 : rounded.exponent - 1;
  out += fmt::format("e{}{:02}", power < 0 ? '-' : '+', std::abs(power));
}

}  // namespace weir
