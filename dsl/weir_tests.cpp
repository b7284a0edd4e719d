// weir_tests.cpp — CREATE TEST as the settings that YAML has for it.
#include "dsl/weir_tests.h"

#include <fmt/format.h>

#include <algorithm>

#include "WeirParser.h"
#include "dsl/weir_options.h"

namespace weir {
namespace {

using Parser = weir_grammar::WeirParser;

const std::vector<ReservedOption> of_tests = {{"name", "the name stands behind CREATE TEST"},
                                              {"given", "write GIVEN TABLE (COLUMN, ...) VALUES (...)"},
                                              {"steps", "steps stand behind AS: INSERT INTO SOURCE (COLUMN, ...) VALUES (...)"},
                                              {"expect", "write EXPECT SINK (COLUMN, ...) VALUES (...)"}};

std::string lower(std::string word) {
  std::transform(word.begin(), word.end(), word.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return word;
}

class TestReader {
 public:
  explicit TestReader(WeirText& text) : text_(text) {}

  Config::Map read(Parser::CreateTestContext* test) {
    auto* name = test->name();
    antlr4::Token* word = name != nullptr ? name->start : test->STRING()->getSymbol();
    Config::Map settings{setting("name", text_.place(word), WeirText::scalar(WeirText::name(word), text_.place(word)))};
    for (auto& option : read_options(test->with(), of_tests, text_)) settings.push_back(std::move(option));
    where_ = text_.place(test->K_AS()->getSymbol());
    for (auto* step : test->testStep()) add(step);
    if (!given_.empty()) settings.push_back(setting("given", where_, map_of(std::move(given_), where_)));
    // What is expected behind the last step is expected at the end.
    if (!has_ended_ && is_expecting_) take_last_expectation();
    if (!steps_.empty()) settings.push_back(setting("steps", where_, list_of(std::move(steps_), where_)));
    if (!expected_.empty()) settings.push_back(setting("expect", where_, map_of(std::move(expected_), where_)));
    return settings;
  }

 private:
  void add(Parser::TestStepContext* step) {
    if (auto* expect = dynamic_cast<Parser::ExpectRowsContext*>(step)) return add_expectation(expect);
    if (has_ended_) return text_.report("W1002", text_.place(step), "behind END stands what is expected at the end, and nothing else", "move the step before END");
    if (dynamic_cast<Parser::EndOfStepsContext*>(step) != nullptr) {
      has_ended_ = true;
      return;
    }
    is_expecting_ = false;
    if (auto* given = dynamic_cast<Parser::GivenRowsContext*>(step)) {
      given_.push_back(setting(WeirText::name(given->name()), text_.place(given->name()), rows_of(given)));
    } else if (auto* insert = dynamic_cast<Parser::InsertRowsContext*>(step)) {
      add_step(split_name(insert->splitName()), text_.place(insert->splitName()), rows_of(insert));
    } else if (auto* advance = dynamic_cast<Parser::AdvanceClockContext*>(step)) {
      add_step("advance", text_.place(advance->start), advance->interval() != nullptr ? text_.scalar(advance->interval()) : text_.quoted(advance->STRING()->getSymbol()));
    } else if (auto* idle = dynamic_cast<Parser::IdleSplitContext*>(step)) {
      add_step("idle", text_.place(idle->start), WeirText::scalar(split_name(idle->splitName()), text_.place(idle->splitName())));
    } else if (auto* crash = dynamic_cast<Parser::CrashProcessContext*>(step)) {
      add_crash(crash);
    } else {
      steps_.push_back(WeirText::scalar("restart", text_.place(step)));
    }
  }

  void add_step(std::string key, const Location& where, Config value) {
    steps_.push_back(map_of({setting(std::move(key), where, std::move(value))}, where));
  }

  // CRASH BEFORE COMMIT, or as in YAML.
  void add_crash(Parser::CrashProcessContext* crash) {
    std::string point;
    for (auto* word : crash->IDENTIFIER()) point += (point.empty() ? "" : "_") + lower(word->getText());
    add_step("crash", text_.place(crash->start), WeirText::scalar(point, text_.place(crash->IDENTIFIER(0)->getSymbol())));
  }

  static std::string split_name(Parser::SplitNameContext* split) {
    const std::string name = WeirText::name(split->name());
    return split->INTEGER() == nullptr ? name : fmt::format("{}[{}]", name, split->INTEGER()->getText());
  }

  // Expectations of one moment are one step.
  void add_expectation(Parser::ExpectRowsContext* expect) {
    auto entry = setting(WeirText::name(expect->name()), text_.place(expect->name()), expected_value(expect));
    if (has_ended_) return add_last_expectation(std::move(entry));
    if (is_expecting_) {
      auto& tables = std::get<Config::Map>(std::get<Config::Map>(steps_.back().value).front().second.value);
      const bool is_known = std::any_of(tables.begin(), tables.end(), [&](const auto& table) { return table.first == entry.first; });
      if (!is_known) return tables.push_back(std::move(entry));
    }
    is_expecting_ = true;
    const Location where = text_.place(expect->start);
    add_step("expect", where, map_of({std::move(entry)}, where));
  }

  void add_last_expectation(std::pair<std::string, Config> entry) {
    const auto first = std::find_if(expected_.begin(), expected_.end(), [&](const auto& table) { return table.first == entry.first; });
    if (first == expected_.end()) return expected_.push_back(std::move(entry));
    text_.report_twice("W0013", entry.second.key_where, fmt::format("what is expected of {} at the end is said twice", entry.first), first->second.key_where);
  }

  void take_last_expectation() {
    expected_ = std::get<Config::Map>(std::move(std::get<Config::Map>(steps_.back().value).front().second.value));
    steps_.pop_back();
  }

  Config expected_value(Parser::ExpectRowsContext* expect) {
    const Location where = text_.place(expect->stop);
    if (expect->K_EMPTY() != nullptr) return WeirText::scalar("empty", where);
    if (expect->INTEGER() != nullptr) {
      Config count = WeirText::scalar(expect->INTEGER()->getText(), where);
      count.is_quoted = false;
      return map_of({setting("rows", where, std::move(count))}, where);
    }
    Config list = rows(expect->testRows());
    return WeirText::name(expect->name()) == "ledger" ? ledger(std::move(list)) : list;
  }

  // One line of all sinks, or lines by their sinks.
  Config ledger(Config list) {
    Config::Map by_sink;
    auto& lines = std::get<Config::List>(list.value);
    for (Config& line : lines) {
      auto* cells = std::get_if<Config::Map>(&line.value);
      if (cells == nullptr) continue;
      const auto sink = std::find_if(cells->begin(), cells->end(), [](const auto& cell) { return cell.first == "sink"; });
      if (sink == cells->end() && lines.size() == 1) return line;
      if (sink == cells->end() || !sink->second.is_scalar()) {
        text_.report("W1005", line.where, "which sink a line of the ledger is of is not said", "write EXPECT ledger (sink, read) VALUES ('SINK', 3)");
        continue;
      }
      const std::string name = sink->second.scalar();
      const Location where = sink->second.where;
      cells->erase(sink);
      by_sink.push_back(setting(name, where, std::move(line)));
    }
    return map_of(std::move(by_sink), list.where);
  }

  /// Of a step that may have EMPTY in their place.
  template <typename Step>
  Config rows_of(Step* step) {
    return step->testRows() == nullptr ? list_of({}, text_.place(step)) : rows(step->testRows());
  }

  Config rows(Parser::TestRowsContext* rows) {
    std::vector<std::pair<std::string, Location>> columns;
    for (auto* name : rows->name()) columns.emplace_back(WeirText::name(name), text_.place(name));
    Config::List list;
    for (auto* row : rows->testRow()) {
      if (auto one = this->row(row, columns)) list.push_back(*std::move(one));
    }
    return list_of(std::move(list), text_.place(rows));
  }

  std::optional<Config> row(Parser::TestRowContext* row, const std::vector<std::pair<std::string, Location>>& columns) {
    const Location where = text_.place(row);
    if (auto* record = dynamic_cast<Parser::RecordTextContext*>(row)) return text_.quoted(record->start);
    if (auto* named = dynamic_cast<Parser::NamedRowContext*>(row)) return map_of(options(named->option()), where);
    if (dynamic_cast<Parser::TombstoneContext*>(row) != nullptr) return Config{.where = where, .key_where = {}, .value = {}};
    const auto values = dynamic_cast<Parser::RowOfValuesContext*>(row)->testValue();
    if (columns.empty() || values.size() != columns.size()) {
      text_.report("W1003", where, fmt::format("a row of {} value{}, where {} column{} named", values.size(), values.size() == 1 ? "" : "s", columns.size(), columns.size() == 1 ? " is" : "s are"),
                   columns.empty() ? "name them before VALUES: (a, b) VALUES (1, 2), or in the row: VALUES (a = 1, b = 2)" : "");
      return std::nullopt;
    }
    Config::Map cells;
    for (std::size_t i = 0; i < values.size(); ++i) {
      // The name stands elsewhere: a cell's place is its value's.
      Config cell = values[i]->STRING() != nullptr ? text_.quoted(values[i]->STRING()->getSymbol()) : value(values[i]->optionValue());
      cells.push_back(setting(columns[i].first, columns[i].second, std::move(cell)));
    }
    return map_of(std::move(cells), where);
  }

  Config::Map options(const std::vector<Parser::OptionContext*>& options) {
    Config::Map cells;
    for (auto* option : options) {
      auto* name = option->optionName();
      const std::string column = name->STRING() != nullptr ? WeirText::name(name->STRING()) : name->anyName().size() == 1 ? WeirText::name(name->anyName(0)) : name->getText();
      text_.check_key(column, text_.place(name));
      cells.push_back(setting(column, text_.place(name), value(option->optionValue())));
    }
    return cells;
  }

  // As options have values, but numbers and words are told from texts: JSON knows the difference.
  Config value(Parser::OptionValueContext* context) {
    const Location where = text_.place(context);
    if (auto* text = dynamic_cast<Parser::TextValueContext*>(context)) return text_.quoted(text->STRING()->getSymbol());
    if (auto* code = dynamic_cast<Parser::CodeValueContext*>(context)) return text_.quoted(code->DOLLAR_STRING()->getSymbol());
    if (auto* map = dynamic_cast<Parser::MapValueContext*>(context)) return map_of(options(map->option()), where);
    if (auto* list = dynamic_cast<Parser::ListValueContext*>(context)) {
      Config::List items;
      for (auto* item : list->optionValue()) items.push_back(value(item));
      return list_of(std::move(items), where);
    }
    auto* word = dynamic_cast<Parser::WordValueContext*>(context);
    if (word != nullptr && word->K_NULL() != nullptr) return Config{.where = where, .key_where = {}, .value = {}};
    Config bare = word != nullptr && word->VARIABLE() == nullptr ? WeirText::scalar(word->name() != nullptr ? WeirText::name(word->name()) : lower(word->getText()), where) : text_.scalar(context);
    bare.is_quoted = false;
    return bare;
  }

  WeirText& text_;
  Location where_;
  Config::Map given_;
  Config::List steps_;
  Config::Map expected_;
  bool is_expecting_ = false;  // the last step is an expectation
  bool has_ended_ = false;
};

}  // namespace

Config::Map test_settings(antlr4::ParserRuleContext* test, WeirText& text) { return TestReader(text).read(dynamic_cast<Parser::CreateTestContext*>(test)); }

}  // namespace weir
