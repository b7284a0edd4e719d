// json_text.cpp — a strict JSON scanner without a tree.
#include "engine/expression/json_text.h"

#include <cstdint>
#include <cstring>

namespace weir {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// Each scan_ function expects `at` on the first byte of its value and moves it behind the value, or returns
/// false.
class Scanner {
 public:
  Scanner(std::string_view text, std::size_t start)
      : at_(text.data() + start), begin_(text.data()), end_(begin_ + text.size()) {}
  std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }
  bool at_end() const { return at_ == end_; }

  void skip_blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  bool scan_value(int depth) {
    if (at_ == end_) return false;
    switch (*at_) {
      case '{':
        return depth < max_json_depth && scan_object(depth);
      case '[':
        return depth < max_json_depth && scan_array(depth);
      case '"':
        return scan_string();
      case 't':
        return scan_word("true");
      case 'f':
        return scan_word("false");
      case 'n':
        return scan_word("null");
      default:
        return scan_number();
    }
  }

 private:
  bool scan_word(std::string_view word) {
    if (static_cast<std::size_t>(end_ - at_) < word.size() || std::memcmp(at_, word.data(), word.size()) != 0)
      return false;
    at_ += word.size();
    return true;
  }

  bool scan_digits() {
    if (at_ == end_ || !is_digit(*at_)) return false;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return true;
  }

  bool scan_number() {
    if (*at_ == '-') ++at_;
    if (at_ == end_) return false;
    if (*at_ == '0') {
      ++at_;
    } else if (!scan_digits()) {
      return false;
    }
    if (at_ != end_ && *at_ == '.') {
      ++at_;
      if (!scan_digits()) return false;
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (!scan_digits()) return false;
    }
    return true;
  }

  bool scan_string() {
    for (++at_; at_ != end_; ++at_) {
      const auto byte = static_cast<unsigned char>(*at_);
      if (byte == '"') {
        ++at_;
        return true;
      }
      if (byte < 0x20) return false;
      if (byte == '\\' && !scan_escape()) return false;
    }
    return false;
  }

  /// Leaves `at_` on the last byte of the escape.
  bool scan_escape() {
    if (++at_ == end_) return false;
    if (*at_ != 'u') return std::strchr("\"\\/bfnrt", *at_) != nullptr && *at_ != '\0';
    for (int i = 0; i < 4; ++i) {
      if (++at_ == end_ || !is_hex(*at_)) return false;
    }
    return true;
  }

  bool scan_object(int depth) {
    ++at_;
    skip_blanks();
    if (at_ != end_ && *at_ == '}') return ++at_, true;
    while (true) {
      skip_blanks();
      if (at_ == end_ || *at_ != '"' || !scan_string()) return false;
      skip_blanks();
      if (at_ == end_ || *at_ != ':') return false;
      ++at_;
      skip_blanks();
      if (!scan_value(depth + 1)) return false;
      skip_blanks();
      if (at_ == end_) return false;
      const char next = *at_++;
      if (next == '}') return true;
      if (next != ',') return false;
    }
  }

  bool scan_array(int depth) {
    ++at_;
    skip_blanks();
    if (at_ != end_ && *at_ == ']') return ++at_, true;
    while (true) {
      skip_blanks();
      if (!scan_value(depth + 1)) return false;
      skip_blanks();
      if (at_ == end_) return false;
      const char next = *at_++;
      if (next == ']') return true;
      if (next != ',') return false;
    }
  }

  const char* at_;
  const char* begin_;
  const char* end_;
};

std::uint32_t hex_value(const char* digits) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = digits[i];
    value = value * 16 + static_cast<std::uint32_t>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return value;
}

void append_utf8(std::uint32_t code, std::string& out) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) return put(0xC0 | (code >> 6)), put(0x80 | (code & 0x3F));
  if (code < 0x10000)
    return put(0xE0 | (code >> 12)), put(0x80 | ((code >> 6) & 0x3F)), put(0x80 | (code & 0x3F));
  put(0xF0 | (code >> 18)), put(0x80 | ((code >> 12) & 0x3F)), put(0x80 | ((code >> 6) & 0x3F)),
      put(0x80 | (code & 0x3F));
}

/// `at` is on the 'u' of \uXXXX; returns the index of the last byte that was used.
std::size_t append_code_point(std::string_view quoted, std::size_t at, std::string& out) {
  std::uint32_t code = hex_value(quoted.data() + at + 1);
  at += 4;
  const bool is_high = code >= 0xD800 && code < 0xDC00;
  if (is_high && at + 6 < quoted.size() && quoted[at + 1] == '\\' && quoted[at + 2] == 'u') {
    const std::uint32_t low = hex_value(quoted.data() + at + 3);
    if (low >= 0xDC00 && low < 0xE000) {
      append_utf8(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00), out);
      return at + 6;
    }
  }
  if (code >= 0xD800 && code < 0xE000) code = 0xFFFD;
  append_utf8(code, out);
  return at;
}

char escaped_character(char letter) {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return letter;
  }
}

}  // namespace

bool is_valid_json(std::string_view text) {
  Scanner scanner(text, 0);
  scanner.skip_blanks();
  if (!scanner.scan_value(0)) return false;
  scanner.skip_blanks();
  return scanner.at_end();
}

std::optional<std::size_t> json_value_end(std::string_view text, std::size_t start) {
  if (start >= text.size()) return std::nullopt;
  Scanner scanner(text, start);
  if (!scanner.scan_value(0)) return std::nullopt;
  return scanner.position();
}

std::size_t skip_json_blanks(std::string_view text, std::size_t start) {
  if (start >= text.size()) return text.size();
  Scanner scanner(text, start);
  scanner.skip_blanks();
  return scanner.position();
}

void append_unescaped_json(std::string_view quoted, std::string& out) {
  std::size_t at = 1;
  const std::size_t end = quoted.size() - 1;
  while (at < end) {
    const std::size_t escape = quoted.find('\\', at);
    if (escape == std::string_view::npos || escape >= end) {
      out.append(quoted.substr(at, end - at));
      return;
    }
    out.append(quoted.substr(at, escape - at));
    const char letter = quoted[escape + 1];
    at = letter == 'u' ? append_code_point(quoted, escape + 1, out) + 1 : escape + 2;
    if (letter != 'u') out.push_back(escaped_character(letter));
  }
}

}  // namespace weir
