// terminal_text.cpp — walks UTF-8 text character by character; the widths are those of Unicode's East Asian Width.
#include "connectors/console/terminal_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>

namespace weir {
namespace {

struct Range { char32_t first, last; };

// Two columns wide. https://www.unicode.org/reports/tr11/
constexpr Range wide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},
                          {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},
                          {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
// Drawn onto the character before them.
constexpr Range without_width[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F}, {0x0900, 0x0902},
                                   {0x0E34, 0x0E3A}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200D}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F},
                                   {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF}};
// Controls of terminals (C0, DEL, C1), separators of lines, and what turns the direction of the text behind it.
constexpr Range unsafe[] = {{0x00, 0x1F},     {0x7F, 0x9F},     {0x061C, 0x061C}, {0x200E, 0x200F},
                            {0x2028, 0x202E}, {0x2066, 0x2069}, {0xFEFF, 0xFEFF}, {0xE0000, 0xE007F}};

bool is_in(std::span<const Range> ranges, char32_t code) {
  const auto after = std::upper_bound(ranges.begin(), ranges.end(), code, [](char32_t at, const Range& range) { return at < range.first; });
  return after != ranges.begin() && code <= std::prev(after)->last;
}

/// Bytes of the character at the start, and its code; 0 where that is not UTF-8.
std::size_t decode(std::string_view text, char32_t& code) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t size = first < 0x80 ? 1 : first >= 0xC2 && first < 0xE0 ? 2 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xF0 && first < 0xF5 ? 4 : 0;
  if (size == 0 || size > text.size()) return 0;
  code = size == 1 ? first : first & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3Fu);
  }
  const bool is_overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  const bool is_surrogate = code >= 0xD800 && code < 0xE000;
  return is_overlong || is_surrogate || code > 0x10FFFF ? 0 : size;
}

bool is_plain(char c) { return c >= 0x20 && c < 0x7F; }

/// What is written for a character that is not safe: "\n", "\x1b", "\u202e".
std::size_t append_escape(const TerminalCharacter& character, std::string& out) {
  constexpr std::string_view named = "\t\n\r";
  const auto code = static_cast<std::uint32_t>(character.code);
  const std::size_t found = code < 0x80 ? named.find(static_cast<char>(code)) : named.npos;
  const std::size_t before = out.size();
  if (found != named.npos) {
    out += '\\';
    out += "tnr"[found];
  } else if (character.size == 1) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", code);
  } else if (code < 0x10000) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", code);
  } else {
    fmt::format_to(std::back_inserter(out), "\\U{:08x}", code);
  }
  return out.size() - before;
}

}  // namespace

TerminalCharacter next_character(std::string_view text) {
  char32_t code = 0;
  const std::size_t size = decode(text, code);
  if (size == 0) return {1, 0, static_cast<unsigned char>(text[0]), false};
  if (is_in(unsafe, code)) return {size, 0, code, false};
  return {size, is_in(without_width, code) ? 0u : is_in(wide, code) ? 2u : 1u, code, true};
}

std::size_t append_terminal_text(std::string_view text, std::size_t widest, std::string& out) {
  const std::size_t limit = widest == 0 ? ~std::size_t{0} : widest;
  std::size_t width = 0;
  // Where the text would end if an ellipsis had to follow.
  std::size_t end_of_cut = out.size(), width_of_cut = 0;
  while (!text.empty() && width <= limit) {
    const TerminalCharacter character = is_plain(text[0]) ? TerminalCharacter{1, 1, U' ', true} : next_character(text);
    if (character.is_safe) {
      out += text.substr(0, character.size);
      width += character.width;
    } else {
      width += append_escape(character, out);
    }
    if (width < limit) {
      end_of_cut = out.size();
      width_of_cut = width;
    }
    text.remove_prefix(character.size);
  }
  if (width <= limit) return width;
  out.resize(end_of_cut);
  out += "…";
  return width_of_cut + 1;
}

void make_json_safe(std::string& out, std::size_t start) {
  if (std::all_of(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(), is_plain)) return;
  const std::string made = out.substr(start);
  out.resize(start);
  for (std::string_view text = made; !text.empty();) {
    const TerminalCharacter character = is_plain(text[0]) ? TerminalCharacter{1, 1, U' ', true} : next_character(text);
    const std::string_view bytes = text.substr(0, character.size);
    text.remove_prefix(character.size);
    if (character.is_safe) {
      out += bytes;
    } else if (character.code < 0x20) {
      out += ' ';  // between the values of JSON that came over several lines: in its strings it cannot be
    } else if (character.code < 0x10000) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(character.code));
    } else {
      const std::uint32_t rest = static_cast<std::uint32_t>(character.code) - 0x10000;
      fmt::format_to(std::back_inserter(out), "\\u{:04x}\\u{:04x}", 0xD800 + (rest >> 10), 0xDC00 + (rest & 0x3FF));
    }
  }
}

}  // namespace weir
