// test_run.h — runs one test of a pipeline, in several ways that must not differ.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/plan/pipeline_test.h"
#include "engine/testing/tested_table.h"

namespace weir {

struct TestResult {
  std::vector<TestFailure> failures;  // of the first way that has any
  std::string way;                    // which that is: "as written", ...
  /// What stood at the end, as written: the sinks in the order of the plan, then rejects and ledger.
  std::vector<TestedTable> tables;
  bool passed() const { return failures.empty(); }
};

/// The real job on parts in memory: as written, in one-row chunks, with several workers, and restarted after every row. Nobody else may run
/// `plan` meanwhile.
TestResult run_test(const Plan& plan, const PipelineTest& test);

/// Runs it once, as written, for the sake of what the outlets of sinks see that stand behind the first `own_sinks`: these are the plan's own.
Status walk_once(const Plan& plan, std::size_t own_sinks, const PipelineTest& test);

}  // namespace weir
