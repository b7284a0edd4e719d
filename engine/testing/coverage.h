// coverage.h — which parts of a pipeline its tests bring rows to.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/plan/pipeline_test.h"
#include "engine/testing/tested_table.h"

namespace weir {

/// A part that rows come to, or not: a source, a step, one of the two ways through a condition, a branch of a CASE, a function, a sink.
struct CoveredPlace {
  std::string kind;   // "source", "step", "condition", "branch", "function", "sink"
  std::string text;   // "stream large: where amount > 100 keeps a row"
  Location where;     // where it is known
  std::int64_t rows = 0;
};

/// Runs tests once more, on a plan with a counter at every part. One thread.
class Coverage {
 public:
  /// `plan` must outlive it.
  explicit Coverage(const Plan& plan);
  ~Coverage();
  Coverage(Coverage&&) noexcept;

  /// Counts the rows of a test that has passed.
  Status add(const PipelineTest& test);
  std::vector<CoveredPlace> places() const;

 private:
  struct Counters;
  std::unique_ptr<Counters> counters_;
};

}  // namespace weir
