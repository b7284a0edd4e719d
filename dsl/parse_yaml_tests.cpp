// parse_yaml_tests.cpp — the section `tests`: steps and expectations, their rows as they stand there.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "dsl/parse_yaml.h"

namespace weir {
namespace {

constexpr const char* steps_example = "a step is one of SOURCE: [{COLUMN: VALUE}], advance: 10 minutes, idle: SOURCE, crash: before_commit, restart, expect: {SINK: [...]}";
constexpr const char* rows_example = "write the rows as [{COLUMN: VALUE, ...}, ...]";
constexpr const char* expect_example = "write rows as [{COLUMN: VALUE, ...}], or empty, or {rows: 3}";

std::optional<std::size_t> number_of(const Config& config) {
  if (!config.is_scalar()) return std::nullopt;
  const std::string& text = config.scalar();
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

class TestReader {
 public:
  TestReader(std::string name, YamlReader& reader) : what_("test '" + std::move(name) + "'"), reader_(reader) {}

  void read(const Config& config, TestSyntax& test) {
    reader_.check_keys(config, what_, Block::test);
    if (const Config* start = config.find("start")) test.start = *start;
    if (const Config* given = config.find("given")) read_given(*given, test);
    if (const Config* steps = config.find("steps")) read_list_of_steps(*steps, test);
    if (const Config* expected = config.find("expect")) test.expected = read_expect(*expected);
    const bool expects = std::any_of(test.steps.begin(), test.steps.end(), [](const auto& step) { return std::holds_alternative<TestExpectSyntax>(step); });
    if (config.find("expect") == nullptr && !expects)
      reader_.report("W1001", test.where, what_ + " expects nothing", "add expect: {SINK: [{COLUMN: VALUE, ...}, ...]}");
  }

 private:
  void read_given(const Config& config, TestSyntax& test) {
    if (!reader_.expect_map(config, "given of " + what_, "write TABLE: [{COLUMN: VALUE, ...}, ...]")) return;
    for (const auto& [table, rows] : std::get<Config::Map>(config.value)) {
      if (auto read = read_rows({table, std::nullopt, rows.key_where}, rows)) test.given.push_back(*std::move(read));
    }
  }

  void read_list_of_steps(const Config& config, TestSyntax& test) {
    if (!config.is_list()) return reader_.report("W0108", config, "steps of " + what_ + " are a list", steps_example);
    for (const Config& step : std::get<Config::List>(config.value)) {
      if (auto read = read_step(step)) test.steps.push_back(*std::move(read));
    }
  }

  std::optional<TestStepSyntax> read_step(const Config& config) {
    if (config.is_scalar() && config.scalar() == "restart") return TestRestartSyntax{};
    const auto* map = std::get_if<Config::Map>(&config.value);
    if (map == nullptr || map->empty()) return refuse("W1002", config, "no step of a test", steps_example);
    if (map->size() > 1) return refuse("W1002", (*map)[1].second.key_where, "a step of a test says one thing", "begin another step here: - " + (*map)[1].first + ": ...");
    const auto& [key, value] = map->front();
    if (key == "advance") return read_advance(value);
    if (key == "idle") return read_idle(value);
    if (key == "crash") return read_crash(value);
    if (key == "restart") return TestRestartSyntax{};
    if (key == "expect") return read_expect(value);
    const auto split = read_split(key, value.key_where);
    if (!split) return std::nullopt;
    auto rows = read_rows(*split, value);
    return rows ? std::optional<TestStepSyntax>(*std::move(rows)) : std::nullopt;
  }

  std::optional<TestStepSyntax> read_advance(const Config& config) {
    const std::optional<Duration> span = read_span(config, "advance", reader_);
    return span ? std::optional<TestStepSyntax>(TestAdvanceSyntax{*span}) : std::nullopt;
  }

  std::optional<TestStepSyntax> read_idle(const Config& config) {
    const std::optional<Name> name = reader_.name(config, "idle");
    if (!name) return std::nullopt;
    const auto split = read_split(name->text, name->where);
    return split ? std::optional<TestStepSyntax>(TestIdleSyntax{*split}) : std::nullopt;
  }

  std::optional<TestStepSyntax> read_crash(const Config& config) {
    const std::string point = config.is_scalar() ? config.scalar() : "";
    if (point == "before_commit" || point == "after_commit") return TestCrashSyntax{point == "after_commit", config.where};
    return refuse("W0110", config, fmt::format("a process crashes at before_commit or after_commit, not at '{}'", point), "write crash: before_commit");
  }

  // "purchases", or "purchases[1]".
  std::optional<SplitName> read_split(const std::string& text, const Location& where) {
    const auto bracket = text.find('[');
    if (bracket == std::string::npos) return SplitName{text, std::nullopt, where};
    std::uint32_t partition = 0;
    const char* const first = text.data() + bracket + 1;
    const auto [end, error] = std::from_chars(first, text.data() + text.size(), partition);
    if (error == std::errc{} && end != first && end + 1 == text.data() + text.size() && *end == ']') return SplitName{text.substr(0, bracket), partition, where};
    reader_.report("W1002", where, fmt::format("not a partition of a source: {}", text), fmt::format("write it as {}[0]", text.substr(0, bracket)));
    return std::nullopt;
  }

  std::optional<TestRowsSyntax> read_rows(const SplitName& of, const Config& config) {
    if (!config.is_list()) {
      reader_.report("W0108", config, fmt::format("rows of {} are a list", of.source), rows_example);
      return std::nullopt;
    }
    return TestRowsSyntax{of, std::get<Config::List>(config.value)};
  }

  TestExpectSyntax read_expect(const Config& config) {
    TestExpectSyntax expected;
    if (!reader_.expect_map(config, "expect of " + what_, "write SINK: [{COLUMN: VALUE, ...}], rejects: [...] or ledger: {read: 3}")) return expected;
    if (config.is_empty()) reader_.report("W1001", config, what_ + " expects nothing here", "write {SINK: [{COLUMN: VALUE, ...}, ...]}");
    for (const auto& [name, value] : std::get<Config::Map>(config.value)) {
      ExpectedSyntax table{name, value.key_where, {}, {}};
      if (name == "ledger" ? read_ledger(value, table) : read_expected_rows(value, table)) expected.tables.push_back(std::move(table));
    }
    return expected;
  }

  bool read_expected_rows(const Config& config, ExpectedSyntax& table) {
    if (config.is_scalar() && config.scalar() == "empty") return true;
    if (const auto* list = std::get_if<Config::List>(&config.value)) {
      table.rows = *list;
      return expect_maps(table);
    }
    const Config* rows = config.is_map() ? config.find("rows") : nullptr;
    table.count = rows == nullptr ? std::nullopt : number_of(*rows);
    if (table.count && std::get<Config::Map>(config.value).size() == 1) return true;
    reader_.report("W1005", config, fmt::format("what is expected of {} is no list of rows", table.of), expect_example);
    return false;
  }

  // {read: 3} of every sink, or {retail: {read: 3}} by sinks.
  bool read_ledger(const Config& config, ExpectedSyntax& table) {
    if (!reader_.expect_map(config, "ledger", "write {read: 3, rejected: 0}, or by sinks {SINK: {read: 3}}")) return false;
    const auto& entries = std::get<Config::Map>(config.value);
    const bool is_by_sink = std::any_of(entries.begin(), entries.end(), [](const auto& entry) { return entry.second.is_map(); });
    if (!is_by_sink) {
      table.rows.push_back(config);
      return true;
    }
    for (const auto& [sink, counts] : entries) {
      if (!reader_.expect_map(counts, "ledger of sink " + sink, "write {read: 3, rejected: 0}")) return false;
      Config line = counts;
      Config name{.where = counts.key_where, .key_where = counts.key_where, .value = sink};
      std::get<Config::Map>(line.value).insert(std::get<Config::Map>(line.value).begin(), {"sink", std::move(name)});
      table.rows.push_back(std::move(line));
    }
    return true;
  }

  bool expect_maps(const ExpectedSyntax& table) {
    bool is_good = true;
    for (const Config& row : table.rows) is_good = reader_.expect_map(row, "a row of " + table.of, expect_example) && is_good;
    return is_good;
  }

  template <typename Place>
  std::optional<TestStepSyntax> refuse(const char* mistake, const Place& place, std::string message, std::string hint) {
    reader_.report(mistake, place, std::move(message), std::move(hint));
    return std::nullopt;
  }

  const std::string what_;
  YamlReader& reader_;
};

}  // namespace

std::vector<TestSyntax> read_tests(const Config& config, YamlReader& reader) {
  std::vector<TestSyntax> tests;
  if (!config.is_list()) {
    reader.report("W0108", config, "tests is a list", "write - name: what it shows, and steps and expect below");
    return tests;
  }
  for (const Config& one : std::get<Config::List>(config.value)) {
    if (!reader.expect_map(one, "a test", "write - name: what it shows, and steps and expect below")) continue;
    const std::optional<Name> name = reader.required_name(one, "name", "a test");
    if (!name) continue;
    const auto first = std::find_if(tests.begin(), tests.end(), [&](const TestSyntax& test) { return test.name == name->text; });
    if (first != tests.end())
      reader.diagnostics().error(Error{ErrorKind::user, fmt::format("there are two tests '{}'", name->text), name->where}.as("W0211").with_note("the first one stands here", first->where));
    TestSyntax test;
    test.name = name->text;
    test.where = name->where;
    TestReader(name->text, reader).read(one, test);
    tests.push_back(std::move(test));
  }
  return tests;
}

}  // namespace weir
