// binary_numeric.cpp — cuts a 128-bit integer into base-10000 digits around its decimal point.
// Format: numeric_send in the server: int16 ndigits, weight, sign, dscale, then ndigits digits, all in
// network order.
#include "connectors/postgres/binary_numeric.h"

#include <array>
#include <cstdint>
#include <limits>

namespace weir {
namespace {

constexpr int base_digits = 4;
constexpr unsigned base = 10'000;
// 38 decimal digits and an unaligned point fill at most 11 digits of base 10000.
constexpr int most_digits = 12;

struct Digits {
  std::array<std::uint16_t, most_digits> values{};  // least significant first
  int count = 0;
  int below_point = 0;
};

template <typename Unsigned>
void split(Unsigned value, int scale, Digits& digits) {
  // The last digit holds what is left of the scale, filled with zeros on its right.
  const int uneven = scale % base_digits;
  if (uneven != 0) {
    constexpr std::array<unsigned, base_digits> powers{1, 10, 100, 1000};
    const unsigned power = powers[static_cast<std::size_t>(uneven)];
    digits.values[0] = static_cast<std::uint16_t>(static_cast<unsigned>(value % power) * (base / power));
    value /= power;
    digits.count = 1;
  }
  digits.below_point = (scale + base_digits - 1) / base_digits;
  while (value != 0) {
    digits.values[static_cast<std::size_t>(digits.count++)] = static_cast<std::uint16_t>(value % base);
    value /= base;
  }
}

void append_short(int value, std::string& out) {
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value);
}

}  // namespace

void append_binary_numeric(Int128 value, int scale, std::string& out) {
  const bool is_negative = value < 0;
  const UInt128 magnitude =
      is_negative ? UInt128{0} - static_cast<UInt128>(value) : static_cast<UInt128>(value);
  Digits digits;
  if (magnitude <= std::numeric_limits<std::uint64_t>::max()) {
    split(static_cast<std::uint64_t>(magnitude), scale,
          digits);  // several times faster, and nearly always enough
  } else {
    split(magnitude, scale, digits);
  }
  int first = digits.count;
  while (first > 0 && digits.values[static_cast<std::size_t>(first - 1)] == 0) --first;
  int last = 0;
  while (last < first && digits.values[static_cast<std::size_t>(last)] == 0) ++last;
  const int count = first - last;
  out.append(2, '\0');  // the high half of the length
  append_short(8 + 2 * count, out);
  append_short(count, out);
  append_short(count == 0 ? 0 : first - digits.below_point - 1, out);
  append_short(is_negative ? 0x4000 : 0, out);
  append_short(scale, out);
  for (int i = first; i > last; --i) append_short(digits.values[static_cast<std::size_t>(i - 1)], out);
}

}  // namespace weir
