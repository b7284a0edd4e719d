// test_report.h — the results of tests as people and other programs read them.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "engine/testing/coverage.h"
#include "engine/testing/test_run.h"

namespace weir {

/// Lines go to stdout as tests end; what failed is told once more, with reasons, in the summary. One thread.
class TestReport {
 public:
  void begin_file(const std::string& path, std::size_t tests);
  void add(const PipelineTest& test, const TestResult& result, std::chrono::steady_clock::duration time);
  void add_coverage(const std::string& path, const std::vector<CoveredPlace>& places);
  void print_summary() const;
  /// In the form that CI servers read: a testsuite for each file.
  Status write_junit(const std::string& path) const;

  bool has_failed() const;
  std::size_t count() const { return outcomes_.size(); }

 private:
  struct Outcome {
    std::string file, name;
    std::string failure;  // empty: it passed
    double seconds;
  };
  std::vector<std::string> files_;
  std::vector<Outcome> outcomes_;
  std::string coverage_;
};

}  // namespace weir
