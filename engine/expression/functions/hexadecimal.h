// hexadecimal.h — bytes as hexadecimal digits.
#pragma once

#include <string_view>

namespace weir {

/// Writes two digits a byte out of `digits` (16 of them) and returns the end.
inline char* write_hex(std::string_view bytes, const char* digits, char* out) {
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    *out++ = digits[value >> 4];
    *out++ = digits[value & 15];
  }
  return out;
}

inline int hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  const char lower = static_cast<char>(letter | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Writes the bytes that hexadecimal digits stand for and returns the end, or null where there are others; an
/// odd first digit is a byte of its own.
inline char* read_hex(std::string_view text, char* out) {
  int high = text.size() % 2 == 1 ? 0 : -1;
  for (const char letter : text) {
    const int digit = hex_digit(letter);
    if (digit < 0) return nullptr;
    if (high >= 0) *out++ = static_cast<char>(high * 16 + digit);
    high = high >= 0 ? -1 : digit;
  }
  return out;
}

}  // namespace weir
