// sql_outline.cpp — reads a statement of SQL word by word, passing over quotes and comments.
#include "engine/component/sql_outline.h"

#include <algorithm>
#include <string_view>

namespace weir {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_of_name(char c) { return is_letter(c) || is_digit(c); }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

class OutlineReader {
 public:
  OutlineReader(std::string_view sql, const SqlSpelling& spelling) : sql_(sql), spelling_(spelling) {}

  SqlOutline run() {
    while (at_ < sql_.size() && !outline_.unclosed) {
      const char c = sql_[at_];
      if (is_blank(c)) {
        ++at_;
      } else if (starts("--")) {
        at_ = std::min(sql_.find('\n', at_), sql_.size());
      } else if (starts("/*")) {
        skip_comment();
      } else {
        begin_part();
        take_part(c);
      }
    }
    return std::move(outline_);
  }

 private:
  bool starts(std::string_view text) const { return sql_.substr(at_, text.size()) == text; }

  // Anything but blanks and comments.
  void begin_part() {
    if (is_behind_end_ && !outline_.second_statement && sql_[at_] != ';') outline_.second_statement = SqlOutline::Part{at_, length_of_name(at_)};
  }
  std::size_t length_of_name(std::size_t from) const {
    std::size_t end = from;
    while (end < sql_.size() && is_of_name(sql_[end])) ++end;
    return std::max<std::size_t>(end - from, 1);
  }

  void take_part(char c) {
    if (c == '\'') return skip_quoted('\'', "a text", false);
    if (c == '"') return skip_quoted('"', "a name", false);
    if (c == '`' && spelling_.has_bracket_names) return skip_quoted('`', "a name", false);
    if (c == '[' && spelling_.has_bracket_names) return skip_quoted(']', "a name", false);
    if (c == '$' && spelling_.has_dollar_quotes && skip_dollar_quoted()) return;
    if (is_foreign(c)) return take_foreign();
    if (c == ':') return take_colon();
    if (is_letter(c)) return take_word();
    if (is_digit(c)) return skip_number();
    if (c == ';') is_behind_end_ = true;
    has_begun_ = has_begun_ || c != '(';
    ++at_;
  }

  bool is_foreign(char c) const {
    const bool is_sign = std::string_view(spelling_.parameter_signs).find(c) != std::string_view::npos;
    return is_sign && (c == '?' || (at_ + 1 < sql_.size() && is_of_name(sql_[at_ + 1])));
  }
  void take_foreign() {
    const std::size_t length = 1 + (at_ + 1 < sql_.size() && is_of_name(sql_[at_ + 1]) ? length_of_name(at_ + 1) : 0);
    if (!outline_.foreign) outline_.foreign = SqlOutline::Part{at_, length};
    has_begun_ = true;
    at_ += length;
  }

  void skip_comment() {
    const std::size_t start = at_;
    std::size_t depth = 0;
    do {
      if (starts("/*") && (depth == 0 || spelling_.nests_comments)) {
        ++depth;
        at_ += 2;
      } else if (starts("*/")) {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    } while (depth > 0 && at_ < sql_.size());
    if (depth > 0) outline_.unclosed = {"a comment", {start, 2}};
  }

  // A quote stands twice for itself, or behind a backslash.
  void skip_quoted(char quote, const char* what, bool has_escapes) {
    const std::size_t start = at_++;
    has_begun_ = true;
    for (; at_ < sql_.size(); ++at_) {
      if (has_escapes && sql_[at_] == '\\') {
        ++at_;
      } else if (sql_[at_] == quote) {
        ++at_;
        if (quote == ']' || at_ >= sql_.size() || sql_[at_] != quote) return;
      }
    }
    at_ = sql_.size();
    outline_.unclosed = {what, {start, 1}};
  }

  bool skip_dollar_quoted() {
    std::size_t end = at_ + 1;
    while (end < sql_.size() && is_of_name(sql_[end]) && (end > at_ + 1 || !is_digit(sql_[end]))) ++end;
    if (end >= sql_.size() || sql_[end] != '$') return false;
    const std::string_view tag = sql_.substr(at_, end + 1 - at_);
    const std::size_t close = sql_.find(tag, end + 1);
    has_begun_ = true;
    if (close == std::string_view::npos) outline_.unclosed = {"a dollar quote", {at_, tag.size()}};
    at_ = close == std::string_view::npos ? sql_.size() : close + tag.size();
    return true;
  }

  void take_colon() {
    has_begun_ = true;
    const std::size_t start = at_++;
    if (at_ < sql_.size() && sql_[at_] == ':') {
      ++at_;
    } else if (at_ < sql_.size() && is_letter(sql_[at_])) {
      const std::size_t length = length_of_name(at_);
      outline_.mentions.push_back({std::string(sql_.substr(at_, length)), {start, length + 1}});
      at_ += length;
    }
  }

  void take_word() {
    const std::size_t start = at_, length = length_of_name(at_);
    at_ += length;
    const bool is_escape = length == 1 && (sql_[start] == 'e' || sql_[start] == 'E') && at_ < sql_.size() && sql_[at_] == '\'';
    if (!has_begun_) {
      has_begun_ = true;
      outline_.first = {start, length};
      for (const char c : sql_.substr(start, length)) outline_.first_word += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    }
    if (is_escape && spelling_.has_escape_strings) return skip_quoted('\'', "a text", true);
    while (at_ < sql_.size() && sql_[at_] == '$') at_ += 1 + (at_ + 1 < sql_.size() && is_of_name(sql_[at_ + 1]) ? length_of_name(at_ + 1) : 0);  // a$b is a name
  }

  void skip_number() {
    has_begun_ = true;
    while (at_ < sql_.size() && (is_of_name(sql_[at_]) || sql_[at_] == '.')) ++at_;
  }

  const std::string_view sql_;
  const SqlSpelling& spelling_;
  std::size_t at_ = 0;
  bool has_begun_ = false;  // something but brackets has been seen
  bool is_behind_end_ = false;
  SqlOutline outline_;
};

}  // namespace

SqlOutline outline_of_sql(const std::string& sql, const SqlSpelling& spelling) { return OutlineReader(sql, spelling).run(); }

}  // namespace weir
