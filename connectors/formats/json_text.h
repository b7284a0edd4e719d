// json_text.h — the grammar of JSON's strings and numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir {

enum class EscapeFault : std::uint8_t { none, unknown_escape, nul_character, lone_surrogate };

struct EscapeCheck {
  EscapeFault fault = EscapeFault::none;
  std::size_t position = 0;  // of the backslash
};

/// Checks the escapes of a string's content: only those of RFC 8259, no \u0000, surrogates only in pairs.
EscapeCheck check_escapes(std::string_view content);
const char* escape_code(EscapeFault fault);
const char* escape_sentence(EscapeFault fault);

/// Writes checked content without its escapes and returns its size, which is never larger than
/// content.size().
std::size_t unescape(std::string_view content, char* out);

enum class NumberShape : std::uint8_t { none, integer, real };
/// Whether the text is a number of RFC 8259, and if it is written without fraction and exponent.
NumberShape number_shape(std::string_view text);

/// The beginning of a text, for messages: valid UTF-8 without control characters, at most 60 bytes and dots.
std::string excerpt_of(std::string_view text);

}  // namespace weir
