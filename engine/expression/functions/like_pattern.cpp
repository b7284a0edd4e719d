// like_pattern.cpp — matches LIKE segments greedily from the left.
#include "engine/expression/functions/like_pattern.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir {
namespace {

constexpr std::size_t none = std::string_view::npos;

/// Bytes of the UTF-8 character that starts with `first`; a stray byte counts as one.
std::size_t character_bytes(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte < 0xC0) return 1;
  return byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

}  // namespace

Result<LikePattern> LikePattern::compile(std::string_view pattern, char escape) {
  LikePattern compiled;
  compiled.segments_.emplace_back();
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '%' && c != escape) {
      compiled.segments_.emplace_back();
      continue;
    }
    Segment& segment = compiled.segments_.back();
    const bool is_escaped = c == escape;
    if (is_escaped) {
      const char next = i + 1 < pattern.size() ? pattern[i + 1] : '\0';
      if (next != '%' && next != '_' && next != escape) {
        return Error{ErrorKind::user,
                     fmt::format("LIKE pattern has the escape {} before neither %, _ nor itself: '{}'",
                                 escape, pattern)};
      }
      ++i;
    }
    const bool is_any = c == '_' && !is_escaped;
    if (is_any && segment.is_any.empty()) segment.is_any.assign(segment.bytes.size(), false);
    segment.bytes += pattern[i];
    if (is_any || !segment.is_any.empty()) segment.is_any.push_back(is_any);
  }
  return compiled;
}

/// The end of the match that starts at `start`, or none.
std::size_t LikePattern::match_at(const Segment& segment, std::string_view text, std::size_t start) {
  if (segment.is_any.empty()) {
    return text.substr(start).starts_with(segment.bytes) ? start + segment.bytes.size() : none;
  }
  std::size_t at = start;
  for (std::size_t i = 0; i < segment.bytes.size(); ++i) {
    if (at >= text.size()) return none;
    if (segment.is_any[i]) {
      at = std::min(text.size(), at + character_bytes(text[at]));
    } else if (text[at++] != segment.bytes[i]) {
      return none;
    }
  }
  return at;
}

/// The end of the first match from `start` on.
std::size_t LikePattern::find(const Segment& segment, std::string_view text, std::size_t start) {
  if (segment.is_any.empty()) {
    const std::size_t found = text.find(segment.bytes, start);
    return found == none ? none : found + segment.bytes.size();
  }
  for (std::size_t at = start; at <= text.size(); at += at < text.size() ? character_bytes(text[at]) : 1) {
    if (const std::size_t end = match_at(segment, text, at); end != none) return end;
  }
  return none;
}

/// Whether the last segment matches exactly the end of the text, no earlier than `start`.
bool LikePattern::matches_end(std::string_view text, std::size_t start) const {
  const Segment& last = segments_.back();
  if (last.is_any.empty()) {
    return text.size() - start >= last.bytes.size() && text.ends_with(last.bytes);
  }
  for (std::size_t at = start; at < text.size(); at += character_bytes(text[at])) {
    if (match_at(last, text, at) == text.size()) return true;
  }
  return false;
}

bool LikePattern::matches(std::string_view text) const {
  std::size_t at = match_at(segments_.front(), text, 0);
  if (segments_.size() == 1) return at == text.size();
  for (std::size_t i = 1; i + 1 < segments_.size() && at != none; ++i) at = find(segments_[i], text, at);
  return at != none && matches_end(text, at);
}

}  // namespace weir
