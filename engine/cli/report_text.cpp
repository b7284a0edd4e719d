// report_text.cpp — results of reports for people at a terminal.
#include "engine/cli/report_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "connectors/console/terminal_text.h"
#include "engine/report/chart.h"

namespace weir {
namespace {

constexpr std::size_t widest_cell = 60, least_bar = 10, longest_bar = 40;

struct Cell {
  std::string text;
  std::size_t width = 0;
};

Cell cell_of(const std::optional<std::string>& text) {
  Cell cell;
  cell.width = append_terminal_text(text.value_or("NULL"), widest_cell, cell.text);
  return cell;
}

std::string safe(const std::string& text) {
  std::string result;
  append_terminal_text(text, 0, result);
  return result;
}

/// Eighths of a block, from the left.
std::string bar(double share, std::size_t length) {
  static const char* const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<std::size_t>(std::lround(share * static_cast<double>(length) * 8));
  std::string text;
  for (std::size_t i = 0; i < eighths / 8; ++i) text += "█";
  return text + parts[eighths % 8];
}

class TableText {
 public:
  explicit TableText(const QueryResult& result) : result_(result) {
    for (const QueryColumn& column : result.columns) header_.push_back(cell_of(column.name));
    for (const Cell& cell : header_) widths_.push_back(cell.width);
    for (const auto& row : result.rows) {
      rows_.emplace_back();
      for (std::size_t column = 0; column < row.size(); ++column) {
        rows_.back().push_back(cell_of(row[column]));
        widths_[column] = std::max(widths_[column], rows_.back().back().width);
      }
    }
  }

  std::size_t width() const {
    std::size_t sum = 0;
    for (const std::size_t one : widths_) sum += one + 2;
    return sum;
  }

  /// `bars`: what stands behind each row; or empty.
  std::string text(const std::vector<std::string>& bars) const {
    std::string text = line(header_, "");
    for (std::size_t row = 0; row < rows_.size(); ++row) text += line(rows_[row], bars.empty() ? "" : bars[row]);
    return text;
  }

 private:
  std::string line(const std::vector<Cell>& cells, const std::string& bar) const {
    std::string line;
    for (std::size_t column = 0; column < cells.size(); ++column) {
      const std::string gap(widths_[column] - cells[column].width, ' ');
      const bool is_right = result_.columns[column].kind == QueryColumn::Kind::number;
      line += (column == 0 ? "" : "  ") + (is_right ? gap + cells[column].text : cells[column].text + gap);
    }
    line += bar.empty() ? "" : "  " + bar;
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
  }

  const QueryResult& result_;
  std::vector<Cell> header_;
  std::vector<std::vector<Cell>> rows_;
  std::vector<std::size_t> widths_;
};

/// Of the first column that the chart draws; negative ones to the left of a line.
std::vector<std::string> bars_of(const QueryResult& result, std::size_t column, std::size_t room) {
  double lowest = 0, highest = 0;
  for (const auto& row : result.rows) {
    const double value = number_in(row[column]).value_or(0);
    lowest = std::min(lowest, value);
    highest = std::max(highest, value);
  }
  const double range = highest - lowest;
  const auto left = range > 0 ? static_cast<std::size_t>(std::lround(-lowest / range * static_cast<double>(room))) : 0;
  std::vector<std::string> bars;
  for (const auto& row : result.rows) {
    const double value = number_in(row[column]).value_or(0);
    const auto back = value < 0 && left > 0 ? static_cast<std::size_t>(std::lround(value / lowest * static_cast<double>(left))) : 0;
    std::string text = std::string(left - back, ' ');
    for (std::size_t i = 0; i < back; ++i) text += "░";
    bars.push_back(text + (value > 0 ? bar(value / highest, room - left) : ""));
  }
  return bars;
}

std::string number_text(const Report& report, const QueryResult& result) {
  Result<ChartColumns> columns = chart_columns(report, result);
  if (!columns.ok() || result.rows.empty()) return "no rows\n";
  std::string text;
  append_terminal_text(result.rows.front()[columns->y.front()].value_or("NULL"), 0, text);
  return text + "\n";
}

std::string body(const ReportAnswer& answer, std::size_t width) {
  const QueryResult& result = answer.result;
  if (answer.report->chart == ChartKind::number) return number_text(*answer.report, result);
  const TableText table(result);
  std::vector<std::string> bars;
  if (answer.report->chart == ChartKind::bar && !result.rows.empty()) {
    const Result<ChartColumns> columns = chart_columns(*answer.report, result);
    const std::size_t room = width > table.width() + least_bar ? std::min(width - table.width() - 1, longest_bar) : least_bar;
    if (columns.ok()) bars = bars_of(result, columns->y.front(), room);
  }
  return table.text(bars) + (result.rows.empty() ? "no rows\n" : "");
}

}  // namespace

std::string report_text(const ReportAnswer& answer, std::size_t width) {
  const Report& report = *answer.report;
  std::string text = safe(report.title);
  std::string parameters;
  for (const QueryParameter& one : answer.parameters) parameters += fmt::format("{}{} = {}", parameters.empty() ? "" : ", ", one.name, one.value.kind == QueryValue::Kind::null ? "NULL" : safe(one.value.text));
  if (!parameters.empty()) text += " (" + parameters + ")";
  text += "\n";
  if (answer.error) return text + "failed\n";
  text += body(answer, width);
  if (answer.result.is_cut) text += fmt::format("the first {} rows; there are more\n", answer.result.rows.size());
  return text;
}

}  // namespace weir
