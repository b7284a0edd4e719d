// error.cpp — prints an error with the place it points at.
#include "engine/base/error.h"

#include <fmt/format.h>

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

// How many columns a terminal gives to `text`: tabs count as one (they are printed as spaces), UTF-8 continuation bytes as none.
std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

std::string without_tabs(std::string_view text) {
  std::string result(text);
  std::replace(result.begin(), result.end(), '\t', ' ');
  return result;
}

std::string excerpt(const Location& where) {
  const std::string_view line = line_of(where.source->text, where.line);
  const std::size_t start = std::min<std::size_t>(where.column == 0 ? 0 : where.column - 1, line.size());
  const std::size_t length = where.length == 0 ? line.size() - start : std::min<std::size_t>(where.length, line.size() - start);
  const std::size_t indent = display_width(line.substr(0, start));
  const std::size_t width = std::max<std::size_t>(1, display_width(line.substr(start, length)));
  const std::string number = std::to_string(where.line);
  const std::string gutter(number.size(), ' ');
  return fmt::format("{0} |\n{1} | {2}\n{0} | {3:{4}}{5}\n", gutter, number, without_tabs(line), "", indent,
                     std::string(width, '^'));
}

}  // namespace

std::string render(const Error& error, const char* severity) {
  std::string text = fmt::format("{}: {}\n", severity, error.message());
  if (error.where().is_known()) {
    const Location& where = error.where();
    text += fmt::format(" --> {}:{}:{}\n", where.source->name, where.line, std::max<std::uint32_t>(1, where.column));
    text += excerpt(where);
  }
  if (!error.hint().empty()) text += fmt::format("  = help: {}\n", error.hint());
  return text;
}

}  // namespace weir
