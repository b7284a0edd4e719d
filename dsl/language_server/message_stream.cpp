// message_stream.cpp — cuts what comes over a stream into messages.
#include "dsl/language_server/message_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace weir {
namespace {

constexpr std::size_t longest_headers = 16 << 10;
constexpr std::size_t longest_message = 64 << 20;

bool is_content_length(std::string_view name) {
  constexpr std::string_view wanted = "content-length";
  return std::equal(name.begin(), name.end(), wanted.begin(), wanted.end(),
                    [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

Error wrong(std::string_view line) {
  return Error{ErrorKind::data, fmt::format("not a header of a message: '{}'", line.substr(0, 80))}.with_hint("a message begins with Content-Length: BYTES and an empty line");
}

Result<std::size_t> length_of(std::string_view headers) {
  std::optional<std::size_t> length;
  while (!headers.empty()) {
    const std::size_t end = std::min(headers.find('\n'), headers.size());
    const std::string_view line = trimmed(headers.substr(0, end));
    headers.remove_prefix(std::min(end + 1, headers.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return wrong(line);
    if (!is_content_length(trimmed(line.substr(0, colon)))) continue;
    const std::string_view digits = trimmed(line.substr(colon + 1));
    std::size_t number = 0;
    const auto [rest, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (code != std::errc() || rest != digits.data() + digits.size() || number > longest_message) return wrong(line);
    length = number;
  }
  if (!length) return Error{ErrorKind::data, "a message does not say its Content-Length"};
  return *length;
}

}  // namespace

Result<std::optional<std::string>> MessageStream::next() {
  if (bytes_.empty()) return std::optional<std::string>();
  // Lines end with \r\n; those that write \n alone are understood too.
  std::size_t end = bytes_.find("\r\n\r\n"), gap = 4;
  if (const std::size_t plain = bytes_.find("\n\n"); plain < end) {
    end = plain;
    gap = 2;
  }
  if (end == std::string::npos) {
    if (bytes_.size() > longest_headers) return wrong(std::string_view(bytes_).substr(0, bytes_.find('\n')));
    return std::optional<std::string>();
  }
  WEIR_ASSIGN(const std::size_t length, length_of(std::string_view(bytes_).substr(0, end)));
  if (bytes_.size() - end - gap < length) return std::optional<std::string>();
  std::optional<std::string> message(std::in_place, bytes_, end + gap, length);
  bytes_.erase(0, end + gap + length);
  return message;
}

std::string framed(std::string_view message) { return fmt::format("Content-Length: {}\r\n\r\n{}", message.size(), message); }

}  // namespace weir
