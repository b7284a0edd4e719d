// random_weir.cpp — statements with other blanks and line breaks, keywords in other cases, comments between the words.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "tests/roundtrip/random_layout.h"

namespace weir::testing {
namespace {

constexpr std::array<std::string_view, 26> keywords = {"CREATE", "PIPELINE", "CONNECTION", "SOURCE", "TABLE", "STREAM", "SINK", "WITH", "AS", "FROM", "WHERE", "SELECT", "EXTEND",
                                                       "DROP", "RENAME", "EXPLODE", "DEDUP", "ON", "WITHIN", "JOIN", "LEFT", "AGGREGATE", "GROUP", "BY", "UNION", "WATERMARK"};

/// The end of the word, sign or quoted text at `at`.
std::size_t end_of_token(const std::string& text, std::size_t at) {
  const char c = text[at];
  if (text.compare(at, 2, "$$") == 0) return text.find("$$", at + 2) + 2;
  if (text.compare(at, 2, "${") == 0) return text.find('}', at) + 1;
  if (c == '\'' || c == '"' || c == '`') {
    std::size_t end = at + 1;
    while (text[end] != c || (end + 1 < text.size() && text[end + 1] == c)) end += text[end] == c ? 2 : 1;
    return end + 1;
  }
  const auto is_word = [](char one) { return std::isalnum(static_cast<unsigned char>(one)) != 0 || one == '_' || one == '.' || one == '$' || (one & 0x80) != 0; };
  if (!is_word(c)) return at + 1;
  std::size_t end = at;
  while (end < text.size() && is_word(text[end])) ++end;
  if (end == at + 1 && (c == 'x' || c == 'X') && text[end] == '\'') return text.find('\'', end + 1) + 1;
  return end;
}

/// The end of a comment at `at`, or `at`.
std::size_t end_of_comment(const std::string& text, std::size_t at) {
  if (text.compare(at, 2, "--") == 0) return std::min(text.find('\n', at), text.size());
  return text.compare(at, 2, "/*") == 0 ? text.find("*/", at + 2) + 2 : at;
}

class WeirLayout {
 public:
  WeirLayout(const std::string& text, Draw& draw) : text_(text), draw_(draw) {}

  LaidOut run() {
    for (std::size_t at = 0; at < text_.size();) {
      if (std::isspace(static_cast<unsigned char>(text_[at])) != 0) {
        std::size_t end = at;
        while (end < text_.size() && std::isspace(static_cast<unsigned char>(text_[end])) != 0) ++end;
        blank(text_.substr(at, end - at));
        at = end;
      } else if (const std::size_t comment = end_of_comment(text_, at); comment != at) {
        const bool is_line = text_[at] == '-';
        out_ += text_.substr(at, comment - at) + (is_line ? "\n" : "");
        at = comment;
      } else {
        const std::size_t end = end_of_token(text_, at);
        out_ += spelled(text_.substr(at, end - at));
        at = end;
      }
    }
    return {std::move(out_), std::move(notes_)};
  }

 private:
  std::string note(const char* end) {
    std::string extra = draw_.word({"", " it's", " \"", " `", " a: b", " # more", " $$", ";", " [", " é", " ("});
    notes_.push_back(fmt::format("note {}{}", notes_.size(), extra));
    return notes_.back() + end;
  }
  void blank(const std::string& written) {
    switch (draw_.below(30)) {
      case 0: out_ += "\n"; return;
      case 1: out_ += "\t  "; return;
      case 2: out_ += "\r\n"; return;
      case 3: out_ += " /* " + note(" */ "); return;
      case 4: out_ += "  -- " + note("\n"); return;
      case 5: out_ += "\n-- " + note("\n"); return;
      case 6: out_ += "\n\n"; return;
      case 7: out_ += " "; return;
      default: out_ += written;
    }
  }
  std::string spelled(const std::string& word) {
    if (std::find(keywords.begin(), keywords.end(), word) == keywords.end() || draw_.chance(80)) return word;
    std::string text = word;
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
  }

  const std::string& text_;
  Draw& draw_;
  std::string out_;
  std::vector<std::string> notes_;
};

}  // namespace

LaidOut random_weir(const std::string& weir, Draw& draw) { return WeirLayout(weir, draw).run(); }

}  // namespace weir::testing
