// build_tests.cpp — checks the tests of a pipeline against its plan: names, and values by the types of their columns.
#include "dsl/build_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "dsl/test_tables.h"
#include "dsl/test_value.h"
#include "engine/data/calendar.h"
#include "engine/plan/builder_messages.h"

namespace weir {
namespace {

constexpr std::int32_t usual_day = 19'723;  // 2024-01-01

std::vector<std::string> names_of(const std::vector<PlanTable>& tables) {
  std::vector<std::string> names;
  for (const PlanTable& table : tables) names.push_back(table.shape.table);
  return names;
}

class TestBuilder {
 public:
  TestBuilder(const PipelineSyntax& pipeline, const Plan& plan, Diagnostics& diagnostics) : pipeline_(pipeline), plan_(plan), diagnostics_(diagnostics) {
    for (const PlanNode& node : plan.nodes) {
      if (const auto* scan = std::get_if<ScanNode>(&node.operation)) scans_[scan->source] = scan;
    }
  }

  PipelineTest build(const TestSyntax& syntax) {
    test_ = {};
    next_offsets_.clear();
    day_ = usual_day;
    test_.name = syntax.name;
    test_.where = syntax.where;
    test_.start = (std::int64_t{day_} + 1) * microseconds_per_day;
    if (syntax.start) read_start(*syntax.start);
    for (const TestRowsSyntax& rows : syntax.given) give(rows);
    find_missing_tables(syntax);
    collect_splits(syntax);
    for (const TestStepSyntax& step : syntax.steps) std::visit([&](const auto& one) { add(one); }, step);
    test_.expected = expected(syntax.expected);
    // Rows of a later day are not of the future.
    if (!syntax.start && latest_ >= test_.start) test_.start = (std::int64_t{days_of_timestamp(latest_)} + 1) * microseconds_per_day;
    return std::move(test_);
  }

 private:
  void report(const char* mistake, const Location& where, std::string message, std::string hint = {}) {
    diagnostics_.error(Error{ErrorKind::user, std::move(message), where}.as(mistake).with_hint(std::move(hint)));
  }

  // A day: its times are the test's, and the clock begins at its end. A time: the clock begins there, and the day is its.
  void read_start(const Config& config) {
    const std::string text = config.is_scalar() ? config.scalar() : "";
    const auto date = parse_date(text);
    const auto time = parse_timestamp(text);
    if (!time && !date) return report("W1003", config.where, fmt::format("start: '{}' is no time", text), "write it as 2024-11-01T10:00:00Z, or as 2024-11-01, where the clock begins at the end of the day");
    const bool is_day = date && text.find(':') == std::string::npos;
    day_ = is_day ? *date : days_of_timestamp(*time);
    test_.start = is_day ? (std::int64_t{day_} + 1) * microseconds_per_day : *time;
  }

  // --- lookup tables

  void give(const TestRowsSyntax& rows) {
    const auto found = std::find_if(plan_.tables.begin(), plan_.tables.end(), [&](const PlanTable& table) { return table.shape.table == rows.of.source; });
    if (found == plan_.tables.end()) return diagnostics_.error(unknown("W0205", "table", rows.of.source, names_of(plan_.tables), rows.of.where));
    Result<std::shared_ptr<const LookupDefinition>> definition = given_table(found->shape, rows.rows, day_);
    if (!definition.ok()) {
      Error error = std::move(definition).error();
      return diagnostics_.error(error.mistake().empty() ? std::move(error).as("W1003") : error);
    }
    test_.given.push_back({static_cast<std::size_t>(found - plan_.tables.begin()), std::move(definition).value()});
  }

  // A test reaches no database.
  void find_missing_tables(const TestSyntax& syntax) {
    for (const TableSyntax& table : pipeline_.tables) {
      const bool is_given = std::any_of(syntax.given.begin(), syntax.given.end(), [&](const TestRowsSyntax& rows) { return rows.of.source == table.name.text; });
      if (table.connection && !is_given)
        report("W1006", syntax.where, fmt::format("table {} is read from a database, which tests do not reach", table.name.text),
               "add given: {TABLE: [{COLUMN: VALUE, ...}, ...]}");
    }
  }

  // --- steps

  const ScanNode* find_source(const SplitName& name) {
    const auto found = scans_.find(name.source);
    if (found != scans_.end()) return found->second;
    std::vector<std::string> known;
    for (const auto& [source, scan] : scans_) known.push_back(source);
    const bool is_declared = std::any_of(pipeline_.sources.begin(), pipeline_.sources.end(), [&](const SourceSyntax& source) { return source.name.text == name.source; });
    if (is_declared) {
      report("W1006", name.where, fmt::format("no sink reads source {}", name.source));
    } else {
      diagnostics_.error(unknown("W0203", "source", name.source, known, name.where));
    }
    return nullptr;
  }

  static std::string split_of(const SplitName& name) { return fmt::format("{}/{}", name.source, name.partition.value_or(0)); }

  void collect_splits(const TestSyntax& syntax) {
    std::set<std::string> splits;
    for (const TestStepSyntax& step : syntax.steps) {
      if (const auto* rows = std::get_if<TestRowsSyntax>(&step)) splits.insert(split_of(rows->of));
      const auto* idle = std::get_if<TestIdleSyntax>(&step);
      if (idle != nullptr && idle->split.partition) splits.insert(split_of(idle->split));
    }
    for (const auto& [source, scan] : scans_) {
      const auto first = splits.lower_bound(source + "/");
      if (first == splits.end() || !first->starts_with(source + "/")) splits.insert(source + "/0");
    }
    test_.splits.assign(splits.begin(), splits.end());
  }

  void add(const TestRowsSyntax& rows) {
    const ScanNode* scan = find_source(rows.of);
    if (scan == nullptr) return;
    RecordsStep step{split_of(rows.of), {}};
    for (const Config& row : rows.rows) step.records.push_back(record_of(*scan, step.split, row));
    test_.steps.emplace_back(std::move(step));
  }
  void add(const TestAdvanceSyntax& advance) { test_.steps.emplace_back(AdvanceStep{advance.by}); }
  void add(const TestIdleSyntax& idle) {
    if (find_source(idle.split) == nullptr) return;
    IdleStep step;
    for (const std::string& split : test_.splits) {
      if (idle.split.partition ? split == split_of(idle.split) : split.starts_with(idle.split.source + "/")) step.splits.push_back(split);
    }
    test_.steps.emplace_back(std::move(step));
  }
  void add(const TestCrashSyntax& crash) { test_.steps.emplace_back(CrashStep{crash.is_after_commit, crash.where}); }
  void add(const TestRestartSyntax&) { test_.steps.emplace_back(RestartStep{}); }
  void add(const TestExpectSyntax& expect) { test_.steps.emplace_back(expected(expect)); }

  TestRecord record_of(const ScanNode& scan, const std::string& split, const Config& row) {
    TestRecord record;
    record.where = row.where;
    if (row.is_scalar()) record.value = row.scalar();
    if (row.is_list()) report("W1004", row.where, "a record is a map of columns, a text or null", "write it as {COLUMN: VALUE, ...}");
    if (row.is_map()) fill(scan, row, record);
    std::int64_t& next = next_offsets_[split];
    if (record.offset && *record.offset < next) {
      report("W1004", row.where, fmt::format("offset {} is not beyond that of the record before it, {}", *record.offset, next - 1));
    }
    next = record.offset.value_or(next) + 1;
    record.offset = next - 1;
    return record;
  }

  void fill(const ScanNode& scan, const Config& row, TestRecord& record) {
    if (scan.format_name != "json")
      return report("W1004", row.where, fmt::format("rows of source {} cannot be written as {}", scan.source, scan.format_name), "write each record as a text, as the source would give it");
    std::vector<std::pair<std::string, Value>> fields;
    for (const auto& [name, cell] : std::get<Config::Map>(row.value)) {
      const auto column = std::find_if(scan.columns.begin(), scan.columns.end(), [&, &column_name = name](const SourceColumn& one) { return one.decoded.field.name == column_name; });
      if (column == scan.columns.end()) {
        report_unknown_column(scan, name, cell.key_where);
        continue;
      }
      Result<Value> value = read_test_value(cell, column->decoded.field.type, day_);
      if (!value.ok()) {
        diagnostics_.error(std::move(value).error().in("column " + name));
      } else if (column->decoded.is_metadata) {
        set_metadata(column->decoded, *value, cell, record);
      } else {
        const auto* time = std::get_if<std::int64_t>(&value->data);
        if (time != nullptr && is_event_time(scan, column->decoded.field.name)) latest_ = std::max(latest_, *time);
        fields.emplace_back(column->decoded.from, std::move(value).value());
      }
    }
    record.value = json_record(fields);
  }

  static bool is_event_time(const ScanNode& scan, const std::string& name) {
    const auto* column = scan.time ? std::get_if<ColumnReference>(&scan.time->column->node) : nullptr;
    return column != nullptr && column->name == name;
  }

  void report_unknown_column(const ScanNode& scan, const std::string& name, const Location& where) {
    std::vector<std::string> known;
    for (const SourceColumn& column : scan.columns) known.push_back(column.decoded.field.name);
    diagnostics_.error(unknown("W0201", "column of source " + scan.source, name, known, where));
  }

  void set_metadata(const DecodedColumn& column, const Value& value, const Config& cell, TestRecord& record) {
    if (value.is_null()) return;
    if (column.from == "key") {
      record.key = std::get<std::string>(value.data);
    } else if (column.from == "headers") {
      record.headers = std::get<std::string>(value.data);
    } else if (column.from == "offset") {
      record.offset = std::get<std::int64_t>(value.data);
    } else if (column.from == "timestamp") {
      record.timestamp = std::get<std::int64_t>(value.data);
    } else {
      report("W1004", cell.key_where, fmt::format("column {}: the {} is of the whole step", column.field.name, column.from),
             column.from == "partition" ? "write the step as SOURCE[1]: [...]" : "leave it out: it is the name of the source");
    }
  }

  // --- expectations

  ExpectStep expected(const TestExpectSyntax& syntax) {
    ExpectStep step;
    for (const ExpectedSyntax& table : syntax.tables) {
      if (auto built = expected_table(table)) step.tables.push_back(*std::move(built));
    }
    return step;
  }

  std::optional<ExpectedTable> expected_table(const ExpectedSyntax& syntax) {
    ExpectedTable table;
    table.where = syntax.where;
    table.count = syntax.count;
    if (syntax.of == "rejects") {
      table.kind = ExpectedTable::Kind::rejects;
      read_rows(syntax, reject_columns(), "rejects", table);
    } else if (syntax.of == "ledger") {
      table.kind = ExpectedTable::Kind::ledger;
      read_rows(syntax, ledger_columns(), "the ledger", table);
      check_ledger_sinks(table);
    } else {
      const std::optional<std::size_t> sink = find_sink(syntax.of, syntax.where);
      if (!sink) return std::nullopt;
      table.sink = *sink;
      read_rows(syntax, plan_.sinks[*sink].table.schema, "sink " + syntax.of, table);
    }
    return table;
  }

  std::optional<std::size_t> find_sink(const std::string& name, const Location& where) {
    std::vector<std::string> known;
    for (std::size_t i = 0; i < plan_.sinks.size(); ++i) {
      if (plan_.sinks[i].table.sink == name) return i;
      known.push_back(plan_.sinks[i].table.sink);
    }
    known.insert(known.end(), {"rejects", "ledger"});
    diagnostics_.error(unknown("W0217", "sink", name, known, where));
    return std::nullopt;
  }

  void check_ledger_sinks(const ExpectedTable& table) {
    for (const ExpectedRow& row : table.rows) {
      if (!row.cells.empty() && row.cells.front().column == 0) find_sink(std::get<std::string>(row.cells.front().value.data), row.cells.front().where);
    }
  }

  void read_rows(const ExpectedSyntax& syntax, const Schema& columns, const std::string& what, ExpectedTable& table) {
    for (const Config& config : syntax.rows) {
      ExpectedRow row{{}, config.where};
      for (const auto& [name, cell] : std::get<Config::Map>(config.value)) {
        const auto column = columns.index_of(name);
        if (!column) {
          diagnostics_.error(unknown("W0201", "column of " + what, name, field_names(columns), cell.key_where));
          continue;
        }
        Result<Value> value = read_test_value(cell, columns.fields[*column].type, day_);
        if (value.ok()) {
          row.cells.push_back({*column, std::move(value).value(), cell.where});
        } else {
          diagnostics_.error(std::move(value).error().in("column " + name));
        }
      }
      table.rows.push_back(std::move(row));
    }
  }

  const PipelineSyntax& pipeline_;
  const Plan& plan_;
  Diagnostics& diagnostics_;
  std::map<std::string, const ScanNode*> scans_;
  PipelineTest test_;
  std::map<std::string, std::int64_t> next_offsets_;  // by split
  std::int64_t latest_ = 0;  // event time that a row has, in a column of its own
  std::int32_t day_ = usual_day;
};

}  // namespace

std::vector<PipelineTest> build_tests(const PipelineSyntax& pipeline, const Plan& plan, Diagnostics& diagnostics) {
  std::vector<PipelineTest> tests;
  TestBuilder builder(pipeline, plan, diagnostics);
  for (const TestSyntax& test : pipeline.tests) tests.push_back(builder.build(test));
  return tests;
}

}  // namespace weir
