// ini.cpp — reads INI files: [section], key = value, comments.
#include <fmt/format.h>

#include <algorithm>

#include "dsl/compile.h"
#include "dsl/line_table.h"
#include "dsl/text_file.h"

namespace weir {
namespace {

constexpr std::size_t max_size = 1 << 20;

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// A comment behind a value needs a blank before it, so that passwords may hold # and ;.
std::string_view without_comment(std::string_view value) {
  for (std::size_t at = 1; at < value.size(); ++at) {
    const bool is_sign = value[at] == '#' || value[at] == ';';
    if (is_sign && (value[at - 1] == ' ' || value[at - 1] == '\t')) return trim(value.substr(0, at));
  }
  return value;
}

// A value in quotes ends at the second one, and keeps its blanks and signs.
std::string_view value_of(std::string_view text) {
  if (!text.empty() && (text.front() == '"' || text.front() == '\'')) {
    const auto end = text.find(text.front(), 1);
    const std::string_view rest =
        end == std::string_view::npos ? std::string_view{} : trim(text.substr(end + 1));
    const bool is_whole =
        end != std::string_view::npos && (rest.empty() || rest.front() == '#' || rest.front() == ';');
    if (is_whole) return text.substr(1, end - 1);
  }
  return without_comment(text);
}

Error wrong(std::string message, const LineTable& lines, std::size_t line, std::string hint) {
  return Error{ErrorKind::user, std::move(message),
               lines.span(lines.offset(line, 0), lines.line(line).size())}
      .with_hint(std::move(hint));
}

Result<std::map<std::string, std::string>> parse_ini(const LineTable& lines, std::size_t line_count) {
  std::map<std::string, std::string> values;
  std::string section;
  for (std::size_t number = 0; number < line_count; ++number) {
    const std::string_view line = trim(lines.line(number));
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      const std::string_view heading = without_comment(line);
      if (heading.size() < 3 || heading.back() != ']')
        return wrong("a section needs a name in brackets", lines, number, "write [kafka]");
      section = trim(heading.substr(1, heading.size() - 2));
      continue;
    }
    const auto sign = line.find_first_of("=:");
    const std::string_view key = trim(line.substr(0, sign));
    if (sign == std::string_view::npos || key.empty())
      return wrong("expected KEY = VALUE", lines, number, "comments begin with # or ;");
    const std::string name = section.empty() ? std::string(key) : fmt::format("{}.{}", section, key);
    const std::string_view value = value_of(trim(line.substr(sign + 1)));
    if (!values.emplace(name, value).second)
      return wrong(fmt::format("{} is given twice", name), lines, number, "keep one of them");
  }
  return values;
}

}  // namespace

Result<std::map<std::string, std::string>> read_ini(const std::string& path) {
  WEIR_ASSIGN(std::string text, read_text_file(path, max_size));
  const auto source = std::make_shared<const SourceText>(SourceText{path, std::move(text)});
  const auto line_count =
      static_cast<std::size_t>(std::count(source->text.begin(), source->text.end(), '\n')) + 1;
  return parse_ini(LineTable(source), line_count);
}

}  // namespace weir
