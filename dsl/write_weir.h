// write_weir.h — a tree of settings as statements of a .weir file.
#pragma once

#include <string>
#include <vector>

#include "dsl/comments.h"

namespace weir {

/// In the one layout that `weir fmt` knows. `comments` are given away. Requires a tree that was read without errors.
std::string write_weir(const SettingsTree& tree, Comments& comments);

// The parts, each in its file.

/// One thing of a list in brackets or behind a keyword, with the comments that belong to it.
struct ListedText {
  std::vector<std::string> above;
  std::string text;
  std::string behind;
};
ListedText listed(std::string text, const Config& setting, Comments& comments);
/// In one line where that is short and nothing has comments; else a line for each, `indent` blanks in. `is_in_brackets`: the lines stand between
/// brackets of lines of their own.
std::string joined(const std::vector<ListedText>& list, std::size_t used, std::size_t indent, bool is_in_brackets);
/// A comment that does not hide what follows in its line.
std::string closed_comment(std::string text);
std::string comment_lines(const std::vector<std::string>& lines, std::size_t indent);

std::string weir_name(const std::string& name);
/// An option's value.
std::string weir_value(const Config& value);
/// FROM ... |> ...: what `input`, `steps`, `where` and `select` of a stream or sink say.
std::string weir_query(const Config& stream, Comments& comments);

}  // namespace weir
