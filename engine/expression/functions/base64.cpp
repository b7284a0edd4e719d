// base64.cpp — reads texts in base 64.
#include "engine/expression/functions/base64.h"

#include <cstdint>

namespace weir {
namespace {

int value_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

char* read_base64(std::string_view text, char* out) {
  std::uint32_t group = 0;
  std::size_t letters = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (is_blank(c)) continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const int value = value_of(c);
    if (value < 0 || padding != 0) return nullptr;
    group = group << 6 | static_cast<std::uint32_t>(value);
    if (++letters % 4 != 0) continue;
    for (int shift = 16; shift >= 0; shift -= 8) *out++ = static_cast<char>(group >> shift);
  }
  const std::size_t rest = letters % 4;
  if (rest == 1 || (padding != 0 && rest + padding != 4)) return nullptr;
  if (rest >= 2) *out++ = static_cast<char>(group >> (rest == 2 ? 4 : 10));
  if (rest == 3) *out++ = static_cast<char>(group >> 2);
  return out;
}

}  // namespace weir
