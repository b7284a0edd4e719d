// shrink.cpp — makes a text that fails a check smaller while it still does.
#include "tests/roundtrip/shrink.h"

#include <algorithm>
#include <vector>

namespace weir::testing {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    lines.push_back(text.substr(at, end - at));
    at = end;
  }
  return lines;
}

std::vector<std::string> characters_of(const std::string& text) {
  std::vector<std::string> parts;
  for (const char c : text) {
    if ((c & 0xC0) != 0x80 || parts.empty()) parts.emplace_back();
    parts.back() += c;
  }
  return parts;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += part;
  return text;
}

}  // namespace

std::string shrunk(std::string text, const std::function<bool(const std::string&)>& fails, std::size_t tries) {
  for (const auto& parts_of : {lines_of, characters_of}) {
    std::vector<std::string> parts = parts_of(text);
    for (std::size_t size = std::max<std::size_t>(parts.size() / 2, 1); tries > 0;) {
      bool is_smaller = false;
      for (std::size_t at = 0; at < parts.size() && tries > 0;) {
        std::vector<std::string> fewer = parts;
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(at), fewer.begin() + static_cast<std::ptrdiff_t>(std::min(at + size, fewer.size())));
        --tries;
        if (fails(joined(fewer))) {
          parts = std::move(fewer);
          is_smaller = true;
        } else {
          at += size;
        }
      }
      if (size == 1 && !is_smaller) break;
      size = std::max<std::size_t>(size / 2, 1);
    }
    text = joined(parts);
  }
  return text;
}

}  // namespace weir::testing
