// expression_text.h — the text of an expression as it is written anew: each line without the blanks around it.
#pragma once

#include <string>
#include <vector>

namespace weir {

/// With a blank in place of each comment. Texts and names in quotes stay as they are.
std::string without_comments(const std::string& text);

/// The end of what begins at `at` and is no code: a comment, or a text or name in quotes; else of the one character.
std::size_t end_of_part(const std::string& text, std::size_t at);

/// In one line, unless a comment goes to the end of one.
std::string one_line_of_expression(const std::string& text);

/// The lines of an expression without indentation. Texts and names in quotes that go on over lines stay as they are.
std::vector<std::string> lines_of_expression(const std::string& text);

}  // namespace weir
