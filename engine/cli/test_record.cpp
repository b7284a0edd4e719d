// test_record.cpp — drafts a test of a pipeline from records of a sample.
#include "engine/cli/test_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "dsl/compile.h"
#include "dsl/format.h"
#include "dsl/test_draft.h"
#include "dsl/text_file.h"
#include "engine/cli/command.h"
#include "engine/data/calendar.h"
#include "engine/data/utf8.h"
#include "engine/plan/builder_messages.h"
#include "engine/testing/recorded_rows.h"
#include "engine/testing/test_run.h"

namespace weir {
namespace {

constexpr std::size_t largest_sample = 16u << 20;
constexpr std::size_t most_rows_in_full = 100;
constexpr std::int32_t usual_day = 19'723;  // 2024-01-01

struct Sample {
  const ScanNode* source;
  std::vector<std::string> records;
  std::vector<std::optional<RowOfValues>> rows;
};

// A pipeline file is text: it can hold no record that is none.
bool is_text(const std::string& record) {
  return is_valid_utf8(record) && std::none_of(record.begin(), record.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; });
}

Result<Sample> read_sample(const Plan& plan, const std::string& input) {
  const auto equals = input.find('=');
  if (equals == std::string::npos || equals == 0) return Error{ErrorKind::usage, "--input wants SOURCE=FILE: " + input};
  const std::string name = input.substr(0, equals);
  Sample sample{nullptr, {}, {}};
  std::vector<std::string> known;
  for (const PlanNode& node : plan.nodes) {
    const auto* scan = std::get_if<ScanNode>(&node.operation);
    if (scan == nullptr) continue;
    known.push_back(scan->source);
    if (scan->source == name) sample.source = scan;
  }
  if (sample.source == nullptr) return Error{ErrorKind::usage, "--input: " + unknown("W0203", "source", name, known, {}).message()}.with_hint(unknown("W0203", "source", name, known, {}).hint());
  WEIR_ASSIGN(const std::string text, read_text_file(input.substr(equals + 1), largest_sample));
  std::istringstream lines(text);
  std::size_t left_out = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    is_text(line) ? sample.records.push_back(line) : static_cast<void>(++left_out);
  }
  if (left_out > 0) fmt::print(stderr, "warning: {} of the records of {} are no text that a pipeline file could hold, and are left out\n", left_out, name);
  if (sample.records.empty()) return Error{ErrorKind::usage, "--input: there are no records in " + input.substr(equals + 1)};
  sample.rows = rows_of_records(*sample.source, sample.records);
  return sample;
}

// The latest day that a row has in a column of time: the clock has to be behind it, or the row is of the future.
std::int32_t day_of(const std::vector<Sample>& samples) {
  std::optional<std::int32_t> latest;
  for (const Sample& sample : samples) {
    for (const auto& row : sample.rows) {
      for (const Value& value : row ? *row : RowOfValues{}) {
        const auto* time = value.type.kind == TypeKind::timestamp ? std::get_if<std::int64_t>(&value.data) : nullptr;
        if (time != nullptr) latest = std::max(latest.value_or(INT32_MIN), days_of_timestamp(*time));
      }
    }
  }
  return latest.value_or(usual_day);
}

/// What stands in the test as a record: its columns where that is the same, else its bytes.
Config record_setting(const Sample& sample, std::size_t i, std::int32_t day) {
  if (!sample.rows[i] || sample.source->format_name != "json") return text_setting(sample.records[i]);
  Config row = map_setting();
  std::size_t c = 0;
  for (const SourceColumn& column : sample.source->columns) {
    if (column.decoded.is_metadata) continue;
    const Value& value = (*sample.rows[i])[c++];
    if (!value.is_null()) add_setting(row, column.decoded.field.name, value_setting(value, day));
  }
  return row;
}

Config rows_setting(const TestedTable& table, std::int32_t day) {
  if (table.rows.empty()) return text_setting("empty");
  if (table.rows.size() > most_rows_in_full) {
    Config count = map_setting();
    add_setting(count, "rows", value_setting(Value{int64_type, static_cast<std::int64_t>(table.rows.size())}, day));
    return count;
  }
  Config list = list_setting();
  for (const RowOfValues& values : table.rows) {
    Config row = map_setting();
    for (std::size_t c = 0; c < values.size(); ++c) add_setting(row, table.schema.fields[c].name, value_setting(values[c], day));
    std::get<Config::List>(list.value).push_back(std::move(row));
  }
  return list;
}

// Reason and place of each; nothing where there are none.
std::optional<Config> rejects_setting(const TestedTable& rejects, std::int32_t day) {
  if (rejects.rows.empty()) return std::nullopt;
  TestedTable shown = rejects;
  shown.schema.fields.clear();
  for (RowOfValues& row : shown.rows) row.clear();
  for (const char* name : {"source", "sink", "reason", "offset"}) {
    const std::size_t column = *rejects.schema.index_of(name);
    shown.schema.fields.push_back(rejects.schema.fields[column]);
    for (std::size_t r = 0; r < shown.rows.size(); ++r) shown.rows[r].push_back(rejects.rows[r][column]);
  }
  return rows_setting(shown, day);
}

// Counts that are not zero, by sinks.
Config ledger_setting(const TestedTable& ledger, std::int32_t day) {
  Config all = map_setting();
  for (const RowOfValues& line : ledger.rows) {
    Config counts = map_setting();
    for (std::size_t c = 1; c < line.size(); ++c) {
      if (std::get<std::int64_t>(line[c].data) != 0) add_setting(counts, ledger.schema.fields[c].name, value_setting(line[c], day));
    }
    add_setting(all, to_text(line.front()), std::move(counts));
  }
  return all;
}

class Recording {
 public:
  Recording(PipelineFile& file, const RecordRequest& request) : file_(file), request_(request) {}

  Status run(const Plan& plan) {
    for (const std::string& input : request_.inputs) {
      WEIR_ASSIGN(Sample sample, read_sample(plan, input));
      samples_.push_back(std::move(sample));
    }
    day_ = day_of(samples_);
    const PipelineTest test = test_of(plan);
    const TestResult result = run_test(plan, test);
    if (!result.passed()) return Error{ErrorKind::fatal, fmt::format("{} ({})", result.failures.front().message, result.way)}.with_hint(first_detail(result.failures.front()));
    const Config draft = draft_of(plan, result.tables);
    if (!request_.writes) {
      fmt::print("{}", test_text(draft, spelling_of(file_.path())));
      return {};
    }
    return write(draft);
  }

 private:
  static std::string first_detail(const TestFailure& failure) { return failure.details.empty() ? "" : failure.details.front(); }

  PipelineTest test_of(const Plan& plan) const {
    PipelineTest test;
    test.name = request_.name;
    test.start = (std::int64_t{day_} + 1) * microseconds_per_day;
    for (const Sample& sample : samples_) {
      RecordsStep step{sample.source->source + "/0", {}};
      for (const std::string& record : sample.records) {
        step.records.emplace_back().value = record;
        step.records.back().offset = static_cast<std::int64_t>(step.records.size()) - 1;
      }
      test.steps.emplace_back(std::move(step));
    }
    for (const PlanNode& node : plan.nodes) {
      if (const auto* scan = std::get_if<ScanNode>(&node.operation)) test.splits.push_back(scan->source + "/0");
    }
    std::sort(test.splits.begin(), test.splits.end());
    return test;
  }

  Config draft_of(const Plan& plan, const std::vector<TestedTable>& tables) const {
    Config steps = list_setting();
    for (const Sample& sample : samples_) {
      Config rows = list_setting();
      for (std::size_t i = 0; i < sample.records.size(); ++i) std::get<Config::List>(rows.value).push_back(record_setting(sample, i, day_));
      Config step = map_setting();
      add_setting(step, sample.source->source, std::move(rows));
      std::get<Config::List>(steps.value).push_back(std::move(step));
    }
    Config expected = map_setting();
    for (std::size_t i = 0; i < plan.sinks.size(); ++i) add_setting(expected, plan.sinks[i].table.sink, rows_setting(tables[i], day_));
    if (auto rejects = rejects_setting(tables[plan.sinks.size()], day_)) add_setting(expected, "rejects", *std::move(rejects));
    add_setting(expected, "ledger", ledger_setting(tables.back(), day_));
    Config test = map_setting();
    add_setting(test, "name", text_setting(request_.name));
    if (day_ != usual_day) add_setting(test, "start", text_setting(date_to_string(day_)));
    add_setting(test, "steps", std::move(steps));
    add_setting(test, "expect", std::move(expected));
    return test;
  }

  Status write(const Config& draft) const {
    WEIR_ASSIGN(const std::string text, read_text_file(file_.path(), largest_sample));
    WEIR_ASSIGN(const std::string with, with_test(file_.path(), text, draft));
    std::ofstream out(file_.path(), std::ios::binary | std::ios::trunc);
    out << with;
    out.close();
    if (!out) return Error{ErrorKind::usage, "cannot be written: " + file_.path()};
    fmt::print("{}: test '{}' is new\n", file_.path(), request_.name);
    return {};
  }

  PipelineFile& file_;
  const RecordRequest& request_;
  std::vector<Sample> samples_;
  std::int32_t day_ = usual_day;
};

}  // namespace

int record_test(PipelineFile& file, const RecordRequest& request) {
  if (request.inputs.empty()) return report(Error{ErrorKind::usage, "--record wants records: --input SOURCE=FILE"});
  const auto plan = file.compile_for_tests();
  if (plan == nullptr) return file.exit_code();
  const auto& tests = file.tests();
  if (std::any_of(tests.begin(), tests.end(), [&](const PipelineTest& test) { return test.name == request.name; }))
    return report(Error{ErrorKind::usage, fmt::format("there is a test '{}' already", request.name)}.with_hint("give it another name: --name NAME"));
  const Status recorded = Recording(file, request).run(*plan);
  return recorded.ok() ? exit_done : report(recorded.error());
}

}  // namespace weir
