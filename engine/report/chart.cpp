// chart.cpp — takes the columns of a chart out of a result, and as much of its rows as can be seen.
#include "engine/report/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "engine/data/calendar.h"
#include "engine/plan/builder_messages.h"

namespace weir {
namespace {

std::vector<std::string> names_of(const QueryResult& result) {
  std::vector<std::string> names;
  for (const QueryColumn& column : result.columns) names.push_back(column.name);
  return names;
}

Result<std::size_t> find_column(const Report& report, const ReportColumn& wanted, const char* axis, const QueryResult& result) {
  const std::vector<std::string> names = names_of(result);
  const auto found = std::find(names.begin(), names.end(), wanted.name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  return unknown("W1107", fmt::format("column for {} of report {}", axis, report.name), wanted.name, names, wanted.where);
}

/// A word that databases write for numbers that are not finite.
bool is_not_finite(const std::string& text) {
  return text == "NaN" || text == "Infinity" || text == "-Infinity" || text == "Inf" || text == "-Inf";
}

bool holds_numbers(const QueryResult& result, std::size_t column) {
  if (result.columns[column].kind == QueryColumn::Kind::number) return true;
  bool has_any = false;
  for (const auto& row : result.rows) {
    if (!row[column]) continue;
    has_any = true;
    if (!number_in(row[column]) && !is_not_finite(*row[column])) return false;
  }
  return has_any;
}

Error no_numbers(const Report& report, const std::string& column, const Location& where) {
  return Error{ErrorKind::user, column.empty() ? fmt::format("the result of report {} has no numbers to draw", report.name) : fmt::format("column {} of report {} holds no numbers, and cannot be drawn", column, report.name), where}
      .as("W1107")
      .with_hint(column.empty() ? "chart: table shows what is there" : "y names columns of numbers");
}

class ChartMaker {
 public:
  ChartMaker(const Report& report, const QueryResult& result, ChartColumns columns) : report_(report), result_(result), columns_(std::move(columns)) {}

  Chart run() {
    chart_.kind = report_.chart;
    order_.resize(result_.rows.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    if (columns_.x) chart_.x_name = result_.columns[*columns_.x].name;
    if (report_.chart == ChartKind::line) place_points();
    if (report_.chart == ChartKind::pie) leave_out_what_has_no_slice();
    for (const std::size_t column : columns_.y) take_series(column);
    take_labels();
    if (report_.chart == ChartKind::bar || report_.chart == ChartKind::pie) keep_largest();
    if (report_.chart == ChartKind::line) thin_out();
    note_gaps();
    return std::move(chart_);
  }

 private:
  const std::optional<std::string>& cell(std::size_t row, std::size_t column) const { return result_.rows[row][column]; }

  // Along numbers and times points stand where they belong, else one beside the other.
  void place_points() {
    const std::size_t x = *columns_.x;
    std::vector<std::optional<double>> numbers, times;
    for (const std::size_t row : order_) {
      const auto& text = cell(row, x);
      const auto time = text ? parse_timestamp(*text) : std::nullopt;
      times.push_back(time ? std::optional(static_cast<double>(*time)) : std::nullopt);
      numbers.push_back(number_in(text));
    }
    const auto fits = [&](const std::vector<std::optional<double>>& places) {
      return !order_.empty() && std::all_of(order_.begin(), order_.end(), [&](std::size_t row) { return places[row] || !cell(row, x); }) &&
             std::any_of(places.begin(), places.end(), [](const auto& one) { return one.has_value(); });
    };
    const bool are_numbers = fits(numbers);
    if (!are_numbers && !fits(times)) return;
    const auto& places = are_numbers ? numbers : times;
    chart_.axis = are_numbers ? Chart::Axis::numbers : Chart::Axis::times;
    std::erase_if(order_, [&](std::size_t row) { return !places[row]; });
    if (order_.size() != result_.rows.size()) chart_.notes.push_back(fmt::format("{} without {} are not drawn.", rows(result_.rows.size() - order_.size()), chart_.x_name));
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return *places[a] < *places[b]; });
    for (const std::size_t row : order_) chart_.places.push_back(*places[row]);
  }

  static std::string rows(std::size_t count) { return fmt::format("{} row{}", count, count == 1 ? "" : "s"); }

  void leave_out_what_has_no_slice() {
    const std::size_t before = order_.size();
    std::erase_if(order_, [&](std::size_t row) { return number_in(cell(row, columns_.y.front())).value_or(0) <= 0; });
    if (order_.size() != before) chart_.notes.push_back(fmt::format("{} whose {} is not more than 0 have no slice.", rows(before - order_.size()), result_.columns[columns_.y.front()].name));
  }

  void take_series(std::size_t column) {
    ChartSeries series;
    series.name = result_.columns[column].name;
    for (const std::size_t row : order_) {
      series.values.push_back(number_in(cell(row, column)));
      series.texts.push_back(cell(row, column).value_or("NULL"));
    }
    chart_.series.push_back(std::move(series));
  }

  void take_labels() {
    for (const std::size_t row : order_) chart_.labels.push_back(columns_.x ? cell(row, *columns_.x).value_or("NULL") : "");
  }

  double weight(std::size_t point) const {
    double sum = 0;
    for (const ChartSeries& series : chart_.series) sum += std::abs(series.values[point].value_or(0));
    return sum;
  }

  void keep_largest() {
    const std::size_t count = chart_.labels.size();
    if (count <= most_bars) return;
    std::vector<std::size_t> by_weight(count);
    std::iota(by_weight.begin(), by_weight.end(), std::size_t{0});
    std::stable_sort(by_weight.begin(), by_weight.end(), [&](std::size_t a, std::size_t b) { return weight(a) > weight(b); });
    std::vector<bool> is_kept(count, false);
    for (std::size_t i = 0; i < most_bars; ++i) is_kept[by_weight[i]] = true;
    std::vector<double> others(chart_.series.size(), 0);
    for (std::size_t point = 0; point < count; ++point) {
      for (std::size_t s = 0; !is_kept[point] && s < chart_.series.size(); ++s) others[s] += chart_.series[s].values[point].value_or(0);
    }
    keep(is_kept);
    chart_.labels.push_back("others");
    for (std::size_t s = 0; s < chart_.series.size(); ++s) {
      chart_.series[s].values.emplace_back(others[s]);
      chart_.series[s].texts.push_back(fmt::format("{:.15g}", others[s]));
    }
    chart_.notes.push_back(fmt::format("The largest {} of {} are drawn; the other {} are added up as others.", most_bars, rows(count), count - most_bars));
  }

  void keep(const std::vector<bool>& is_kept) {
    const auto only_kept = [&](auto& list) {
      std::size_t to = 0;
      for (std::size_t from = 0; from < list.size(); ++from) {
        if (!is_kept[from]) continue;
        if (to != from) list[to] = std::move(list[from]);
        ++to;
      }
      list.resize(to);
    };
    only_kept(chart_.labels);
    only_kept(chart_.places);
    for (ChartSeries& series : chart_.series) {
      only_kept(series.values);
      only_kept(series.texts);
    }
  }

  // What a stretch of points would cover with ink is kept: its ends, its highest and its lowest.
  void thin_out() {
    const std::size_t count = chart_.labels.size();
    if (count <= most_points) return;
    const std::size_t stretches = most_points / 4;
    std::vector<bool> is_kept(count, false);
    for (std::size_t stretch = 0; stretch < stretches; ++stretch) {
      const std::size_t begin = stretch * count / stretches, end = (stretch + 1) * count / stretches;
      is_kept[begin] = is_kept[end - 1] = true;
      for (const ChartSeries& series : chart_.series) {
        std::size_t low = begin, high = begin;
        for (std::size_t point = begin; point < end; ++point) {
          const std::optional<double>& value = series.values[point];
          if (!value) continue;
          if (!series.values[low] || *value < *series.values[low]) low = point;
          if (!series.values[high] || *value > *series.values[high]) high = point;
        }
        is_kept[low] = is_kept[high] = true;
      }
    }
    keep(is_kept);
    chart_.notes.push_back(fmt::format("Of {} points {} are drawn: of each stretch its ends, the highest and the lowest.", count, chart_.labels.size()));
  }

  void note_gaps() {
    std::size_t gaps = 0;
    for (const ChartSeries& series : chart_.series) gaps += static_cast<std::size_t>(std::count(series.values.begin(), series.values.end(), std::nullopt));
    if (gaps != 0 && report_.chart != ChartKind::number) chart_.notes.push_back(fmt::format("{} value{} NULL or not finite, and not drawn.", gaps, gaps == 1 ? " is" : "s are"));
  }

  const Report& report_;
  const QueryResult& result_;
  const ChartColumns columns_;
  std::vector<std::size_t> order_;  // rows that are drawn
  Chart chart_;
};

}  // namespace

std::optional<double> number_in(const std::optional<std::string>& cell) {
  if (!cell || cell->empty()) return std::nullopt;
  double value = 0;
  const char* begin = cell->data() + (cell->front() == '+' ? 1 : 0);
  const char* end = cell->data() + cell->size();
  const auto [rest, error] = std::from_chars(begin, end, value);
  if (error != std::errc{} || rest != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

Result<ChartColumns> chart_columns(const Report& report, const QueryResult& result) {
  ChartColumns columns;
  const bool has_x = report.chart != ChartKind::number;
  if (report.x) {
    WEIR_ASSIGN(columns.x, find_column(report, *report.x, "x", result));
  }
  for (const ReportColumn& y : report.y) {
    WEIR_ASSIGN(const std::size_t column, find_column(report, y, "y", result));
    if (!result.rows.empty() && report.chart != ChartKind::number && !holds_numbers(result, column)) {
      const bool is_all_null = std::all_of(result.rows.begin(), result.rows.end(), [&](const auto& row) { return !row[column]; });
      if (!is_all_null) return no_numbers(report, y.name, y.where);
    }
    columns.y.push_back(column);
  }
  // What is not said: x is the first column that y does not take, y the numbers beside it.
  for (std::size_t column = 0; has_x && !columns.x && column < result.columns.size(); ++column) {
    if (std::find(columns.y.begin(), columns.y.end(), column) == columns.y.end()) columns.x = column;
  }
  const bool takes_one = report.chart == ChartKind::number || report.chart == ChartKind::pie;
  for (std::size_t column = 0; report.y.empty() && column < result.columns.size(); ++column) {
    if (column == columns.x || (takes_one && !columns.y.empty())) continue;
    if (result.rows.empty() || report.chart == ChartKind::number || holds_numbers(result, column)) columns.y.push_back(column);
  }
  if (columns.y.empty() || (has_x && !columns.x)) return no_numbers(report, "", report.where);
  return columns;
}

Result<Chart> make_chart(const Report& report, const QueryResult& result) {
  WEIR_ASSIGN(ChartColumns columns, chart_columns(report, result));
  return ChartMaker(report, result, std::move(columns)).run();
}

}  // namespace weir
