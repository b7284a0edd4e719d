// column_text.cpp — what is said of a column, as it is written anew.
#include "dsl/column_text.h"

#include <algorithm>
#include <cctype>

#include "dsl/column_words.h"
#include "dsl/expression_text.h"

namespace weir {
namespace {

char spelled(char c, bool is_in_capitals) {
  const bool is_ascii = (c & 0x80) == 0;
  const auto byte = static_cast<unsigned char>(c);
  return static_cast<char>(!is_ascii ? c : is_in_capitals ? std::toupper(byte) : std::tolower(byte));
}

std::string as_text(const std::string& name) {
  std::string result = "'";
  for (const char c : name) result += c == '\'' ? "''" : std::string(1, c);
  return result + "'";
}

/// A type or keyword, up to the first bracket, and what is behind that as it is, in one line where no comment goes to the end of one.
std::string word_text(const std::string& word, bool is_in_capitals) {
  const std::size_t bracket = std::min(word.find_first_of("(<"), word.size());
  std::string result;
  for (std::size_t at = 0; at < bracket; ++at) result += spelled(word[at], is_in_capitals);
  const bool has_comment = word.find("--") != std::string::npos;
  for (std::size_t at = bracket; at < word.size();) {
    const std::size_t end = end_of_part(word, at);
    const bool is_break = end == at + 1 && (word[at] == '\n' || word[at] == '\r');
    result += is_break && !has_comment ? " " : word.substr(at, end - at);
    at = end;
  }
  return result;
}

}  // namespace

std::string column_text(const std::string& spec, bool is_in_capitals) {
  std::string result;
  bool is_behind_from = false;
  for (const ColumnWord& word : words_of_column(spec)) {
    const std::string written = spec.substr(word.offset, word.length);
    result += result.empty() ? "" : " ";
    if (is_behind_from) {
      result += is_in_capitals ? as_text(word.text) : written;
    } else {
      result += word.is_quoted ? written : word_text(written, is_in_capitals);
    }
    is_behind_from = !is_behind_from && !word.is_quoted && lower_case_word(word.text) == "from";
  }
  return result;
}

}  // namespace weir
