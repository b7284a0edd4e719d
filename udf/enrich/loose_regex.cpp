// loose_regex.cpp — reads a regex as far as is needed to know what a {m,n} repeats.
#include "udf/enrich/loose_regex.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace weir {
namespace {

// Shorter ones cost little, and their bound would be exceeded by most matches.
constexpr std::size_t shortest_long_repetition = 50;
// RE2 refuses a regex with more.
constexpr std::size_t longest_repetition = 1000;

struct Repetition {
  std::size_t least = 0;
  std::size_t most = 0;
  std::size_t length = 0;  // of its text
};

/// What `text` starts with, if that is "{m,n}".
std::optional<Repetition> repetition_at(std::string_view text) {
  if (!text.starts_with('{')) return std::nullopt;
  Repetition found;
  const char* const end = text.data() + text.size();
  const auto least = std::from_chars(text.data() + 1, end, found.least);
  if (least.ec != std::errc() || least.ptr == end || *least.ptr != ',') return std::nullopt;
  const auto most = std::from_chars(least.ptr + 1, end, found.most);
  if (most.ec != std::errc() || most.ptr == end || *most.ptr != '}') return std::nullopt;
  found.length = static_cast<std::size_t>(most.ptr + 1 - text.data());
  return found;
}

/// The length of the class that `text` starts with, up to its bracket; all of it where that is missing.
std::size_t class_length(std::string_view text) {
  std::size_t at = 1;
  if (at < text.size() && text[at] == '^') ++at;
  if (at < text.size() && text[at] == ']') ++at;  // as the first it is a character
  while (at < text.size() && text[at] != ']') {
    const std::size_t named = text.substr(at).starts_with("[:") ? text.find(":]", at + 2) : text.npos;
    at = named != text.npos ? named + 2 : at + (text[at] == '\\' ? 2 : 1);
  }
  return std::min(at + 1, text.size());
}

bool is_long(const Repetition& repetition) {
  return repetition.most >= shortest_long_repetition && repetition.most <= longest_repetition;
}

bool is_class_letter(char c) { return std::string_view("dDsSwW").find(c) != std::string_view::npos; }

}  // namespace

LooseRegex loosen(std::string_view regex) {
  // What stands between \Q and \E is no syntax.
  if (regex.find("\\Q") != regex.npos) return {std::string(regex), LooseRegex::no_bound};
  LooseRegex loose;
  bool is_after_character = false;
  for (std::size_t at = 0; at < regex.size();) {
    const std::string_view rest = regex.substr(at);
    const auto repetition = is_after_character ? repetition_at(rest) : std::nullopt;
    if (repetition && is_long(*repetition)) {
      loose.text += '{' + std::to_string(repetition->least) + ",}";
      loose.bound = std::min(loose.bound, repetition->most);
      at += repetition->length;
      is_after_character = false;
      continue;
    }
    const bool is_escape = rest[0] == '\\' && rest.size() > 1;
    const std::size_t length = rest[0] == '[' ? class_length(rest) : is_escape ? 2 : 1;
    is_after_character = rest[0] == '[' || rest[0] == '.' || (is_escape && is_class_letter(rest[1]));
    loose.text += rest.substr(0, length);
    at += length;
  }
  return loose;
}

}  // namespace weir
