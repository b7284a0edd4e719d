// pipeline_test_file.cpp — sections begin with "== ".
#include "tests/pipelines/pipeline_test_file.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

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

}  // namespace

PipelineTestFile read_test_file(const std::string& path) {
  std::ifstream stream(path);
  if (!stream) throw std::runtime_error("cannot read " + path);
  PipelineTestFile file;
  std::string kind;
  std::string name;
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("== ")) {
      std::istringstream head(line.substr(3));
      head >> kind >> name;
      if (kind == "table" || kind == "ledger" || kind == "rejects")
        file.tables.push_back({kind == "table" ? name : kind, {}, {}});
      if (kind == "input") file.input[name];
    } else if (kind == "pipeline") {
      file.pipeline += line + "\n";
    } else if (kind == "input" && !line.empty()) {
      file.input[name].push_back(line);
    } else if (!kind.empty() && kind != "input") {
      add_line(file.tables.back(), line);
    }
  }
  for (ExpectedTable& table : file.tables) std::sort(table.rows.begin(), table.rows.end());
  return file;
}

}  // namespace weir::testing
