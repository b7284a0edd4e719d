// characters.cpp — counts, finds, reads and writes UTF-8 characters.
#include "engine/expression/functions/characters.h"

#include <algorithm>
#include <cstring>

namespace weir {
namespace {

std::size_t length_by_first_byte(unsigned char first) {
  if (first < 0xC0) return 1;
  if (first < 0xE0) return 2;
  return first < 0xF0 ? 3 : 4;
}

}  // namespace

bool is_ascii(std::string_view text) {
  std::uint64_t any = 0;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    any |= word;
  }
  for (; i < text.size(); ++i) any |= static_cast<unsigned char>(text[i]);
  return (any & 0x8080808080808080ULL) == 0;
}

std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  for (const char byte : text) count += is_continuation(byte) ? 0 : 1;
  return count;
}

std::size_t bytes_of_characters(std::string_view text, std::size_t count) {
  std::size_t position = 0;
  for (; count > 0 && position < text.size(); --count) {
    position += length_by_first_byte(static_cast<unsigned char>(text[position]));
  }
  return std::min(position, text.size());
}

char32_t next_character(std::string_view text, std::size_t& position) {
  const auto first = static_cast<unsigned char>(text[position]);
  const std::size_t length = length_by_first_byte(first);
  if (length == 1 || position + length > text.size()) {
    ++position;
    return first < 0x80 ? first : 0xFFFD;
  }
  char32_t character = first & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    character = (character << 6) | (static_cast<unsigned char>(text[position + i]) & 0x3F);
  }
  position += length;
  return character;
}

char* write_character(char32_t character, char* out) {
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | ((character >> shift) & 0x3F)); };
  if (character < 0x80) {
    *out++ = static_cast<char>(character);
  } else if (character < 0x800) {
    *out++ = static_cast<char>(0xC0 | (character >> 6));
    *out++ = tail(0);
  } else if (character < 0x10000) {
    *out++ = static_cast<char>(0xE0 | (character >> 12));
    *out++ = tail(6);
    *out++ = tail(0);
  } else {
    *out++ = static_cast<char>(0xF0 | (character >> 18));
    *out++ = tail(12);
    *out++ = tail(6);
    *out++ = tail(0);
  }
  return out;
}

std::string_view characters_between(std::string_view text, std::int64_t start, std::int64_t end) {
  if (end <= start || end <= 0) return {};
  const std::int64_t first = std::max<std::int64_t>(start, 0);
  text.remove_prefix(bytes_of_characters(text, static_cast<std::size_t>(first)));
  return text.substr(0, bytes_of_characters(text, static_cast<std::size_t>(end - first)));
}

}  // namespace weir
