// test_syntax.h — tests of a pipeline as their file says them, before the plan is asked what their names and values mean.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/duration.h"
#include "engine/component/config.h"

namespace weir {

/// "purchases", or "purchases[1]".
struct SplitName {
  std::string source;
  std::optional<std::uint32_t> partition;
  Location where;
};

/// Rows of a source or a table: a map of a row's columns; of a source also the text of a record, or nothing, which is a tombstone.
struct TestRowsSyntax {
  SplitName of;
  std::vector<Config> rows;
};
struct TestAdvanceSyntax {
  Duration by{};
};
struct TestIdleSyntax {
  SplitName split;
};
struct TestCrashSyntax {
  bool is_after_commit = false;
  Location where;
};
struct TestRestartSyntax {};
/// Rows of a sink, of the rejects or of the ledger: either of these.
struct ExpectedSyntax {
  std::string of;
  Location where;
  std::vector<Config> rows;
  std::optional<std::size_t> count;
};
struct TestExpectSyntax {
  std::vector<ExpectedSyntax> tables;
};
using TestStepSyntax = std::variant<TestRowsSyntax, TestAdvanceSyntax, TestIdleSyntax, TestCrashSyntax, TestRestartSyntax, TestExpectSyntax>;

struct TestSyntax {
  std::string name;
  Location where;
  std::optional<Config> start;
  std::vector<TestRowsSyntax> given;
  std::vector<TestStepSyntax> steps;
  TestExpectSyntax expected;
};

}  // namespace weir
