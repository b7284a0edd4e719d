// number_format.h — formats of to_char and to_number, such as S$9,990.00: compiled, written in and read by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "engine/data/decimal.h"
#include "engine/expression/functions/decimal_digits.h"

namespace weir {

/// [S or MI][$]digits[. or D digits][S, MI or PR], where digits are 0, 9 and separators (, or G) between
/// them. Immutable.
class NumberFormat {
 public:
  /// An error sentence where the text is no such format. Any case.
  static Result<NumberFormat> compile(std::string_view text);

  /// Digits before and behind the point, at most 38.
  int precision() const { return whole_digits_ + fraction_digits_; }
  int scale() const { return fraction_digits_; }

  /// No number takes more bytes than this.
  std::size_t longest() const { return whole_.size() + static_cast<std::size_t>(fraction_digits_) + 6; }
  /// Writes the number at `out` and returns the end; where it has more digits than the format, # stands for
  /// each.
  char* write(const DecimalDigits& number, bool is_negative, char* out) const;
  /// The number, with scale() digits behind the point, that a text in this format says; blanks are not looked
  /// at.
  std::optional<Int128> read(std::string_view text) const;

 private:
  enum class Sign : std::uint8_t { none, plus_or_minus, minus, brackets };

  Status read_whole(std::string_view format, std::string_view part);
  char* write_whole(const DecimalDigits& number, bool is_negative, bool is_too_large, char* out) const;
  char leading_sign(bool is_negative) const;
  bool take_sign(std::string& text, bool& is_negative) const;

  std::string whole_;  // 0, 9 and commas
  int whole_digits_ = 0;
  int fraction_digits_ = 0;
  bool has_point_ = false;
  bool has_currency_ = false;
  Sign sign_ = Sign::none;
  bool is_sign_first_ = false;
};

}  // namespace weir
