// pipeline_test.h — a test of a pipeline, checked against its plan: what comes in, what happens meanwhile, and what must stand then.
//
// Tests are beside the plan, not in it: they decide nothing of what a pipeline does.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/duration.h"
#include "engine/plan/plan.h"

namespace weir {

/// A record as it would come from outside, in the bytes of its source's format.
struct TestRecord {
  std::optional<std::string> value;        // nothing: a tombstone
  std::optional<std::string> key;
  std::optional<std::int64_t> offset;      // nothing: one more than that of the record before it
  std::optional<std::int64_t> timestamp;   // nothing: what the clock says
  std::string headers;                     // a JSON object, or empty
  Location where;
};

struct RecordsStep {
  std::string split;  // "purchases/0": the source's name and a partition
  std::vector<TestRecord> records;
};
/// The clock goes on.
struct AdvanceStep {
  Duration by{};
};
/// The broker has no more in these splits, until records come.
struct IdleStep {
  std::vector<std::string> splits;
};
struct CrashStep {
  bool is_after_commit = false;  // of the next commit, when the process dies
  Location where;
};
struct RestartStep {};

/// A value that is compared; `column` is of the table it is expected in.
struct ExpectedCell {
  std::size_t column;
  Value value;
  Location where;
};
struct ExpectedRow {
  std::vector<ExpectedCell> cells;
  Location where;
};
/// All rows of one table, in any order.
struct ExpectedTable {
  enum class Kind : std::uint8_t { sink, rejects, ledger };
  Kind kind = Kind::sink;
  std::size_t sink = 0;              // index into Plan::sinks, of Kind::sink
  std::optional<std::size_t> count;  // nothing else is asked
  std::vector<ExpectedRow> rows;     // of the ledger: what every line has that is of their `sink`
  Location where;
};
struct ExpectStep {
  std::vector<ExpectedTable> tables;
};

using TestStep = std::variant<RecordsStep, AdvanceStep, IdleStep, CrashStep, RestartStep, ExpectStep>;

/// What a lookup table holds, in place of what it would be read from.
struct GivenTable {
  std::size_t table;  // index into Plan::tables
  std::shared_ptr<const LookupDefinition> definition;
};

struct PipelineTest {
  std::string name;
  Location where;                   // of the name
  std::int64_t start = 0;           // what the clock says in the beginning
  std::vector<std::string> splits;  // of all sources; there from the beginning
  std::vector<GivenTable> given;
  std::vector<TestStep> steps;
  ExpectStep expected;              // when the pipeline has ended
};

/// The columns of expected rejects, and of expected lines of the ledger: a line per sink.
const Schema& reject_columns();
const Schema& ledger_columns();

}  // namespace weir
