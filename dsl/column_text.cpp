// column_text.cpp — what is said of a column, as it is written anew.
#include "dsl/column_text.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace weir {
namespace {

std::string spelled(std::string word, bool is_in_capitals) {
  std::transform(word.begin(), word.end(), word.begin(),
                 [&](unsigned char c) { return static_cast<char>(c >= 0x80 ? c : is_in_capitals ? std::toupper(c) : std::tolower(c)); });
  return word;
}

bool is_quote(char c) { return c == '\'' || c == '"' || c == '`'; }

std::size_t end_of_word(const std::string& spec, std::size_t at) {
  if (is_quote(spec[at])) return std::min(spec.find(spec[at], at + 1), spec.size() - 1) + 1;
  return std::min(spec.find_first_of(" \t\n()<>'\"`,", at), spec.size());
}

}  // namespace

std::string column_text(const std::string& spec, bool is_in_capitals) {
  std::string result;
  std::size_t depth = 0;
  bool is_behind_from = false;
  for (std::size_t at = 0; at < spec.size();) {
    const std::size_t end = end_of_word(spec, at);
    if (end == at) {
      const char sign = spec[at++];
      if (sign == '(' || sign == '<') ++depth;
      if ((sign == ')' || sign == '>') && depth > 0) --depth;
      result += sign == '\n' ? ' ' : sign;
      continue;
    }
    const std::string word = spec.substr(at, end - at);
    const bool is_word = depth == 0 && !is_quote(word.front());
    if (is_behind_from && depth == 0) {
      result += is_word && is_in_capitals ? "'" + word + "'" : word;
    } else {
      result += is_word ? spelled(word, is_in_capitals) : word;
    }
    is_behind_from = is_word && !is_behind_from && spelled(word, true) == "FROM";
    at = end;
  }
  return result;
}

}  // namespace weir
