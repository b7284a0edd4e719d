// clean_text.cpp — makes texts out of a database fit for files.
#include "engine/report/clean_text.h"

#include <algorithm>

#include "engine/data/utf8.h"

namespace weir {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD", ellipsis = "\xE2\x80\xA6";

std::size_t size_of_character(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  return size <= text.size() && is_valid_utf8(text.substr(0, size)) ? size : 0;
}

bool is_allowed(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return (first >= 0x20 && first != 0x7F) || first == '\t' || first == '\n' || first == '\r';
  if (character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF") return false;  // U+FFFE, U+FFFF
  return !(first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0);    // the other control characters
}

template <typename Take>
void for_each_character(std::string_view text, Take take) {
  while (!text.empty()) {
    const std::size_t size = size_of_character(text);
    const bool is_good = size != 0 && is_allowed(text.substr(0, size));
    take(is_good ? text.substr(0, size) : replacement);
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
}

}  // namespace

std::string clean_text(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for_each_character(text, [&](std::string_view character) { result += character; });
  return result;
}

std::string xml_text(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for_each_character(text, [&](std::string_view character) {
    switch (character.front()) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      case '\'': result += "&#39;"; break;
      case '\r': result += "&#13;"; break;
      default: result += character;
    }
  });
  return result;
}

std::string cut_text(std::string_view text, std::size_t most) {
  std::string result;
  std::size_t count = 0, before_last = 0;
  for_each_character(text, [&](std::string_view character) {
    if (++count == most) before_last = result.size();
    if (count > most) return;
    const bool is_blank = character == "\n" || character == "\t" || character == "\r";
    result += is_blank ? std::string_view(" ") : character;
  });
  if (count > most) result = result.substr(0, before_last) + std::string(ellipsis);
  return result;
}

}  // namespace weir
