// pipeline_test_file.cpp — sections begin with "== "; in a page of the docs they are the fenced blocks that say so.
#include "tests/pipelines/pipeline_test_file.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace weir::testing {
namespace {

std::string trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return std::string(text);
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream stream(line);
  for (std::string cell; std::getline(stream, cell, '|');) cells.push_back(trimmed(cell));
  return cells;
}

void add_line(ExpectedTable& table, const std::string& line) {
  if (line.empty()) return;
  if (table.columns.empty()) {
    table.columns = cells_of(line);
    return;
  }
  std::string row;
  for (const std::string& cell : cells_of(line)) row += (row.empty() ? "" : " | ") + cell;
  table.rows.push_back(row);
}

/// The line that opens a section, without what marks it, or nothing.
std::optional<std::string> section_head(const std::string& line, bool is_page) {
  if (!is_page) return line.starts_with("== ") ? std::optional(line.substr(3)) : std::nullopt;
  if (line.starts_with("```sql pipeline")) return "weir";
  const auto kind = line.starts_with("```") ? line.find(' ') : std::string::npos;
  if (kind != std::string::npos) return line.substr(kind + 1);
  return line.starts_with("```") ? std::optional<std::string>("text") : std::nullopt;
}

/// A page reads Kafka and writes Postgres; the test plays the records and writes SQLite.
std::string line_of_test(const std::string& line, bool is_page) {
  if (!is_page) return line;
  const std::string text = trimmed(line);
  if (text.starts_with("brokers:") || text.starts_with("brokers =")) return "";
  const auto replaced = [&](const std::string& from, const std::string& to) {
    const auto found = line.find(from);
    return found == std::string::npos ? std::string() : line.substr(0, found) + to + line.substr(found + from.size());
  };
  for (const auto& [from, to] : {std::pair{"type: kafka", "type: scripted"}, std::pair{"type = 'kafka'", "type = 'scripted'"}, std::pair{"postgresql:///shop", "${DB}"}}) {
    if (const std::string changed = replaced(from, to); !changed.empty()) return changed;
  }
  return line;
}

}  // namespace

PipelineTestFile read_test_file(const std::string& path) {
  std::ifstream stream(path);
  if (!stream) throw std::runtime_error("cannot read " + path);
  const bool is_page = path.ends_with(".md");
  PipelineTestFile file;
  file.path = path;
  std::string kind = "text";
  std::string name;
  for (std::string line; std::getline(stream, line);) {
    if (const auto section = section_head(line, is_page)) {
      std::istringstream head(*section);
      head >> kind >> name;
      if (kind == "table" || kind == "ledger" || kind == "rejects")
        file.tables.push_back({kind == "table" ? name : kind, {}, {}});
      if (kind == "held") file.is_held = true;
      if (kind == "input") file.input[name];
    } else if (kind == "pipeline") {
      file.pipeline += line_of_test(line, is_page) + "\n";
    } else if (kind == "weir") {
      file.weir += line_of_test(line, is_page) + "\n";
    } else if (kind == "input" && !line.empty()) {
      file.input[name].push_back(line);
    } else if (kind == "table" || kind == "ledger" || kind == "rejects") {
      add_line(file.tables.back(), line);
    }
  }
  for (ExpectedTable& table : file.tables) std::sort(table.rows.begin(), table.rows.end());
  return file;
}

}  // namespace weir::testing
