// excerpt.cpp — cuts the line of a place out of its text, and measures it.
#include "engine/base/excerpt.h"

#include <fmt/format.h>
#include <locale.h>
#include <wchar.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "engine/base/source_lines.h"

namespace weir {
namespace {

constexpr std::size_t most_shown = 400;  // bytes of a line
constexpr std::size_t most_before = 200;

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
  Extent extent;
  const auto is_ascii = [](char byte) { return static_cast<unsigned char>(byte) < 0x80; };
  const auto other = std::find_if_not(text.begin(), text.end(), is_ascii);
  extent.characters = static_cast<std::uint32_t>(other - text.begin());
  extent.width = extent.characters;
  text.remove_prefix(extent.width);
  if (text.empty()) return extent;
  const CharacterWidths widths;
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
  parts.line = line_of(where);
  if (!parts.line.empty() && parts.line.back() == '\r') parts.line.remove_suffix(1);
  const std::size_t wanted = where.column == 0 ? 0 : where.column - 1;
  const std::size_t start = std::min(wanted, parts.line.size());
  parts.beyond = static_cast<std::uint32_t>(wanted - start);
  parts.before = parts.line.substr(0, start);
  parts.inside = parts.line.substr(start, where.length == 0 ? std::string_view::npos : where.length);
  return parts;
}

/// How many characters a line has before a place. Errors come one behind the other, and a line may be the whole file: what was counted for the place
/// before is not counted again.
std::uint32_t characters_before(const Location& where, std::string_view before) {
  struct Counted {
    std::weak_ptr<const SourceText> source;
    std::uint32_t line = 0;
    std::size_t bytes = 0;
    std::uint32_t characters = 0;
  };
  thread_local Counted counted;
  // A place may be within a character: only behind ASCII is it certain that none was cut.
  const bool goes_on = counted.line == where.line && counted.bytes <= before.size() && counted.source.lock() == where.source;
  if (!goes_on) counted = {where.source, where.line, 0, 0};
  const std::uint32_t characters = counted.characters + extent_of(before.substr(counted.bytes)).characters;
  const bool is_certain = before.empty() || static_cast<unsigned char>(before.back()) < 0x80;
  if (is_certain) counted.bytes = before.size(), counted.characters = characters;
  return characters;
}

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

/// Of a long line what is around the place. Returns what stands for the rest in front and behind.
std::pair<std::string_view, std::string_view> shorten(Parts& parts) {
  if (parts.line.size() <= most_shown) return {};
  std::size_t start = parts.before.size() - std::min(parts.before.size(), most_before);
  while (start < parts.before.size() && is_continuation(parts.line[start])) ++start;
  std::size_t end = std::min(start + most_shown, parts.line.size());
  while (end < parts.line.size() && end > parts.before.size() && is_continuation(parts.line[end])) --end;
  const std::pair<std::string_view, std::string_view> rest{start == 0 ? "" : "...", end == parts.line.size() ? "" : "..."};
  parts.inside = parts.inside.substr(0, end - parts.before.size());
  parts.before.remove_prefix(start);
  parts.line = parts.line.substr(start, end - start);
  return rest;
}

}  // namespace

std::uint32_t column_in_characters(const Location& where) {
  const Parts parts = parts_of(where);
  return characters_before(where, parts.before) + parts.beyond + 1;
}

std::uint32_t end_column_in_characters(const Location& where) { return column_in_characters(where) + extent_of(parts_of(where).inside).characters; }

std::string excerpt(const Location& where) {
  Parts parts = parts_of(where);
  const auto [front, back] = shorten(parts);
  const std::size_t width = std::max<std::size_t>(1, extent_of(parts.inside).width);
  std::string line = fmt::format("{}{}{}", front, parts.line, back);
  std::replace(line.begin(), line.end(), '\t', ' ');
  const std::string number = std::to_string(where.line);
  return fmt::format("{0} |\n{1} | {2}\n{0} | {3:{4}}{5}\n", std::string(number.size(), ' '), number, line, "", front.size() + extent_of(parts.before).width,
                     std::string(width, '^'));
}

}  // namespace weir
