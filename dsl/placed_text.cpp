// placed_text.cpp — follows a text through the file it was taken from.
#include "dsl/placed_text.h"

#include <algorithm>

#include "dsl/variables.h"
#include "engine/base/source_lines.h"

namespace weir {
namespace {

bool is_blank(char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }
bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// How YAML wrote the text, told by the character before it.
char quote_before(const std::string& source, std::size_t offset) {
  if (offset == 0) return '\0';
  const char before = source[offset - 1];
  return before == '\'' || before == '"' ? before : '\0';
}

// Bytes that stand in the source for `byte` of the text, 0 if it is not there.
std::size_t match(const std::string& source, std::size_t offset, char byte, char quote) {
  if (offset >= source.size()) return 0;
  if (quote == '\'' && byte == '\'') return source.compare(offset, 2, "''") == 0 ? 2 : 0;
  if (quote == '"' && (byte == '"' || byte == '\\')) {
    return source[offset] == '\\' && offset + 1 < source.size() && source[offset + 1] == byte ? 2 : 0;
  }
  return source[offset] == byte ? 1 : 0;
}

struct Meeting {
  std::size_t in_source = std::string::npos;
  std::size_t in_text = std::string::npos;
};

// Where file and text go on together behind a variable, told by what stands there in the file up to the end
// of the line or the next variable.
Meeting after_variable(const std::string& source, std::size_t offset, std::size_t end_of_line, const std::string& text, std::size_t at) {
  if (source.compare(std::min(offset, source.size()), 2, "${") != 0) return {};
  const std::string_view line = std::string_view(source).substr(0, end_of_line);
  const std::size_t close = closing_brace(line, offset);
  if (close == std::string::npos) return {};
  std::size_t end = std::min(line.find("${", close), line.size());
  if (end == line.size() && line.back() == '\r') --end;
  const std::string follows = source.substr(close + 1, end - close - 1);
  const std::size_t found = follows.empty() ? std::string::npos : text.find(follows, at);
  return found == std::string::npos ? Meeting{} : Meeting{close + 1, found};
}

// Where file and text go on together behind a comment or a name that the text leaves out, told by the text's next word.
Meeting after_omission(const std::string& source, std::size_t offset, const std::string& text, std::size_t at) {
  constexpr std::size_t reach = 500;
  if (offset >= source.size() || source.compare(offset, 2, "${") == 0) return {};
  std::size_t end = at;
  while (end < text.size() && !is_blank(text[end])) ++end;
  const std::size_t found = std::string_view(source).substr(0, offset + reach).find(std::string_view(text).substr(at, end - at), offset);
  // What stands at the offset itself is known not to be it: there is a quote that YAML would write twice.
  return found == std::string::npos || found == offset ? Meeting{} : Meeting{found, at};
}

}  // namespace

PlacedText::PlacedText(const std::string& text, const Location& where) : where_(where) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_continuation(text[at])) byte_of_character_.push_back(at);
  }
  byte_of_character_.push_back(text.size());
  if (where_.line == 0) where_.line = 1;
  if (where_.column == 0) where_.column = 1;
  follow(text);
}

void PlacedText::follow(const std::string& text) {
  const auto end_of_line = [&](std::size_t offset) { return where_.source != nullptr ? end_of_line_at(where_.source, offset) : std::min(text.find('\n', offset), text.size()); };
  const std::string& source = where_.source != nullptr ? where_.source->text : text;
  const std::size_t line_start = where_.source != nullptr ? offset_of_line(where_.source, where_.line) : 0;
  std::size_t offset = line_start + where_.column - 1;
  const char quote = where_.source != nullptr ? quote_before(source, std::min(offset, source.size())) : '\0';
  source_offset_.reserve(text.size() + 1);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = match(source, offset, text[at], quote);
    if (is_blank(text[at])) {
      source_offset_.push_back(offset);
      // A run of blanks may be a folded line break and indentation in the file.
      const bool is_last = ++at == text.size() || !is_blank(text[at]);
      while (is_last && offset < source.size() && is_blank(source[offset])) ++offset;
    } else if (length != 0) {
      source_offset_.push_back(offset);
      offset += length;
      ++at;
    } else {
      Meeting next = after_variable(source, offset, end_of_line(offset), text, at);
      if (next.in_text == std::string::npos) next = after_omission(source, offset, text, at);
      at = std::min(next.in_text, text.size());
      source_offset_.resize(at, offset);
      if (at < text.size()) offset = next.in_source;
    }
  }
  source_offset_.push_back(offset);
  line_starts_.push_back(line_start);
  for (auto end = end_of_line(line_start); end < offset && end < source.size(); end = end_of_line(end + 1)) line_starts_.push_back(end + 1);
  end_of_last_line_ = end_of_line(std::min(offset, source.size()));
}

Location PlacedText::place(std::size_t from, std::size_t to) const {
  const auto line = std::prev(
      std::upper_bound(line_starts_.begin(), line_starts_.end(), std::max(from, line_starts_.front())));
  Location location = where_;
  location.line += static_cast<std::uint32_t>(line - line_starts_.begin());
  location.column = static_cast<std::uint32_t>(from - std::min(from, *line)) + 1;
  const std::size_t end_of_line =
      std::next(line) == line_starts_.end() ? end_of_last_line_ : *std::next(line) - 1;
  const std::size_t end = std::min(to, end_of_line);
  location.length = static_cast<std::uint32_t>(std::max<std::size_t>(end, from + 1) - from);
  return location;
}

Location PlacedText::span(std::size_t first, std::size_t last) const {
  const std::size_t characters = byte_of_character_.size() - 1;
  first = std::min(first, characters);
  last = std::min(last, characters == 0 ? 0 : characters - 1);  // the parser leaves a byte order mark out, and may end behind the text
  if (first == characters || last < first) return place(source_offset_[byte_of_character_[first]], 0);
  // The end of the last character, not the start of the next one: blanks in between don't belong to the span.
  const std::size_t last_byte = byte_of_character_[last + 1] - 1;
  return place(source_offset_[byte_of_character_[first]], source_offset_[last_byte] + 1);
}

Location PlacedText::bytes(std::size_t offset, std::size_t length) const {
  const std::size_t first = std::min(offset, source_offset_.size() - 1);
  const std::size_t end = std::min(offset + length, source_offset_.size() - 1);
  return place(source_offset_[first], end > first ? source_offset_[end - 1] + 1 : 0);
}

Location PlacedText::whole() const {
  return span(0, byte_of_character_.size() < 2 ? 0 : byte_of_character_.size() - 2);
}

}  // namespace weir
