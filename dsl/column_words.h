// column_words.h — cuts what is said of a column into words.
#pragma once

#include <string>
#include <vector>

namespace weir {

/// "decimal(10, 2)", "check", "(a > 0)": blanks separate words, but not in brackets or quotes.
struct ColumnWord {
  std::string text;  // of one in quotes, what stands in them
  std::size_t offset;
  std::size_t length;  // in the spec
  bool is_quoted = false;
};
std::vector<ColumnWord> words_of_column(const std::string& spec);

/// Of type names and keywords only.
std::string lower_case_word(std::string text);

}  // namespace weir
