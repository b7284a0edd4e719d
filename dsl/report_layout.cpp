// report_layout.cpp — writes the SQL of reports and the values of their parameters.
#include "dsl/report_layout.h"

#include <algorithm>

#include "dsl/short_match.h"
#include "dsl/write_yaml.h"

namespace weir {
namespace {

std::string in_apostrophes(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "''" : std::string(1, c);
  return result + "'";
}

}  // namespace

std::string laid_out_sql(const std::string& sql) {
  constexpr const char* blanks = " \t\r\n";
  const std::size_t first = sql.find_first_not_of(blanks);
  if (first == std::string::npos) return "";
  const std::string text = sql.substr(0, sql.find_last_not_of(blanks) + 1);
  if (text.find('\n', first) == std::string::npos) return text.substr(first);
  const std::size_t line = text.rfind('\n', first);
  return text.substr(line == std::string::npos ? 0 : line + 1) + "\n";
}

std::string weir_sql(const std::string& sql) {
  const std::string text = laid_out_sql(sql);
  if (text.empty() || text.find("$$") != std::string::npos) return in_apostrophes(text);
  return text.back() == '\n' ? "$$\n" + text + "$$" : "$$ " + text + " $$";
}

bool looks_like_no_text(const std::string& text) {
  static const std::regex other(R"([+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|true|false|[0-9]+(:[0-9.]+)+)");
  return matches(text, other);
}

std::string weir_literal(const Config& value) {
  if (!value.is_scalar()) return "NULL";
  const bool is_time = value.scalar().find(':') != std::string::npos;
  const bool is_bare = !value.is_quoted && !is_time && looks_like_no_text(value.scalar()) && value.scalar().front() != '.' && value.scalar().back() != '.';
  const bool is_variable = !value.is_quoted && value.scalar().starts_with("${") && value.scalar().find('}') + 1 == value.scalar().size();
  return is_bare || is_variable ? value.scalar() : in_apostrophes(value.scalar());
}

std::string yaml_literal(const Config& value, bool is_in_brackets) {
  if (!value.is_scalar()) return "null";
  const bool is_text = value.is_quoted || value.scalar().find(':') != std::string::npos;
  const bool has_variable = value.is_quoted && value.scalar().find("${") != std::string::npos;
  return yaml_scalar(value.scalar(), is_in_brackets, has_variable || (is_text && looks_like_no_text(value.scalar())));
}

}  // namespace weir
