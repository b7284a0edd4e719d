// document.h — a file as an editor shows it, and the places in it as the protocol counts them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/settings_tree.h"
#include "engine/base/error.h"

namespace weir {

/// What `character` counts within a line: bytes, or the units of UTF-16, of which an emoji has two.
enum class PositionEncoding : std::uint8_t { utf8, utf16 };

/// From 0.
struct TextPosition {
  std::size_t line = 0;
  std::size_t character = 0;
};
struct TextRange {
  TextPosition start, end;
};

/// Bytes of the text.
struct TextSpan {
  std::size_t start = 0;
  std::size_t end = 0;
  bool holds(std::size_t offset) const { return offset >= start && offset <= end; }
};

/// Offsets count bytes. Positions beyond the end of a line or of the text mean that end, as the protocol wants it.
class Document {
 public:
  Document(std::string uri, std::string text, std::int64_t version, PositionEncoding encoding);

  const std::string& uri() const { return uri_; }
  /// Of the file, where the address is one.
  const std::string& path() const { return path_; }
  const std::string& text() const { return text_; }
  std::int64_t version() const { return version_; }
  Spelling spelling() const;

  void replace(std::string text);
  void replace(const TextRange& range, std::string_view text);
  void set_version(std::int64_t version) { version_ = version; }

  std::size_t offset_of(const TextPosition& position) const;
  TextPosition position_of(std::size_t offset) const;
  TextRange range_of(const TextSpan& span) const { return {position_of(span.start), position_of(span.end)}; }
  /// A place in this text as the compiler counts; of a length of 0 the whole line.
  TextSpan span_of(const Location& where) const;

 private:
  void find_lines();

  std::string uri_;
  std::string path_;
  std::string text_;
  std::int64_t version_;
  PositionEncoding encoding_;
  std::vector<std::size_t> lines_;           // offsets where they begin; a line ends with \n, \r\n or \r, as the protocol has it
  std::vector<std::size_t> compiler_lines_;  // a line ends with \n
};

/// "file:///a/b%20c.yaml" is /a/b c.yaml; of another kind of address, what stands behind its scheme.
std::string path_of_uri(std::string_view uri);
std::string uri_of_path(std::string_view path);

}  // namespace weir
