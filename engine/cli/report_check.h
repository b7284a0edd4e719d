// report_check.h — whether the database understands what the reports of a pipeline ask, without asking it.
#pragma once

#include <map>
#include <memory>

#include "engine/plan/report.h"

namespace weir {

/// For one plan, which outlives it. One thread.
class ReportCheck {
 public:
  ReportCheck(const Plan& plan, std::chrono::milliseconds patience) : plan_(plan), patience_(patience) {}

  /// Also whether the columns are there that a chart names.
  Status check(const Report& report);
  /// Whether the report reads a table of the plan's sinks that has not been made yet: that is no mistake.
  bool is_for_later(const Error& error) const;

 private:
  const Plan& plan_;
  const std::chrono::milliseconds patience_;
  // By index of the plan's connection.
  std::map<std::size_t, std::unique_ptr<ReadOnlyConnection>> open_;
  std::map<std::size_t, Error> failed_;  // to open: it is tried once
};

}  // namespace weir
