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

}  // namespace weir
