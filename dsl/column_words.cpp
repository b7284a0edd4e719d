// column_words.cpp — cuts what is said of a column into words.
#include "dsl/column_words.h"

#include <algorithm>

#include "dsl/expression_text.h"
#include "dsl/literal.h"

namespace weir {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::size_t end_of_quoted(const std::string& text, std::size_t start) {
  const char quote = text[start];
  for (std::size_t at = start + 1; at < text.size(); ++at) {
    if (text[at] != quote) continue;
    if (at + 1 == text.size() || text[at + 1] != quote) return at + 1;
    ++at;
  }
  return text.size();
}

// Blanks separate words, except in brackets: decimal(10, 2) is one, array<string not null> too.
std::size_t end_of_word(const std::string& text, std::size_t start) {
  std::string open;
  std::size_t at = start;
  while (at < text.size() && (!open.empty() || !is_blank(text[at]))) {
    // Within round brackets < and > compare, and what stands in quotes and comments is no bracket.
    const bool is_round = !open.empty() && open.back() == '(';
    const std::size_t end = open.empty() ? at + 1 : end_of_part(text, at);
    if (text[at] == '(' || (text[at] == '<' && !is_round)) open += text[at];
    if (!open.empty() && text[at] == (is_round ? ')' : '>')) open.pop_back();
    at = end;
  }
  return at;
}

}  // namespace

std::vector<ColumnWord> words_of_column(const std::string& spec) {
  std::vector<ColumnWord> words;
  for (std::size_t at = 0; at < spec.size();) {
    if (is_blank(spec[at])) {
      ++at;
      continue;
    }
    const bool is_quoted = spec[at] == '`' || spec[at] == '"' || spec[at] == '\'';
    const std::size_t end = is_quoted ? end_of_quoted(spec, at) : end_of_word(spec, at);
    const std::string word = spec.substr(at, end - at);
    const bool is_closed = is_quoted && word.size() > 1 && word.back() == word.front();
    words.push_back({is_closed ? unquoted(word) : word, at, end - at, is_closed});
    at = end;
  }
  return words;
}

std::string lower_case_word(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

}  // namespace weir
