// json_text.h — JSON as text: is it valid, where does a value end, what does a string say; nothing is built
// from it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// Deepest nesting of arrays and objects that is accepted.
inline constexpr int max_json_depth = 256;

/// Whether `text` is exactly one JSON value by RFC 8259, blanks around it allowed. Bytes above 127 are not
/// looked at: a string column holds valid UTF-8 already.
bool is_valid_json(std::string_view text);

/// The index just after the JSON value that starts at `start` (which is no blank), or nothing where there is
/// no valid value.
std::optional<std::size_t> json_value_end(std::string_view text, std::size_t start);

/// The index of the first byte from `start` on that is no JSON blank; text.size() if there is none.
std::size_t skip_json_blanks(std::string_view text, std::size_t start);

/// Appends what a JSON string says to `out`. `quoted` is a valid string with its quotes; lone surrogates
/// become U+FFFD.
void append_unescaped_json(std::string_view quoted, std::string& out);

}  // namespace weir
