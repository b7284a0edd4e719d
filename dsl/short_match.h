// short_match.h — regular expressions for short texts.
#pragma once

#include <regex>
#include <string>

namespace weir {

/// The library's matcher goes as deep into the stack as a text is long, and pipeline files may hold long ones: these match nothing.
constexpr std::size_t longest_match = 1'000;

inline bool matches(const std::string& text, const std::regex& pattern) { return text.size() <= longest_match && std::regex_match(text, pattern); }

}  // namespace weir
