// expression_text.cpp — the text of an expression as it is written anew: each line without the blanks around it.
#include "dsl/expression_text.h"

#include <algorithm>

namespace weir {

std::size_t end_of_part(const std::string& text, std::size_t at) {
  const auto behind = [&](const std::string& end, std::size_t from) {
    const std::size_t found = text.find(end, from);
    return found == std::string::npos ? text.size() : found + end.size();
  };
  if (text.compare(at, 2, "--") == 0) return std::min(text.find_first_of("\r\n", at), text.size());
  if (text.compare(at, 2, "/*") == 0) return behind("*/", at + 2);
  const bool is_quote = text[at] == '\'' || text[at] == '`' || text[at] == '"';
  return is_quote ? behind(std::string(1, text[at]), at + 1) : at + 1;
}

std::string without_comments(const std::string& text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = end_of_part(text, at);
    const bool is_comment = text.compare(at, 2, "--") == 0 || text.compare(at, 2, "/*") == 0;
    result += is_comment ? " " : text.substr(at, end - at);
    at = end;
  }
  return result;
}

std::string one_line_of_expression(const std::string& text) {
  std::string result;
  bool ends_in_comment = false;
  for (const std::string& line : lines_of_expression(text)) {
    result += (result.empty() ? "" : ends_in_comment ? "\n     " : " ") + line;
    ends_in_comment = line.find("--") != std::string::npos;
  }
  return result;
}

std::vector<std::string> lines_of_expression(const std::string& text) {
  std::vector<std::string> lines(1);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = end_of_part(text, at);
    if (end == at + 1 && text[at] == '\n') {
      lines.emplace_back();
    } else {
      lines.back() += text.substr(at, end - at);
    }
    at = end;
  }
  for (std::string& line : lines) {
    line.erase(0, std::min(line.find_first_not_of(" \t\r"), line.size()));
    line.erase(line.find_last_not_of(" \t\r") + 1);
  }
  std::erase(lines, "");
  return lines;
}

}  // namespace weir
