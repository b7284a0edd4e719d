// tested_table.cpp — finds which expected row is which row, and says what is left.
#include "engine/testing/tested_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace weir {
namespace {

constexpr std::size_t nobody = ~std::size_t{0};
constexpr std::size_t most_lines = 40;
constexpr double digits_that_count = 1e-9;

// JSON as it came may have blanks between its values.
std::string without_blanks(const std::string& json) {
  std::string text;
  bool is_in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"' && (i == 0 || json[i - 1] != '\\')) is_in_string = !is_in_string;
    if (is_in_string || std::string_view(" \t\r\n").find(c) == std::string_view::npos) text += c;
  }
  return text;
}

bool same(const Value& a, const Value& b) {
  const auto* x = std::get_if<double>(&a.data);
  const auto* y = std::get_if<double>(&b.data);
  if (x != nullptr && y != nullptr) return *x == *y || (std::isnan(*x) && std::isnan(*y)) || std::abs(*x - *y) <= digits_that_count * std::max(std::abs(*x), std::abs(*y));
  const auto* parts = std::get_if<std::vector<Value>>(&a.data);
  const auto* others = std::get_if<std::vector<Value>>(&b.data);
  if (parts != nullptr && others != nullptr) return std::equal(parts->begin(), parts->end(), others->begin(), others->end(), same);
  if (a.type.kind == TypeKind::json && !a.is_null() && !b.is_null()) return without_blanks(std::get<std::string>(a.data)) == without_blanks(std::get<std::string>(b.data));
  return a.data == b.data;
}

bool fits(const ExpectedRow& expected, const RowOfValues& row) {
  return std::all_of(expected.cells.begin(), expected.cells.end(), [&](const ExpectedCell& cell) { return same(cell.value, row[cell.column]); });
}

/// Gives each expected row a row of its own that fits, as many as possible: rows that name few columns fit several.
class Matching {
 public:
  Matching(const std::vector<ExpectedRow>& expected, const std::vector<RowOfValues>& rows) : expected_(expected), rows_(rows), expected_of_(rows.size(), nobody), row_of_(expected.size(), nobody) {
    place_equal_texts();
    for (std::size_t e = 0; e < expected.size(); ++e) {
      if (row_of_[e] != nobody) continue;
      seen_.assign(rows.size(), false);
      place(e);
    }
    for (std::size_t r = 0; r < rows.size(); ++r) {
      if (expected_of_[r] != nobody) row_of_[expected_of_[r]] = r;
    }
  }

  bool has_row(std::size_t expected) const { return row_of_[expected] != nobody; }
  bool has_expected(std::size_t row) const { return expected_of_[row] != nobody; }

 private:
  // Most rows of a large table, without comparing each with each.
  void place_equal_texts() {
    std::map<std::vector<std::size_t>, std::multimap<std::string, std::size_t>> rows_by_columns;
    for (std::size_t e = 0; e < expected_.size(); ++e) {
      std::vector<std::size_t> columns;
      RowOfValues cells;
      for (const ExpectedCell& cell : expected_[e].cells) {
        columns.push_back(cell.column);
        cells.push_back(cell.value);
      }
      auto [texts, is_new] = rows_by_columns.try_emplace(columns);
      for (std::size_t r = 0; is_new && r < rows_.size(); ++r) {
        RowOfValues values;
        for (const std::size_t column : columns) values.push_back(rows_[r][column]);
        texts->second.emplace(key_text(values), r);
      }
      const auto [first, last] = texts->second.equal_range(key_text(cells));
      const auto found = std::find_if(first, last, [&](const auto& one) { return expected_of_[one.second] == nobody && fits(expected_[e], rows_[one.second]); });
      if (found == last) continue;
      expected_of_[found->second] = e;
      row_of_[e] = found->second;
      texts->second.erase(found);
    }
  }
  static std::string key_text(const RowOfValues& values) {
    std::string text;
    for (const Value& value : values) text += to_text(value) + '\n';
    return text;
  }

  bool place(std::size_t e) {
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      if (seen_[r] || !fits(expected_[e], rows_[r])) continue;
      seen_[r] = true;
      if (expected_of_[r] != nobody && !place(expected_of_[r])) continue;
      expected_of_[r] = e;
      return true;
    }
    return false;
  }

  const std::vector<ExpectedRow>& expected_;
  const std::vector<RowOfValues>& rows_;
  std::vector<std::size_t> expected_of_, row_of_;
  std::vector<bool> seen_;
};

std::string cell_text(const Value& value) {
  const bool is_text = value.type.kind == TypeKind::string && !value.is_null();
  const std::string text = to_text(value);
  return is_text && (text.empty() || text == "NULL" || text.find_first_of(",:{}") != std::string::npos) ? "'" + text + "'" : text;
}

std::string expected_text(const Schema& schema, const ExpectedRow& row) {
  std::string text;
  for (const ExpectedCell& cell : row.cells) text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", schema.fields[cell.column].name, cell_text(cell.value));
  return "{ " + text + " }";
}

std::string count_of(std::size_t count, const char* one, const char* several) { return fmt::format("{} {}", count, count == 1 ? one : several); }

/// What is left when every row that fits has been found.
class Leftovers {
 public:
  Leftovers(const ExpectedTable& expected, const TestedTable& table) : expected_(expected), table_(table) {
    const Matching matching(expected.rows, table.rows);
    for (std::size_t e = 0; e < expected.rows.size(); ++e) {
      if (!matching.has_row(e)) missing_.push_back(e);
    }
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
      if (!matching.has_expected(r)) extra_.push_back(r);
    }
    pair_up();
  }

  std::optional<TestFailure> failure() const {
    if (missing_.empty() && extra_.empty() && pairs_.empty()) return std::nullopt;
    TestFailure failure{place(), message(), {}};
    for (const auto& [e, r] : pairs_) add_pair(expected_.rows[e], table_.rows[r], failure.details);
    for (const std::size_t e : missing_) failure.details.push_back("missing  " + expected_text(table_.schema, expected_.rows[e]));
    for (const std::size_t r : extra_) failure.details.push_back("extra    " + row_text(table_.schema, table_.rows[r]));
    if (failure.details.size() > most_lines) {
      const std::size_t left = failure.details.size() - most_lines;
      failure.details.resize(most_lines);
      failure.details.push_back(fmt::format("... and {} more lines", left));
    }
    return failure;
  }

 private:
  // A missing and an extra row that are the same by the sink's key, or else by most of their cells, are one that differs.
  void pair_up() {
    for (const bool is_by_key : {true, false}) {
      for (std::size_t m = 0; m < missing_.size();) {
        const auto found = partner(expected_.rows[missing_[m]], is_by_key);
        if (found == extra_.end()) {
          ++m;
          continue;
        }
        pairs_.emplace_back(missing_[m], *found);
        extra_.erase(found);
        missing_.erase(missing_.begin() + static_cast<std::ptrdiff_t>(m));
      }
    }
    std::sort(pairs_.begin(), pairs_.end());
  }

  std::vector<std::size_t>::iterator partner(const ExpectedRow& row, bool is_by_key) {
    auto best = extra_.end();
    std::size_t most = 0;
    for (auto one = extra_.begin(); one != extra_.end(); ++one) {
      const RowOfValues& values = table_.rows[*one];
      std::size_t equal = 0, equal_keys = 0;
      for (const ExpectedCell& cell : row.cells) {
        if (!same(cell.value, values[cell.column])) continue;
        ++equal;
        equal_keys += static_cast<std::size_t>(std::count(table_.key.begin(), table_.key.end(), cell.column));
      }
      const bool is_candidate = is_by_key ? !table_.key.empty() && equal_keys == named_keys(row) && equal_keys > 0 : equal * 2 > row.cells.size();
      if (!is_candidate || equal <= most) continue;
      most = equal;
      best = one;
    }
    return best;
  }
  std::size_t named_keys(const ExpectedRow& row) const {
    return static_cast<std::size_t>(std::count_if(row.cells.begin(), row.cells.end(), [&](const ExpectedCell& cell) {
      return std::find(table_.key.begin(), table_.key.end(), cell.column) != table_.key.end();
    }));
  }

  Location place() const {
    if (!pairs_.empty()) {
      const auto& [e, r] = pairs_.front();
      for (const ExpectedCell& cell : expected_.rows[e].cells) {
        if (!same(cell.value, table_.rows[r][cell.column])) return cell.where;
      }
    }
    return missing_.empty() ? expected_.where : expected_.rows[missing_.front()].where;
  }

  std::string message() const {
    std::vector<std::string> parts;
    if (!pairs_.empty()) parts.push_back(count_of(pairs_.size(), "row differs", "rows differ"));
    if (!missing_.empty()) parts.push_back(count_of(missing_.size(), "row is missing", "rows are missing"));
    if (!extra_.empty()) parts.push_back(count_of(extra_.size(), "row is too many", "rows are too many"));
    return fmt::format("{}: {}", table_.name, fmt::join(parts, ", "));
  }

  void add_pair(const ExpectedRow& row, const RowOfValues& values, std::vector<std::string>& lines) const {
    std::string same_cells;
    std::vector<std::string> cells;
    for (const ExpectedCell& cell : row.cells) {
      const std::string& name = table_.schema.fields[cell.column].name;
      if (same(cell.value, values[cell.column])) {
        same_cells += fmt::format("{}{}: {}", same_cells.empty() ? "" : ", ", name, cell_text(cell.value));
      } else {
        cells.push_back(fmt::format("           {}: expected {}, got {}", name, cell_text(cell.value), cell_text(values[cell.column])));
      }
    }
    lines.push_back("differs  { " + same_cells + " }");
    lines.insert(lines.end(), cells.begin(), cells.end());
  }

  const ExpectedTable& expected_;
  const TestedTable& table_;
  std::vector<std::size_t> missing_, extra_;
  std::vector<std::pair<std::size_t, std::size_t>> pairs_;
};

// Every line of the sinks that an expected line is of.
std::optional<TestFailure> compare_ledger(const ExpectedTable& expected, const TestedTable& table) {
  TestFailure failure{{}, "the ledger differs", {}};
  for (const ExpectedRow& row : expected.rows) {
    for (const RowOfValues& line : table.rows) {
      if (!row.cells.empty() && row.cells.front().column == 0 && !same(row.cells.front().value, line.front())) continue;
      for (const ExpectedCell& cell : row.cells) {
        if (same(cell.value, line[cell.column])) continue;
        if (!failure.where.is_known()) failure.where = cell.where;
        failure.details.push_back(fmt::format("sink {}  {}: expected {}, got {}", to_text(line.front()), table.schema.fields[cell.column].name, cell_text(cell.value), cell_text(line[cell.column])));
      }
    }
  }
  return failure.details.empty() ? std::nullopt : std::optional(std::move(failure));
}

}  // namespace

std::string row_text(const Schema& schema, const RowOfValues& row) {
  std::string text;
  for (std::size_t i = 0; i < row.size(); ++i) text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", schema.fields[i].name, cell_text(row[i]));
  return "{ " + text + " }";
}

std::optional<TestFailure> compare(const ExpectedTable& expected, const TestedTable& table) {
  if (expected.kind == ExpectedTable::Kind::ledger) return compare_ledger(expected, table);
  if (!expected.count) return Leftovers(expected, table).failure();
  if (*expected.count == table.rows.size()) return std::nullopt;
  TestFailure failure{expected.where, fmt::format("{}: expected {}, got {}", table.name, count_of(*expected.count, "row", "rows"), table.rows.size()), {}};
  for (std::size_t r = 0; r < std::min(table.rows.size(), most_lines); ++r) failure.details.push_back("got      " + row_text(table.schema, table.rows[r]));
  return failure;
}

std::vector<std::string> differences(const TestedTable& first, const TestedTable& other) {
  ExpectedTable expected;
  for (const RowOfValues& row : first.rows) {
    ExpectedRow& made = expected.rows.emplace_back();
    for (std::size_t c = 0; c < row.size(); ++c) made.cells.push_back({c, row[c], {}});
  }
  const std::optional<TestFailure> failure = Leftovers(expected, other).failure();
  return failure ? failure->details : std::vector<std::string>{};
}

}  // namespace weir
