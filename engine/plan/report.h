// report.h — a report of a pipeline file: SQL over the tables of its sinks, and how the result is drawn.
//
// Reports are beside the plan, not in it: they decide nothing of what a pipeline does.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/component/read_only_store.h"
#include "engine/plan/plan.h"

namespace weir {

enum class ChartKind : std::uint8_t { table, bar, line, pie, number };
/// "table", "bar", ...: in the order of ChartKind.
const std::vector<std::string>& chart_names();
inline const std::string& to_string(ChartKind chart) { return chart_names()[static_cast<std::size_t>(chart)]; }

/// A column of the result, by its name.
struct ReportColumn {
  std::string name;
  Location where;
};

struct Report {
  std::string name;
  Location where;                 // of the name
  std::string title;              // the name where none is said
  std::string description;
  ChartKind chart = ChartKind::table;
  std::optional<ReportColumn> x;  // not said: the first column
  std::vector<ReportColumn> y;    // none said: the numbers behind it
  std::size_t connection = 0;     // index into Plan::connections
  ReadOnlyStatement statement;    // its parameters have their default values
};

/// As explain() without them, with the reports behind the rest. A dot has no place for them.
Result<std::string> explain(const Plan& plan, std::span<const Report> reports, ExplainFormat format);

}  // namespace weir
