// json_text.cpp — escapes, numbers and excerpts.
#include "connectors/formats/json_text.h"

#include <cstring>

namespace weir {
namespace {

constexpr std::size_t excerpt_bytes = 60;

int hex_digit(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
  return -1;
}

// The code unit of \uXXXX, whose backslash is at `position`; -1 if there is none.
int code_unit(std::string_view content, std::size_t position) {
  if (position + 6 > content.size() || content[position] != '\\' || content[position + 1] != 'u') return -1;
  int unit = 0;
  for (std::size_t i = position + 2; i < position + 6; ++i) {
    const int digit = hex_digit(content[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

bool is_high_surrogate(int unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low_surrogate(int unit) { return unit >= 0xDC00 && unit < 0xE000; }

char simple_escape(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return '\0';
  }
}

std::size_t write_utf8(std::uint32_t character, char* out) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  if (character < 0x80) {
    out[0] = byte(character);
    return 1;
  }
  if (character < 0x800) {
    out[0] = byte(0xC0 | character >> 6);
    out[1] = byte(0x80 | (character & 0x3F));
    return 2;
  }
  if (character < 0x10000) {
    out[0] = byte(0xE0 | character >> 12);
    out[1] = byte(0x80 | (character >> 6 & 0x3F));
    out[2] = byte(0x80 | (character & 0x3F));
    return 3;
  }
  out[0] = byte(0xF0 | character >> 18);
  out[1] = byte(0x80 | (character >> 12 & 0x3F));
  out[2] = byte(0x80 | (character >> 6 & 0x3F));
  out[3] = byte(0x80 | (character & 0x3F));
  return 4;
}

std::size_t digits_from(std::string_view text, std::size_t position) {
  const std::size_t start = position;
  while (position < text.size() && text[position] >= '0' && text[position] <= '9') ++position;
  return position - start;
}

// The size of the well-formed UTF-8 sequence at the start of `text`; 0 if there is none, or a control
// character.
std::size_t printable_size(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x20 || lead == 0x7F) return 0;
  if (lead < 0x80) return 1;
  const std::size_t size = lead >= 0xF0 && lead < 0xF5   ? 4
                           : lead >= 0xE0 && lead < 0xF0 ? 3
                           : lead >= 0xC2 && lead < 0xE0 ? 2
                                                         : 0;
  if (size == 0 || size > text.size()) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return 0;
  }
  const auto second = static_cast<unsigned char>(text[1]);
  const bool is_overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool is_outside = (lead == 0xED && second >= 0xA0) || (lead == 0xF4 && second >= 0x90);
  return is_overlong || is_outside ? 0 : size;
}

}  // namespace

EscapeCheck check_escapes(std::string_view content) {
  for (std::size_t at = content.find('\\'); at != std::string_view::npos; at = content.find('\\', at)) {
    if (at + 1 >= content.size()) return {EscapeFault::unknown_escape, at};
    if (content[at + 1] != 'u') {
      if (simple_escape(content[at + 1]) == '\0') return {EscapeFault::unknown_escape, at};
      at += 2;
      continue;
    }
    const int unit = code_unit(content, at);
    if (unit < 0) return {EscapeFault::unknown_escape, at};
    if (unit == 0) return {EscapeFault::nul_character, at};
    const bool is_pair = is_high_surrogate(unit) && is_low_surrogate(code_unit(content, at + 6));
    if (is_low_surrogate(unit) || (is_high_surrogate(unit) && !is_pair))
      return {EscapeFault::lone_surrogate, at};
    at += is_pair ? 12 : 6;
  }
  return {};
}

const char* escape_code(EscapeFault fault) {
  switch (fault) {
    case EscapeFault::nul_character:
      return "nul_character";
    case EscapeFault::lone_surrogate:
      return "invalid_utf8";
    default:
      return "not_json";
  }
}

const char* escape_sentence(EscapeFault fault) {
  switch (fault) {
    case EscapeFault::nul_character:
      return "the record holds a NUL character";
    case EscapeFault::lone_surrogate:
      return "the record holds half a surrogate pair, which is no character";
    default:
      return "the record is not JSON: unknown escape";
  }
}

std::size_t unescape(std::string_view content, char* out) {
  char* const start = out;
  std::size_t from = 0;
  for (std::size_t at = content.find('\\'); at != std::string_view::npos; at = content.find('\\', from)) {
    std::memcpy(out, content.data() + from, at - from);
    out += at - from;
    if (content[at + 1] != 'u') {
      *out++ = simple_escape(content[at + 1]);
      from = at + 2;
      continue;
    }
    auto character = static_cast<std::uint32_t>(code_unit(content, at));
    from = at + 6;
    if (is_high_surrogate(static_cast<int>(character))) {
      const auto low = static_cast<std::uint32_t>(code_unit(content, from));
      character = 0x10000 + ((character - 0xD800) << 10) + (low - 0xDC00);
      from += 6;
    }
    out += write_utf8(character, out);
  }
  std::memcpy(out, content.data() + from, content.size() - from);
  return static_cast<std::size_t>(out - start) + content.size() - from;
}

NumberShape number_shape(std::string_view text) {
  std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
  const std::size_t whole = digits_from(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return NumberShape::none;
  at += whole;
  if (at == text.size()) return NumberShape::integer;
  if (text[at] == '.') {
    const std::size_t fraction = digits_from(text, at + 1);
    if (fraction == 0) return NumberShape::none;
    at += 1 + fraction;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = digits_from(text, at);
    if (exponent == 0) return NumberShape::none;
    at += exponent;
  }
  return at == text.size() ? NumberShape::real : NumberShape::none;
}

std::string excerpt_of(std::string_view text) {
  std::string result;
  std::size_t at = 0;
  while (at < text.size() && result.size() < excerpt_bytes) {
    const std::size_t size = printable_size(text.substr(at));
    if (size == 0) {
      result += '?';
      ++at;
    } else {
      result += text.substr(at, size);
      at += size;
    }
  }
  if (at < text.size()) result += "...";
  return result;
}

}  // namespace weir
