// document.cpp — a file as an editor shows it.
#include "dsl/language_server/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "dsl/format.h"

namespace weir {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// How many bytes the character has that begins with `first`. What is no UTF-8 counts as a character for each byte.
std::size_t bytes_of_character(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
  for (std::size_t i = 1; i < length; ++i) {
    if (at + i >= text.size() || (static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80) return 1;
  }
  return length;
}

std::size_t units_of_character(std::size_t bytes) { return bytes == 4 ? 2 : 1; }

std::size_t line_of(const std::vector<std::size_t>& starts, std::size_t offset) {
  return static_cast<std::size_t>(std::upper_bound(starts.begin(), starts.end(), offset) - starts.begin()) - 1;
}

}  // namespace

Document::Document(std::string uri, std::string text, std::int64_t version, PositionEncoding encoding)
    : uri_(std::move(uri)), path_(path_of_uri(uri_)), version_(version), encoding_(encoding) {
  replace(std::move(text));
}

Spelling Document::spelling() const { return spelling_of(path_); }

void Document::replace(std::string text) {
  text_ = std::move(text);
  find_lines();
}

void Document::replace(const TextRange& range, std::string_view text) {
  const std::size_t start = offset_of(range.start);
  const std::size_t end = std::max(start, offset_of(range.end));
  text_.replace(start, end - start, text);
  find_lines();
}

void Document::find_lines() {
  lines_ = compiler_lines_ = {0};
  for (std::size_t at = 0; at < text_.size(); ++at) {
    const bool is_feed = text_[at] == '\n';
    const bool is_lone_return = text_[at] == '\r' && (at + 1 == text_.size() || text_[at + 1] != '\n');
    if (is_feed || is_lone_return) lines_.push_back(at + 1);
    if (is_feed) compiler_lines_.push_back(at + 1);
  }
}

std::size_t Document::offset_of(const TextPosition& position) const {
  if (position.line >= lines_.size()) return text_.size();
  std::size_t at = lines_[position.line];
  const std::size_t end = position.line + 1 < lines_.size() ? lines_[position.line + 1] : text_.size();
  for (std::size_t units = 0; at < end && units < position.character;) {
    if (text_[at] == '\n' || text_[at] == '\r') break;
    const std::size_t bytes = bytes_of_character(text_, at);
    units += encoding_ == PositionEncoding::utf8 ? bytes : units_of_character(bytes);
    if (units > position.character) break;  // the middle of a character is its start
    at += bytes;
  }
  return at;
}

TextPosition Document::position_of(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const std::size_t line = line_of(lines_, offset);
  std::size_t units = 0;
  for (std::size_t at = lines_[line]; at < offset;) {
    const std::size_t bytes = bytes_of_character(text_, at);
    units += encoding_ == PositionEncoding::utf8 ? bytes : units_of_character(bytes);
    at += bytes;
  }
  return {line, units};
}

TextSpan Document::span_of(const Location& where) const {
  if (!where.is_known()) return {0, std::min<std::size_t>(text_.size(), compiler_lines_.size() > 1 ? compiler_lines_[1] - 1 : text_.size())};
  const std::size_t line = std::min<std::size_t>(where.line - 1, compiler_lines_.size() - 1);
  const std::size_t line_end = line + 1 < compiler_lines_.size() ? compiler_lines_[line + 1] - 1 : text_.size();
  const std::size_t start = std::min(compiler_lines_[line] + (where.column == 0 ? 0 : where.column - 1), text_.size());
  const std::size_t end = where.length == 0 ? std::max(start, line_end) : std::min(start + where.length, text_.size());
  return {start, end};
}

std::string path_of_uri(std::string_view uri) {
  const auto scheme = uri.find("://");
  if (scheme != std::string_view::npos) {
    uri.remove_prefix(scheme + 3);
    const auto slash = uri.find('/');  // behind the host, which of a file is empty
    uri.remove_prefix(std::min(slash, uri.size()));
  } else if (const auto colon = uri.find(':'); colon != std::string_view::npos) {
    uri.remove_prefix(colon + 1);  // untitled:a.weir
  }
  std::string path;
  for (std::size_t at = 0; at < uri.size(); ++at) {
    const int high = uri[at] == '%' && at + 2 < uri.size() ? hex_digit(uri[at + 1]) : -1;
    const int low = high >= 0 ? hex_digit(uri[at + 2]) : -1;
    path += low >= 0 ? static_cast<char>(high * 16 + low) : uri[at];
    if (low >= 0) at += 2;
  }
  return path;
}

std::string uri_of_path(std::string_view path) {
  std::string uri = "file://";
  for (const char c : path) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '/' || c == '.' || c == '-' || c == '_' || c == '~';
    uri += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

}  // namespace weir
