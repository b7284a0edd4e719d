// characters.h — walking over the characters (code points) of UTF-8 text.
//
// Text is valid UTF-8 by the type's contract; on anything else these functions give some answer within the
// text's bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir {

inline bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

/// Whether every byte is ASCII.
bool is_ascii(std::string_view text);
std::size_t count_characters(std::string_view text);
/// Bytes of the first `count` characters; all bytes where there are fewer.
std::size_t bytes_of_characters(std::string_view text, std::size_t count);
/// Reads the character at `position` and moves past it. Requires position < text.size(). U+FFFD for invalid
/// bytes.
char32_t next_character(std::string_view text, std::size_t& position);
/// Writes at most 4 bytes and returns the end.
char* write_character(char32_t character, char* out);

/// The characters [start, end) counted from 0; negative numbers lie before the text.
std::string_view characters_between(std::string_view text, std::int64_t start, std::int64_t end);

}  // namespace weir
