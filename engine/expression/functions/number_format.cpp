// number_format.cpp — compiles formats of numbers, writes numbers in them and reads numbers by them.
#include "engine/expression/functions/number_format.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir {
namespace {

Error bad_format(std::string_view format, std::string_view reason) {
  return Error{
      ErrorKind::user,
      fmt::format("bad number format: {} ({}; a format looks like S$9,990.00 or 999.99PR)", format, reason)};
}

std::string upper_without_g_and_d(std::string_view text) {
  std::string upper;
  for (const char c : text) {
    const char letter = c >= 'a' && c <= 'z' ? static_cast<char>(c ^ 0x20) : c;
    upper += letter == 'G' ? ',' : letter == 'D' ? '.' : letter;
  }
  return upper;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Status NumberFormat::read_whole(std::string_view format, std::string_view part) {
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] == ',' && (i == 0 || i + 1 == part.size() || part[i - 1] == ','))
      return bad_format(format, "a separator stands between digits");
    if (part[i] != ',') ++whole_digits_;
  }
  whole_ = part;
  return {};
}

Result<NumberFormat> NumberFormat::compile(std::string_view text) {
  const std::string upper = upper_without_g_and_d(text);
  std::string_view rest = upper;
  NumberFormat made;
  const auto take = [&](std::string_view wanted) {
    if (!rest.starts_with(wanted)) return false;
    rest.remove_prefix(wanted.size());
    return true;
  };
  if (take("S"))
    made.sign_ = Sign::plus_or_minus;
  else if (take("MI"))
    made.sign_ = Sign::minus;
  made.is_sign_first_ = made.sign_ != Sign::none;
  made.has_currency_ = take("$");
  const std::size_t whole = std::min(rest.find_first_not_of("09,"), rest.size());
  WEIR_TRY(made.read_whole(text, rest.substr(0, whole)));
  rest.remove_prefix(whole);
  made.has_point_ = take(".");
  if (made.has_point_) {
    const std::size_t digits = std::min(rest.find_first_not_of("09"), rest.size());
    made.fraction_digits_ = static_cast<int>(std::min<std::size_t>(digits, 1000));
    rest.remove_prefix(digits);
  }
  if (!made.is_sign_first_) {
    if (take("S"))
      made.sign_ = Sign::plus_or_minus;
    else if (take("MI"))
      made.sign_ = Sign::minus;
    else if (take("PR"))
      made.sign_ = Sign::brackets;
  }
  if (!rest.empty()) return bad_format(text, fmt::format("{} is not expected there", rest));
  if (made.precision() == 0) return bad_format(text, "it has no digit");
  if (made.precision() > max_precision)
    return bad_format(text, fmt::format("more than {} digits", max_precision));
  return made;
}

char NumberFormat::leading_sign(bool is_negative) const {
  if (sign_ == Sign::brackets) return is_negative ? '<' : '\0';
  if (!is_sign_first_) return '\0';
  if (sign_ == Sign::plus_or_minus) return is_negative ? '-' : '+';
  return is_negative ? '-' : ' ';
}

/// Blanks up to the first digit, where the format begins with 9; the sign stands before the currency or the
/// first digit.
char* NumberFormat::write_whole(const DecimalDigits& number, bool is_negative, bool is_too_large,
                                char* out) const {
  const char sign = leading_sign(is_negative);
  if (sign != '\0' && has_currency_) *out++ = sign;
  if (has_currency_) *out++ = '$';
  bool is_sign_due = sign != '\0' && !has_currency_;
  // A zero stands before the point, if there is room for it.
  const int present = is_too_large || whole_.starts_with('0')
                          ? whole_digits_
                          : std::min(std::max(number.exponent, 1), whole_digits_);
  int left = whole_digits_;
  for (const char c : whole_) {
    const bool is_blank = left > present || (c == ',' && left == present && present != whole_digits_);
    if (!is_blank && is_sign_due) *out++ = sign;
    is_sign_due = is_sign_due && is_blank;
    if (c == ',') {
      *out++ = is_blank || is_too_large ? ' ' : ',';
      continue;
    }
    const int index = number.exponent - left;
    const bool has_digit = index >= 0 && index < static_cast<int>(number.digits.size());
    *out++ = is_blank       ? ' '
             : is_too_large ? '#'
             : has_digit    ? number.digits[static_cast<std::size_t>(index)]
                            : '0';
    --left;
  }
  if (is_sign_due) *out++ = sign;
  return out;
}

char* NumberFormat::write(const DecimalDigits& number, bool is_negative, char* out) const {
  const int digits = static_cast<int>(number.digits.size());
  const bool is_too_large = number.exponent > whole_digits_ || digits - number.exponent > fraction_digits_;
  out = write_whole(number, is_negative, is_too_large, out);
  if (has_point_) *out++ = fraction_digits_ == 0 ? ' ' : '.';
  for (int i = 0; i < fraction_digits_; ++i) {
    const int index = number.exponent + i;
    const bool has_digit = index >= 0 && index < digits;
    *out++ = is_too_large ? '#' : has_digit ? number.digits[static_cast<std::size_t>(index)] : '0';
  }
  if (sign_ == Sign::brackets) {
    *out++ = is_negative ? '>' : ' ';
    if (!is_negative) *out++ = ' ';
  } else if (sign_ != Sign::none && !is_sign_first_) {
    *out++ = is_negative ? '-' : sign_ == Sign::plus_or_minus ? '+' : ' ';
  }
  return out;
}

/// Takes the sign off the text's end where it belongs; false where brackets do not match.
bool NumberFormat::take_sign(std::string& text, bool& is_negative) const {
  if (sign_ == Sign::none) return true;
  if (sign_ == Sign::brackets) {
    is_negative = text.starts_with('<');
    if (is_negative != text.ends_with('>')) return false;
    if (is_negative) text = text.substr(1, text.size() - 2);
    return true;
  }
  const char sign = text.empty() ? '\0' : is_sign_first_ ? text.front() : text.back();
  is_negative = sign == '-';
  if (is_negative || (sign == '+' && sign_ == Sign::plus_or_minus))
    text.erase(is_sign_first_ ? 0 : text.size() - 1, 1);
  return true;
}

std::optional<Int128> NumberFormat::read(std::string_view input) const {
  std::string text(input);
  std::erase(text, ' ');
  bool is_negative = false;
  if (!take_sign(text, is_negative)) return std::nullopt;
  std::string_view rest = text;
  if (has_currency_ && !rest.starts_with('$')) return std::nullopt;
  if (has_currency_) rest.remove_prefix(1);
  const std::size_t point = std::min(rest.find('.'), rest.size());
  const std::string_view whole = rest.substr(0, point);
  const std::string_view fraction = rest.substr(std::min(point + 1, rest.size()));
  if ((point < rest.size() && !has_point_) || fraction.size() > static_cast<std::size_t>(fraction_digits_))
    return std::nullopt;
  if (whole.size() > whole_.size() || (whole_.starts_with('0') && whole.size() != whole_.size()))
    return std::nullopt;
  Int128 number = 0;
  std::size_t digits = 0;
  const std::size_t skipped = whole_.size() - whole.size();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const bool is_separator = whole_[skipped + i] == ',';
    if (is_separator ? whole[i] != ',' : !is_digit(whole[i])) return std::nullopt;
    if (is_separator) continue;
    number = number * 10 + (whole[i] - '0');
    ++digits;
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(fraction_digits_); ++i) {
    if (i < fraction.size() && !is_digit(fraction[i])) return std::nullopt;
    number = number * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  }
  if (digits + fraction.size() == 0) return std::nullopt;
  return is_negative ? -number : number;
}

}  // namespace weir
