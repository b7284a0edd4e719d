// report_check.cpp — lets databases prepare the SQL of reports.
#include "engine/cli/report_check.h"

#include <algorithm>
#include <cctype>

#include "engine/base/source_lines.h"
#include "engine/component/row_keys.h"
#include "engine/report/answer.h"
#include "engine/report/chart.h"

namespace weir {
namespace {

std::string last_part(std::string name) {
  std::erase_if(name, [](char c) { return c == '"' || c == '`' || c == '[' || c == ']'; });
  const auto dot = name.rfind('.');
  return dot == std::string::npos ? name : name.substr(dot + 1);
}

/// The table that a database does not know: Postgres says where it stands, SQLite says it last.
std::string missing_table(const Error& error) {
  const Location& where = error.where();
  const std::string_view line = where.is_known() ? line_of(where) : std::string_view();
  const std::string said = error.message().substr(error.message().rfind(' ') + 1);
  if (error.message().starts_with("no such table: ") || where.column == 0 || where.column > line.size()) return last_part(said);
  return last_part(std::string(line.substr(where.column - 1, where.length)));
}

bool is_same_name(const std::string& a, const std::string& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char c, unsigned char d) { return std::tolower(c) == std::tolower(d); });
}

}  // namespace

Status ReportCheck::check(const Report& report) {
  if (const auto failed = failed_.find(report.connection); failed != failed_.end()) return failed->second;
  auto& connection = open_[report.connection];
  if (connection == nullptr) {
    const ReadOnlyStore* store = read_only_store(*plan_.connections[report.connection].definition);
    WEIR_CHECK(store != nullptr, "reports are of stores that answer them");
    auto opened = store->open_read_only(patience_);
    if (!opened.ok()) return failed_.emplace(report.connection, std::move(opened).error()).first->second;
    connection = std::move(opened).value();
  }
  WEIR_ASSIGN(const QueryResult shape, connection->prepare(report.statement));
  WEIR_TRY(check_column_names(report, shape));
  return report.chart == ChartKind::table ? Status() : chart_columns(report, shape).status();
}

bool ReportCheck::is_for_later(const Error& error) const {
  if (error.mistake() != "W0805") return false;
  if (!error.where().is_known()) return true;  // the database itself is yet to be made
  const std::string missing = missing_table(error);
  return std::any_of(plan_.sinks.begin(), plan_.sinks.end(), [&](const SinkNode& sink) { return sink.outlet == nullptr && is_same_name(split_table_name(sink.table.table).table, missing); });
}

}  // namespace weir
