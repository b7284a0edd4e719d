// write_weir_tests.cpp — a test as CREATE TEST: rows under their columns where all have the same ones.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "dsl/write_tests.h"
#include "dsl/short_match.h"
#include "dsl/write_weir.h"

namespace weir {
namespace {

constexpr std::size_t width = 120;

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "''" : std::string(1, c);
  return result + "'";
}

class TestWriter {
 public:
  explicit TestWriter(Comments& comments) : comments_(comments) {}

  std::string run(const Config& test) {
    out_ = "CREATE TEST " + quoted(test.find("name")->scalar());
    std::vector<ListedText> options;
    for (const auto& [key, value] : std::get<Config::Map>(test.value)) {
      const bool is_part = key == "name" || key == "given" || key == "steps" || key == "expect";
      if (!is_part) options.push_back(listed(weir_name(key) + " = " + weir_value(value), value, comments_));
    }
    if (!options.empty()) out_ += " WITH " + joined(options, out_.size() + 6, 2, true);
    out_ += " AS";
    if (const Config* given = test.find("given")) {
      for (const auto& [table, rows] : std::get<Config::Map>(given->value)) line(rows.key_where, "GIVEN " + weir_name(table), rows);
    }
    const Config* steps = test.find("steps");
    bool ends_with_expectation = false;
    for (const Config& step : steps == nullptr ? Config::List{} : std::get<Config::List>(steps->value)) {
      add_step(step);
      ends_with_expectation = step.is_map() && std::get<Config::Map>(step.value).front().first == "expect";
    }
    if (ends_with_expectation) out_ += "\n  END";
    if (const Config* expected = test.find("expect")) expectations(*expected);
    return std::move(out_);
  }

 private:
  void above(const Location& where, std::size_t indent) { out_ += comment_lines(comments_.take_above(where), indent); }
  std::string behind(const Location& where) {
    const std::string text = comments_.take_behind(where);
    return text.empty() ? "" : closed_comment(text);
  }
  void begin(const Location& where) {
    out_ += "\n";
    above(where, 2);
    out_ += "  ";
  }

  void add_step(const Config& step) {
    if (step.is_scalar()) {
      begin(step.where);
      out_ += "RESTART" + behind(step.where);
      return;
    }
    const auto& [key, value] = std::get<Config::Map>(step.value).front();
    if (key == "expect") return expectations(value);
    if (key == "advance" || key == "idle" || key == "crash" || key == "restart") {
      begin(value.key_where);
      out_ += word_step(key, value) + behind(value.key_where);
      return;
    }
    line(value.key_where, "INSERT INTO " + split(key), value);
  }

  static std::string word_step(const std::string& key, const Config& value) {
    if (key == "restart") return "RESTART";
    const std::string& text = value.scalar();
    if (key == "idle") return "IDLE " + split(text);
    if (key == "crash") return text == "after_commit" ? "CRASH AFTER COMMIT" : "CRASH BEFORE COMMIT";
    static const std::regex interval(R"((INTERVAL\b.*))", std::regex::icase);
    return "ADVANCE " + (matches(text, interval) ? text : quoted(text));
  }

  // "purchases[1]".
  static std::string split(const std::string& name) {
    const auto bracket = name.find('[');
    if (bracket == std::string::npos) return weir_name(name);
    return weir_name(name.substr(0, bracket)) + " PARTITION " + name.substr(bracket + 1, name.size() - bracket - 2);
  }

  void expectations(const Config& expected) {
    for (const auto& [name, value] : std::get<Config::Map>(expected.value)) {
      const std::string head = "EXPECT " + weir_name(name);
      const auto* map = std::get_if<Config::Map>(&value.value);
      if (map == nullptr) {
        line(value.key_where, head, value);
      } else if (name != "ledger") {
        begin(value.key_where);
        out_ += head + " ROWS " + value.find("rows")->scalar() + behind(value.key_where);
      } else {
        line(value.key_where, head, lines_of_ledger(value));
      }
    }
  }

  static Config lines_of_ledger(const Config& ledger) {
    Config::List lines;
    const auto& entries = std::get<Config::Map>(ledger.value);
    const bool is_by_sink = std::any_of(entries.begin(), entries.end(), [](const auto& one) { return one.second.is_map(); });
    if (!is_by_sink) lines.push_back(ledger);
    for (const auto& [sink, counts] : is_by_sink ? entries : Config::Map{}) {
      Config made = counts;
      Config name{.where = counts.key_where, .key_where = counts.key_where, .value = sink, .is_quoted = true};
      std::get<Config::Map>(made.value).insert(std::get<Config::Map>(made.value).begin(), {"sink", std::move(name)});
      lines.push_back(std::move(made));
    }
    Config list = ledger;
    list.value = std::move(lines);
    return list;
  }

  void line(const Location& where, const std::string& head, const Config& rows) {
    begin(where);
    const auto* list = std::get_if<Config::List>(&rows.value);
    if (list == nullptr || list->empty()) {
      out_ += head + " EMPTY" + behind(where);
      return;
    }
    const auto columns = common_columns(*list);
    std::string names;
    for (const std::string& column : columns) names += (names.empty() ? "" : ", ") + weir_name(column);
    const std::string opening = head + (columns.empty() ? "" : " (" + names + ")") + " VALUES";
    const std::string first = columns.empty() ? free_row(list->front()) : "(" + cells(list->front(), false) + ")";
    const bool is_short = list->size() == 1 && opening.size() + first.size() < width && !comments_.has_any(where.line, where.line);
    out_ += opening + (is_short ? " " : behind(where) + "\n    ");
    for (const Config& row : *list) {
      if (&row != &list->front()) {
        out_ += ",\n";
        above(place_of(row), 4);
        out_ += "    ";
      }
      out_ += columns.empty() ? free_row(row) : "(" + cells(row, false) + ")";
      out_ += behind(place_of(row));
    }
  }

  static const Location& place_of(const Config& row) {
    const auto* map = std::get_if<Config::Map>(&row.value);
    return map == nullptr || map->empty() ? row.where : map->front().second.key_where;
  }

  /// Empty where rows have other columns, or are no maps.
  static std::vector<std::string> common_columns(const Config::List& rows) {
    std::vector<std::string> common;
    for (const Config& row : rows) {
      const auto* map = std::get_if<Config::Map>(&row.value);
      std::vector<std::string> names;
      for (const auto& [name, cell] : map == nullptr ? Config::Map{} : *map) names.push_back(name);
      if (names.empty() || (!common.empty() && names != common)) return {};
      common = std::move(names);
    }
    return common;
  }

  static std::string free_row(const Config& row) {
    if (row.is_scalar()) return quoted(row.scalar());
    return row.is_map() ? "(" + cells(row, true) + ")" : "NULL";
  }

  static std::string cells(const Config& row, bool is_named) {
    std::string text;
    for (const auto& [name, cell] : std::get<Config::Map>(row.value)) text += (text.empty() ? "" : ", ") + (is_named ? weir_name(name) + " = " : "") + value(cell);
    return text;
  }

  static std::string value(const Config& cell) {
    static const std::regex number(R"(-?(0|[1-9][0-9]*)(\.[0-9]+)?)");
    if (cell.is_scalar()) {
      const bool is_bare = !cell.is_quoted && (matches(cell.scalar(), number) || cell.scalar() == "true" || cell.scalar() == "false");
      return is_bare ? cell.scalar() : quoted(cell.scalar());
    }
    std::string text;
    if (const auto* list = std::get_if<Config::List>(&cell.value)) {
      for (const Config& one : *list) text += (text.empty() ? "" : ", ") + value(one);
      return "[" + text + "]";
    }
    return cell.is_map() ? "(" + cells(cell, true) + ")" : "NULL";
  }

  Comments& comments_;
  std::string out_;
};

}  // namespace

std::string weir_test(const Config& test, Comments& comments) { return TestWriter(comments).run(test); }

}  // namespace weir
