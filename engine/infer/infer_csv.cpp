// infer_csv.cpp — columns of a CSV file with a header, and a key of them.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "connectors/csv/csv_reader.h"
#include "engine/infer/sample.h"

namespace weir {
namespace {

constexpr std::size_t largest_file = 256u << 20;

Result<std::string> read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorKind::user, "cannot read " + path};
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (text.size() > largest_file) return Error{ErrorKind::user, fmt::format("{} is too large: a lookup table may have at most {} MiB", path, largest_file >> 20)};
  return text;
}

bool tells_apart(const InferredTable& table, const std::vector<std::size_t>& columns) {
  std::set<std::vector<std::string>> seen;
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    std::vector<std::string> key;
    for (const std::size_t column : columns) {
      if (table.nulls[r][column]) return false;
      key.push_back(table.rows[r][column]);
    }
    if (!seen.insert(std::move(key)).second) return false;
  }
  return true;
}

/// One column, or two, or all of them; columns with NULL are of no key.
std::optional<std::vector<std::size_t>> find_key(const InferredTable& table) {
  const std::size_t count = table.columns.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (tells_apart(table, {i})) return std::vector<std::size_t>{i};
  }
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = i + 1; j < count; ++j) {
      if (tells_apart(table, {i, j})) return std::vector<std::size_t>{i, j};
    }
  }
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < count; ++i) {
    if (!table.columns[i].field.nullable) all.push_back(i);
  }
  return !all.empty() && tells_apart(table, all) ? std::optional(all) : std::nullopt;
}

}  // namespace

Result<InferredTable> infer_csv(const std::string& path, char delimiter, std::size_t most) {
  WEIR_ASSIGN(std::string text, read_whole(path));
  CsvReader reader(std::make_shared<const SourceText>(SourceText{path, std::move(text)}), delimiter);
  std::vector<CsvField> fields;
  WEIR_ASSIGN(const bool has_header, reader.next(fields));
  if (!has_header) return Error{ErrorKind::user, path + " is empty: its first line must name its columns"};
  std::vector<std::string> names;
  for (const CsvField& field : fields) names.emplace_back(field.text);
  InferredTable table;
  std::vector<ValueShape> shapes(names.size());
  while (table.rows.size() < most) {
    WEIR_ASSIGN(const bool has_row, reader.next(fields));
    if (!has_row) break;
    if (fields.size() != names.size()) {
      return Error{ErrorKind::user, fmt::format("row {} of {} has {} fields, and the first line has {}", table.rows.size() + 1, path, fields.size(), names.size())};
    }
    std::vector<std::string>& row = table.rows.emplace_back();
    std::vector<bool>& nulls = table.nulls.emplace_back();
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const bool is_null = fields[i].text.empty() && !fields[i].is_quoted;
      is_null ? shapes[i].add_null() : shapes[i].add_text(fields[i].text);
      row.emplace_back(fields[i].text);
      nulls.push_back(is_null);
    }
  }
  for (std::size_t i = 0; i < names.size(); ++i) table.columns.push_back(draft_text_column(names[i], shapes[i]));
  name_columns(table.columns);
  const std::optional<std::vector<std::size_t>> key = find_key(table);
  if (key) {
    for (const std::size_t column : *key) table.key.push_back(table.columns[column].field.name);
  }
  return table;
}

}  // namespace weir
