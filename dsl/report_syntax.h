// report_syntax.h — reports of a pipeline as their file says them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dsl/name.h"
#include "engine/component/config.h"
#include "engine/plan/report.h"

namespace weir {

struct ReportParameterSyntax {
  Name name;
  QueryValue value;
};

struct ReportSyntax {
  Name name;
  std::string sql;       // without the blanks around it; empty after reporting
  Location sql_where;    // of its first character
  ChartKind chart = ChartKind::table;
  Location chart_where;  // of the report's name where none is said
  std::optional<Name> x;
  std::vector<Name> y;
  std::optional<Name> connection;
  std::string title, description;
  std::vector<ReportParameterSyntax> parameters;
  bool has_wrong_parameters = false;  // which have been reported
};

}  // namespace weir
