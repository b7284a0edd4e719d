// decimal_digits.h — numbers as digits and an exponent, for printing them rounded half up by their decimal
// text.
#pragma once

#include <string>

#include "engine/data/decimal.h"

namespace weir {

/// 0.DIGITS times ten to the power of `exponent`; no digits is zero. Without sign.
struct DecimalDigits {
  std::string digits;
  int exponent = 0;

  /// The shortest digits that read back as the same. Requires a finite value.
  static DecimalDigits of_double(double value);
  static DecimalDigits of_decimal(Int128 value, int scale);

  /// Keeps at most `count` digits (which may be negative), halves going up.
  void round_to(int count);
  /// "123.4500", with `places` digits behind the point.
  void append_fixed(int places, std::string& out) const;
  /// "1.2345e+02", with `places` digits behind the point.
  void append_scientific(int places, std::string& out) const;
};

}  // namespace weir
