// test_run.cpp — walks through the steps of a test, once for each way to run it.
#include "engine/testing/test_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "engine/testing/live_job.h"

namespace weir {
namespace {

struct TestWay {
  const char* name;
  std::size_t chunk_rows;
  std::size_t workers;
  bool is_row_by_row = false;  // rows are shown one after the other, and each is committed alone,
  bool restarts = false;       // and after each the job ends and begins again
};

constexpr std::size_t most_pauses = 64;  // of a test with more rows, several are shown at once

constexpr TestWay ways[] = {{"as written", 1024, 1}, {"in one-row chunks", 1, 1, true}, {"with several workers", 2, 4}, {"restarted after every row", 1, 1, true, true}};

JobOptions options_of(const TestWay& way) {
  JobOptions options{.workers = way.workers, .writers = 1};
  options.chunk_rows = way.chunk_rows;
  options.retry_pause = std::chrono::milliseconds(1);
  if (way.is_row_by_row) options.epoch_rows = 1;
  return options;
}

TestFailure failure_of(const Error& error, const Location& where) {
  TestFailure failure{where, error.message(), {}};
  if (!error.hint().empty()) failure.details.push_back(error.hint());
  return failure;
}

std::int32_t partition_of(const std::string& split) {
  std::int32_t partition = 0;
  std::from_chars(split.data() + std::min(split.rfind('/') + 1, split.size()), split.data() + split.size(), partition);
  return partition;
}

Value text_value(const std::optional<std::string>& text) {
  if (!text) return {string_type, {}};
  return {string_type, *text};
}

/// One test, one way.
class TestWalk {
 public:
  TestWalk(const Plan& plan, std::size_t own_sinks, const PipelineTest& test, const TestWay& way)
      : plan_(plan), test_(test), way_(way), parts_(plan, own_sinks), clock_(test.start), job_(plan_in_memory(plan, parts_, test.given), parts_, clock_, options_of(way)) {
    parts_.database->writers = 1;
    parts_.script->gate = std::make_shared<ScriptGate>();
    write_script();
  }

  std::vector<TestFailure> run() {
    if (const Status walked = walk(); !walked.ok()) failures_.push_back(failure_of(walked.error(), test_.where));
    if (failures_.empty() && parts_.database->next_death)
      failures_.push_back({crash_, "the process was to crash at the next commit, and nothing was committed after this", {}});
    if (failures_.empty()) look(test_.expected);
    return std::move(failures_);
  }

  /// All steps, or those up to the first at which something is not as expected.
  Status walk() {
    for (const TestStep& step : test_.steps) {
      WEIR_TRY(std::visit([&](const auto& one) { return take(one); }, step));
      if (!failures_.empty()) return {};
    }
    return job_.finish();
  }

  std::vector<TestedTable> tables() {
    std::vector<TestedTable> all;
    for (std::size_t sink = 0; sink < plan_.sinks.size(); ++sink) all.push_back(sink_table(sink));
    all.push_back(rejects());
    all.push_back(ledger());
    return all;
  }

 private:
  // The clock as it will stand at each step.
  void write_script() {
    std::int64_t now = test_.start;
    for (const std::string& split : test_.splits) {
      parts_.script->records[split];
      parts_.script->gate->show(split, 0);
    }
    for (const TestStep& step : test_.steps) {
      if (const auto* advance = std::get_if<AdvanceStep>(&step)) now += advance->by.count();
      const auto* rows = std::get_if<RecordsStep>(&step);
      if (rows == nullptr) continue;
      for (const TestRecord& record : rows->records) {
        ScriptedRecord scripted;
        scripted.value = record.value;
        scripted.key = record.key;
        scripted.offset = record.offset;
        scripted.timestamp = record.timestamp.value_or(now);
        scripted.headers = record.headers;
        parts_.script->records[rows->split].push_back(std::move(scripted));
      }
    }
  }

  Status take(const RecordsStep& step) {
    std::size_t& shown = shown_[step.split];
    const std::size_t end = shown + step.records.size();
    while (shown < end) {
      shown = way_.is_row_by_row ? std::min(end, shown + rows_at_once()) : end;
      parts_.script->gate->show(step.split, shown);
      WEIR_TRY(job_.settle());
      if (way_.restarts && !has_idle_splits()) WEIR_TRY(job_.restart());
    }
    return job_.settle();
  }
  Status take(const AdvanceStep& step) {
    WEIR_TRY(job_.settle());
    clock_.advance(step.by);
    return job_.look_at_clock();
  }
  Status take(const IdleStep& step) {
    WEIR_TRY(job_.settle());
    for (const std::string& split : step.splits) parts_.script->gate->say_end(split);
    return job_.look_at_clock();
  }
  Status take(const CrashStep& step) {
    WEIR_TRY(job_.settle());
    const std::scoped_lock lock(parts_.database->mutex);
    parts_.database->next_death = step.is_after_commit ? Death::after_commit : Death::before_commit;
    crash_ = step.where;
    return {};
  }
  Status take(const RestartStep&) { return job_.restart(); }
  Status take(const ExpectStep& step) {
    WEIR_TRY(job_.settle());
    look(step);
    return {};
  }

  std::size_t rows_at_once() const {
    std::size_t rows = 0;
    for (const auto& [split, records] : parts_.script->records) rows += records.size();
    return 1 + rows / most_pauses;
  }

  // A process that begins anew has to wait for idle_after once more, and so would see another time.
  bool has_idle_splits() const {
    return std::any_of(test_.splits.begin(), test_.splits.end(), [&](const std::string& split) { return parts_.script->gate->is_at_end(split); });
  }

  void look(const ExpectStep& step) {
    for (const ExpectedTable& expected : step.tables) {
      if (auto failure = compare(expected, table_of(expected))) failures_.push_back(*std::move(failure));
    }
    if (failures_.empty()) return;
    // What was rejected is the likely cause of what is missing.
    const bool is_about_rejects = std::any_of(step.tables.begin(), step.tables.end(), [](const ExpectedTable& table) { return table.kind == ExpectedTable::Kind::rejects; });
    const TestedTable rejected = rejects();
    if (is_about_rejects || rejected.rows.empty()) return;
    for (std::size_t i = 0; i < std::min<std::size_t>(rejected.rows.size(), 5); ++i)
      failures_.back().details.push_back(fmt::format("rejected {}: {}", to_text(rejected.rows[i][2]), to_text(rejected.rows[i][3])));
  }

  TestedTable table_of(const ExpectedTable& expected) {
    if (expected.kind == ExpectedTable::Kind::rejects) return rejects();
    return expected.kind == ExpectedTable::Kind::ledger ? ledger() : sink_table(expected.sink);
  }

  TestedTable sink_table(std::size_t sink) {
    const SinkTable& table = plan_.sinks[sink].table;
    TestedTable tested{"sink " + table.sink, table.schema, table.key, {}};
    if (parts_.screens[sink] != nullptr) {
      tested.rows = parts_.screens[sink]->latest();
    } else {
      const std::scoped_lock lock(parts_.database->mutex);
      const auto found = parts_.database->tables.find(table.table);
      if (found != parts_.database->tables.end()) tested.rows = found->second.values();
    }
    return tested;
  }

  TestedTable rejects() {
    TestedTable tested{"rejects", reject_columns(), {}, {}};
    const std::scoped_lock lock(parts_.database->mutex);
    for (const RejectedRow& row : parts_.database->rejects) {
      tested.rows.push_back({text_value(row.source), text_value(row.sink), text_value(row.reason), text_value(row.message), text_value(row.payload), text_value(row.key),
                             Value{int32_type, partition_of(row.split)}, Value{int64_type, row.offset}, text_value(row.part)});
    }
    return tested;
  }

  TestedTable ledger() {
    std::map<std::string, LedgerLine> totals;
    for (const SinkNode& sink : plan_.sinks) totals[sink.table.sink];
    {
      const std::scoped_lock lock(parts_.database->mutex);
      for (const LedgerLine& line : parts_.database->ledger) {
        LedgerLine& total = totals[line.sink];
        for (const auto count : {&LedgerLine::read, &LedgerLine::expanded, &LedgerLine::written, &LedgerLine::duplicates, &LedgerLine::filtered, &LedgerLine::absorbed,
                                 &LedgerLine::late, &LedgerLine::rejected})
          total.*count += line.*count;
      }
    }
    TestedTable tested{"the ledger", ledger_columns(), {0}, {}};
    for (const auto& [sink, total] : totals) {
      RowOfValues& row = tested.rows.emplace_back(RowOfValues{text_value(sink)});
      for (const std::int64_t count : {total.read, total.expanded, total.written, total.duplicates, total.filtered, total.absorbed, total.late, total.rejected})
        row.push_back(Value{int64_type, count});
    }
    return tested;
  }

  const Plan& plan_;
  const PipelineTest& test_;
  const TestWay& way_;
  const PartsInMemory parts_;
  ManualClock clock_;
  LiveJob job_;
  std::map<std::string, std::size_t> shown_;  // by split
  Location crash_;
  std::vector<TestFailure> failures_;
};

// An outlet without a key is given every change of a group, and how many there are depends on how rows come.
bool depends_on_chunks(const Plan& plan, std::size_t table) {
  if (table >= plan.sinks.size()) return false;
  const SinkNode& sink = plan.sinks[table];
  return sink.outlet != nullptr && sink.table.key.empty() && aggregate_above(plan.nodes, sink.input).has_value();
}

// Whether a key came twice or was there is a matter of chunks, and so is the sentence that says it.
TestedTable without_messages(TestedTable rejects) {
  const std::size_t message = *reject_columns().index_of("message");
  for (RowOfValues& row : rejects.rows) row[message] = text_value("");
  return rejects;
}

std::vector<TestFailure> compare_ways(const Plan& plan, const PipelineTest& test, const std::vector<TestedTable>& first, const std::vector<TestedTable>& other) {
  std::vector<TestFailure> failures;
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (depends_on_chunks(plan, i)) continue;
    const bool is_of_rejects = i == plan.sinks.size();
    std::vector<std::string> lines = is_of_rejects ? differences(without_messages(first[i]), without_messages(other[i])) : differences(first[i], other[i]);
    if (!lines.empty()) failures.push_back({test.where, first[i].name + ": other rows came out than as written", std::move(lines)});
  }
  return failures;
}

}  // namespace

Status walk_once(const Plan& plan, std::size_t own_sinks, const PipelineTest& test) { return TestWalk(plan, own_sinks, test, ways[0]).walk(); }

TestResult run_test(const Plan& plan, const PipelineTest& test) {
  TestResult result;
  for (const TestWay& way : ways) {
    TestWalk walk(plan, plan.sinks.size(), test, way);
    result.way = way.name;
    result.failures = walk.run();
    std::vector<TestedTable> tables = walk.tables();
    if (&way == ways) {
      result.tables = std::move(tables);
    } else if (result.passed()) {
      result.failures = compare_ways(plan, test, result.tables, tables);
    }
    if (!result.passed()) return result;
  }
  return result;
}

}  // namespace weir
