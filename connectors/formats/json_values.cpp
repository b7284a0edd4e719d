// json_values.cpp — integers, doubles, decimals and base64.
#include "connectors/formats/json_values.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <system_error>

namespace weir {
namespace {

// A decimal as digits * 10^exponent, read digit by digit.
struct ExactNumber {
  Int128 digits = 0;
  std::int64_t exponent = 0;
  bool is_negative = false;
  bool is_too_long = false;  // more than 38 significant digits
};

class ExactReader {
 public:
  ExactNumber read(std::string_view text) {
    std::size_t at = 0;
    if (text[at] == '-') {
      number_.is_negative = true;
      ++at;
    }
    bool is_fraction = false;
    for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
      if (text[at] == '.') {
        is_fraction = true;
      } else {
        add_digit(text[at] - '0', is_fraction);
      }
    }
    if (at < text.size()) number_.exponent += read_exponent(text.substr(at + 1));
    number_.exponent += zeros_;  // those after the last digit that counts
    return number_;
  }

 private:
  // Zeros wait until a digit follows: at the end they only move the exponent, so that 1.500 is as short
  // as 1.5.
  void add_digit(int digit, bool is_fraction) {
    if (is_fraction) --number_.exponent;
    if (digit == 0) {
      if (number_.digits != 0) ++zeros_;
      return;
    }
    for (; zeros_ > 0 && !number_.is_too_long; --zeros_) shift_in(0);
    if (!number_.is_too_long) shift_in(digit);
  }
  void shift_in(int digit) {
    number_.is_too_long = ++count_ > max_precision;
    if (!number_.is_too_long) number_.digits = number_.digits * 10 + digit;
  }
  static std::int64_t read_exponent(std::string_view text) {
    constexpr std::int64_t far_away = 1'000'000;
    if (text[0] == '+') text.remove_prefix(1);
    std::int64_t exponent = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (parsed.ec != std::errc()) return text[0] == '-' ? -far_away : far_away;
    return std::max(-far_away, std::min(far_away, exponent));
  }

  ExactNumber number_;
  std::int64_t zeros_ = 0;
  int count_ = 0;
};

constexpr std::array<std::int8_t, 256> make_base64_values() {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::int8_t, 256> values{};
  for (std::int8_t& value : values) value = -1;
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}
constexpr std::array<std::int8_t, 256> base64_values = make_base64_values();

}  // namespace

ValueFault read_integer(const JsonValue& value, std::int64_t low, std::int64_t high, std::int64_t& out) {
  if (value.kind != JsonKind::number || !value.is_integer) return ValueFault::wrong_type;
  const auto parsed = std::from_chars(value.begin, value.end, out);
  return parsed.ec == std::errc() && out >= low && out <= high ? ValueFault::none : ValueFault::out_of_range;
}

ValueFault read_double(const JsonValue& value, double& out) {
  if (value.kind != JsonKind::number) return ValueFault::wrong_type;
  if (std::from_chars(value.begin, value.end, out).ec == std::errc()) return ValueFault::none;
  // from_chars does not tell what is too large from what is too small; the latter is the nearest number there
  // is.
  out = std::strtod(std::string(value.text()).c_str(), nullptr);
  return std::isfinite(out) ? ValueFault::none : ValueFault::out_of_range;
}

ValueFault read_decimal(const JsonValue& value, const Type& type, Int128& out) {
  if (value.kind != JsonKind::number) return ValueFault::wrong_type;
  const ExactNumber number = ExactReader().read(value.text());
  if (number.is_too_long) return ValueFault::out_of_range;
  const std::int64_t shift = number.exponent + type.scale;
  if (number.digits == 0) {
    out = 0;
    return ValueFault::none;
  }
  // The digits do not end in a zero: a negative shift would lose one.
  if (shift < 0 || shift > type.precision) return ValueFault::out_of_range;
  if (!fits_precision(number.digits, type.precision - static_cast<int>(shift)))
    return ValueFault::out_of_range;
  out = number.digits * power_of_ten(static_cast<int>(shift));
  if (number.is_negative) out = -out;
  return ValueFault::none;
}

bool decode_base64(std::string_view text, char* out, std::size_t& size) {
  if (text.size() % 4 != 0) return false;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  const char* const start = out;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const std::size_t missing = at + 4 == text.size() ? padding : 0;
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const int digit = i >= 4 - missing ? 0 : base64_values[static_cast<unsigned char>(text[at + i])];
      if (digit < 0) return false;
      bits = bits << 6 | static_cast<std::uint32_t>(digit);
    }
    // Bits that no byte uses must be zero, or two texts would mean the same bytes.
    if ((bits & ((1u << (8 * missing)) - 1)) != 0) return false;
    for (std::size_t i = 0; i < 3 - missing; ++i) *out++ = static_cast<char>(bits >> (16 - 8 * i));
  }
  size = static_cast<std::size_t>(out - start);
  return true;
}

}  // namespace weir
