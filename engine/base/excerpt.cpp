// excerpt.cpp — cuts the line of a place out of its text, and measures it.
#include "engine/base/excerpt.h"

#include <fmt/format.h>
#include <locale.h>
#include <wchar.h>

#include <algorithm>
#include <string_view>

namespace weir {
namespace {

std::string_view line_of(std::string_view text, std::uint32_t line) {
  for (std::uint32_t current = 1; current < line; ++current) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

struct Character {
  std::size_t bytes;
  std::size_t width;  // columns of a terminal
};

/// The C library knows how wide characters are, in a locale that has them: for as long as this object lives, the calling thread has that one.
class CharacterWidths {
 public:
  CharacterWidths() : locale_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)), before_(locale_ == nullptr ? nullptr : uselocale(locale_)) {}
  ~CharacterWidths() {
    if (locale_ == nullptr) return;
    uselocale(before_);
    freelocale(locale_);
  }
  CharacterWidths(const CharacterWidths&) = delete;
  CharacterWidths& operator=(const CharacterWidths&) = delete;

  Character first_of(std::string_view text) const {
    wchar_t character = 0;
    std::mbstate_t state{};
    const std::size_t bytes = mbrtowc(&character, text.data(), text.size(), &state);
    if (bytes == 0 || bytes > text.size()) return {1, 1};
    const int width = wcwidth(character);
    return {bytes, width < 0 ? 1 : static_cast<std::size_t>(width)};
  }

 private:
  locale_t locale_;
  locale_t before_;
};

struct Extent {
  std::uint32_t characters = 0;
  std::size_t width = 0;
};

Extent extent_of(std::string_view text) {
  const CharacterWidths widths;
  Extent extent;
  while (!text.empty()) {
    const Character first = widths.first_of(text);
    ++extent.characters;
    extent.width += first.width;
    text.remove_prefix(first.bytes);
  }
  return extent;
}

/// A line in three parts; the place is the one in the middle.
struct Parts {
  std::string_view line, before, inside;
  std::uint32_t beyond = 0;  // how far the place begins behind the end of the line
};

Parts parts_of(const Location& where) {
  Parts parts;
  parts.line = line_of(where.source->text, where.line);
  const std::size_t wanted = where.column == 0 ? 0 : where.column - 1;
  const std::size_t start = std::min(wanted, parts.line.size());
  parts.beyond = static_cast<std::uint32_t>(wanted - start);
  parts.before = parts.line.substr(0, start);
  parts.inside = parts.line.substr(start, where.length == 0 ? std::string_view::npos : where.length);
  return parts;
}

}  // namespace

std::uint32_t column_in_characters(const Location& where) {
  const Parts parts = parts_of(where);
  return extent_of(parts.before).characters + parts.beyond + 1;
}

std::uint32_t end_column_in_characters(const Location& where) { return column_in_characters(where) + extent_of(parts_of(where).inside).characters; }

std::string excerpt(const Location& where) {
  const Parts parts = parts_of(where);
  const std::size_t width = std::max<std::size_t>(1, extent_of(parts.inside).width);
  std::string line(parts.line);
  std::replace(line.begin(), line.end(), '\t', ' ');
  const std::string number = std::to_string(where.line);
  return fmt::format("{0} |\n{1} | {2}\n{0} | {3:{4}}{5}\n", std::string(number.size(), ' '), number, line, "", extent_of(parts.before).width,
                     std::string(width, '^'));
}

}  // namespace weir
