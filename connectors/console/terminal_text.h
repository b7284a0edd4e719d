// terminal_text.h — texts as a terminal may show them: nothing in them moves the cursor, changes colours or the order of letters.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir {

/// The next character of `text`, which is not empty.
struct TerminalCharacter {
  std::size_t size;   // bytes of it in the text
  std::size_t width;  // columns that it takes: 0, 1 or 2
  char32_t code;
  bool is_safe;       // false: control characters, those that turn the direction of text, bytes that are not UTF-8
};
TerminalCharacter next_character(std::string_view text);

/// Appends `text` with \n, \t, \r, \x1b, \u202e in place of what is not safe, no wider than `widest` columns (0: however wide): what is cut off
/// is an ellipsis. Returns how many columns were appended.
std::size_t append_terminal_text(std::string_view text, std::size_t widest, std::string& out);

/// Makes the JSON that `out` holds from `start` on safe, the same values all the same: one line, with \u0085 in place of what is not safe.
void make_json_safe(std::string& out, std::size_t start);

}  // namespace weir
