// write_yaml_tests.cpp — the section `tests` as YAML: a row in a line where it fits.
#include <algorithm>

#include "dsl/write_tests.h"
#include "dsl/short_match.h"
#include "dsl/write_yaml.h"

namespace weir {
namespace {

constexpr std::size_t width = 120;

/// Where the first key of a list item stands: comments are told by lines.
const Location& first_place(const Config& item) {
  const auto* map = std::get_if<Config::Map>(&item.value);
  return map == nullptr || map->empty() ? item.where : map->front().second.key_where;
}

class TestWriter {
 public:
  explicit TestWriter(Comments& comments) : comments_(comments) {}

  std::string run(const Config& tests) {
    above(tests.key_where, 0);
    const auto& all = std::get<Config::List>(tests.value);
    out_ += (all.empty() ? "tests: []" : "tests:") + behind(tests.key_where) + "\n";
    for (const Config& test : all) {
      if (&test != &all.front()) out_ += "\n";
      item(test);
    }
    return std::move(out_);
  }

 private:
  void above(const Location& where, std::size_t indent) {
    for (const std::string& line : comments_.take_above(where)) out_ += std::string(indent, ' ') + (line.empty() ? "#" : "# " + line) + "\n";
  }
  std::string behind(const Location& where) {
    const std::string text = comments_.take_behind(where);
    return text.empty() ? "" : "   # " + text;
  }

  void item(const Config& test) {
    const auto& settings = std::get<Config::Map>(test.value);
    const char* mark = "  - ";
    for (const auto& [key, value] : settings) {
      above(value.key_where, 2 + (mark[2] == '-' ? 0 : 2));
      out_ += mark;
      mark = "    ";
      if (value.is_empty()) {
        out_ += key + ": " + cell(value) + behind(value.key_where) + "\n";
      } else if (key == "steps") {
        out_ += "steps:" + behind(value.key_where) + "\n";
        for (const Config& step : std::get<Config::List>(value.value)) this->step(step);
      } else if (key == "given" || key == "expect") {
        out_ += key + ":" + behind(value.key_where) + "\n";
        for (const auto& [name, rows] : std::get<Config::Map>(value.value)) {
          above(rows.key_where, 6);
          out_ += std::string(6, ' ');
          table(name, rows, 6);
        }
      } else {
        out_ += key + ": " + (value.is_scalar() ? yaml_scalar(value.scalar(), false) : cell(value)) + behind(value.key_where) + "\n";
      }
    }
  }

  void step(const Config& step) {
    above(first_place(step), 6);
    out_ += std::string(6, ' ') + "- ";
    if (step.is_scalar()) {
      out_ += cell(step) + behind(step.where) + "\n";
      return;
    }
    const auto& [key, value] = std::get<Config::Map>(step.value).front();
    if (key != "expect" || value.is_empty()) return table(key, value, 8);
    out_ += "expect:" + behind(value.key_where) + "\n";
    for (const auto& [name, rows] : std::get<Config::Map>(value.value)) {
      above(rows.key_where, 12);
      out_ += std::string(12, ' ');
      table(name, rows, 12);
    }
  }

  // What follows the indentation.
  void table(const std::string& name, const Config& rows, std::size_t indent) {
    const std::string head = yaml_scalar(name, false) + ":";
    const auto* list = std::get_if<Config::List>(&rows.value);
    const auto* map = std::get_if<Config::Map>(&rows.value);
    const std::string one = cell(rows);
    const bool is_short = (list == nullptr || list->size() < 2) && indent + head.size() + one.size() < width;
    const bool is_plain = is_short && (list == nullptr || list->empty() || !comments_.has_any(list->front().where.line, list->front().where.line) || list->front().where.line == rows.key_where.line);
    if (is_plain || (list == nullptr && map == nullptr)) {
      out_ += head + " " + one + behind(rows.key_where) + "\n";
      return;
    }
    out_ += head + behind(rows.key_where) + "\n";
    if (map != nullptr) {
      for (const auto& [key, value] : *map) {
        above(value.key_where, indent + 2);
        out_ += std::string(indent + 2, ' ') + yaml_scalar(key, false) + ": " + cell(value) + behind(value.key_where) + "\n";
      }
      return;
    }
    for (const Config& row : *list) {
      above(first_place(row), indent + 2);
      out_ += std::string(indent + 2, ' ') + "- " + cell(row) + behind(first_place(row)) + "\n";
    }
  }

  /// In one line. A text that looks like a number keeps its quotes; so does a time, which is a number for others who read YAML.
  static std::string cell(const Config& config) {
    static const std::regex number(R"(-?(0|[1-9][0-9]*)(\.[0-9]+)?|true|false)"), time(R"([0-9]+(:[0-9.]+)+)");
    if (config.is_scalar()) {
      const std::string& text = config.scalar();
      return yaml_scalar(text, true, matches(text, time) || (config.is_quoted && (text.size() > longest_match || matches(text, number))));
    }
    std::string text;
    if (const auto* list = std::get_if<Config::List>(&config.value)) {
      for (const Config& one : *list) text += (text.empty() ? "" : ", ") + cell(one);
      return "[" + text + "]";
    }
    const auto* map = std::get_if<Config::Map>(&config.value);
    if (map == nullptr) return "null";
    for (const auto& [key, value] : *map) text += (text.empty() ? "" : ", ") + yaml_scalar(key, true) + ": " + cell(value);
    return text.empty() ? "{}" : "{ " + text + " }";
  }

  Comments& comments_;
  std::string out_;
};

}  // namespace

std::string yaml_tests(const Config& tests, Comments& comments) { return TestWriter(comments).run(tests); }

}  // namespace weir
