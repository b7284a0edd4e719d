// json_walker.h — reads along JSON text, value by value, without building anything.
#pragma once

#include <cstddef>
#include <string_view>

#include "engine/expression/json_text.h"

namespace weir {

/// Reads along valid JSON; on anything else it ends somewhere within the text.
class JsonWalker {
 public:
  explicit JsonWalker(std::string_view text) : text_(text) { skip_blanks(); }

  char next() const { return position_ < text_.size() ? text_[position_] : '\0'; }
  void advance() {
    if (position_ < text_.size()) ++position_;
    skip_blanks();
  }
  bool take(char wanted) {
    if (next() != wanted) return false;
    advance();
    return true;
  }

  /// The string that starts here, with its quotes.
  std::string_view take_string() {
    const std::size_t start = position_;
    skip_string();
    const std::string_view quoted = text_.substr(start, position_ - start);
    skip_blanks();
    return quoted;
  }

  /// The value that starts here.
  std::string_view take_value() {
    const std::size_t start = position_;
    skip_value();
    const std::string_view value = text_.substr(start, position_ - start);
    skip_blanks();
    return value;
  }

 private:
  void skip_blanks() { position_ = skip_json_blanks(text_, position_); }

  void skip_string() {
    const char* const end = text_.data() + text_.size();
    const char* at = text_.data() + position_ + 1;
    while (at < end && *at != '"') at += *at == '\\' ? 2 : 1;
    position_ = at < end ? static_cast<std::size_t>(at - text_.data()) + 1 : text_.size();
  }

  void skip_value() {
    const char first = next();
    if (first == '"') return skip_string();
    if (first == '{' || first == '[') return skip_container();
    while (position_ < text_.size() && !ends_scalar(text_[position_])) ++position_;
  }

  void skip_container() {
    for (std::size_t depth = 0; position_ < text_.size();) {
      const char c = text_[position_];
      if (c == '"') {
        skip_string();
        continue;
      }
      ++position_;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) return;
    }
  }

  static bool ends_scalar(char c) {
    return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace weir
