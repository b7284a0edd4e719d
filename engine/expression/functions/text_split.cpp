// text_split.cpp — the loop of Java's split, with a search for bytes where the pattern is a literal.
#include "engine/expression/functions/text_split.h"

#include <algorithm>
#include <optional>

#include "engine/expression/functions/characters.h"

namespace weir {
namespace {

constexpr std::string_view special = "\\^$.|?*+()[]{}";

/// What a pattern matches if it matches exactly one text: no special characters but escaped ones.
std::optional<std::string> literal_of(std::string_view pattern) {
  std::string literal;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size() && special.find(pattern[i + 1]) != special.npos) {
      literal += pattern[++i];
    } else if (special.find(pattern[i]) == special.npos) {
      literal += pattern[i];
    } else {
      return std::nullopt;
    }
  }
  return literal;
}

void append_characters(std::string_view text, std::int64_t limit, std::vector<std::string_view>& parts) {
  while (!text.empty() && (limit <= 0 || static_cast<std::int64_t>(parts.size()) < limit)) {
    const std::size_t bytes = bytes_of_characters(text, 1);
    parts.push_back(text.substr(0, bytes));
    text.remove_prefix(bytes);
  }
}

}  // namespace

Result<Delimiter> Delimiter::compile(std::string_view pattern) {
  Delimiter delimiter;
  if (auto literal = literal_of(pattern)) {
    delimiter.literal_ = *std::move(literal);
    return delimiter;
  }
  WEIR_ASSIGN(delimiter.expression_, compile_regular_expression(pattern));
  return delimiter;
}

bool Delimiter::find(std::string_view text, std::size_t from, std::size_t& start, std::size_t& end) const {
  if (expression_ == nullptr) {
    start = text.find(literal_, from);
    end = start + literal_.size();
    return start != text.npos;
  }
  re2::StringPiece match;
  if (!expression_->Match({text.data(), text.size()}, from, text.size(), re2::RE2::UNANCHORED, &match, 1))
    return false;
  start = static_cast<std::size_t>(match.data() - text.data());
  end = start + match.size();
  return true;
}

void split_text(std::string_view text, const Delimiter& delimiter, std::int64_t limit,
                std::vector<std::string_view>& parts) {
  parts.clear();
  if (delimiter.is_empty() && !text.empty()) return append_characters(text, limit, parts);
  std::size_t taken = 0;
  std::size_t from = 0;
  std::size_t start = 0;
  std::size_t end = 0;
  while (from <= text.size() && (limit <= 0 || static_cast<std::int64_t>(parts.size()) + 1 < limit) &&
         delimiter.find(text, from, start, end)) {
    // After an empty match the search goes on behind the next character.
    from = end > start ? end : end + std::max<std::size_t>(bytes_of_characters(text.substr(end), 1), 1);
    if (end == 0) continue;
    parts.push_back(text.substr(taken, start - taken));
    taken = end;
  }
  parts.push_back(text.substr(taken));
}

}  // namespace weir
