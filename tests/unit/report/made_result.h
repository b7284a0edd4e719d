// made_result.h — reports and results as tests write them down.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/report/answer.h"

namespace weir::testing {

inline const std::optional<std::string> null_cell;

/// "amount:number" is a column of numbers, "name" one of texts.
inline QueryResult result_of(const std::vector<std::string>& columns, std::vector<std::vector<std::optional<std::string>>> rows) {
  QueryResult result;
  for (const std::string& column : columns) {
    const auto colon = column.find(':');
    const bool is_number = colon != std::string::npos;
    result.columns.push_back({column.substr(0, colon), is_number ? "numeric" : "text", is_number ? QueryColumn::Kind::number : QueryColumn::Kind::text});
  }
  result.rows = std::move(rows);
  return result;
}

inline Report report_of(ChartKind chart, std::optional<std::string> x = std::nullopt, const std::vector<std::string>& y = {}) {
  Report report;
  report.name = "sales";
  report.title = "Sales <of> \"all\" & more";
  report.chart = chart;
  if (x) report.x = ReportColumn{*x, {}};
  for (const std::string& column : y) report.y.push_back({column, {}});
  return report;
}

}  // namespace weir::testing
