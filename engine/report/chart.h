// chart.h — what a chart draws of a result: labels or places along x, and a series for each column of y.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/plan/report.h"

namespace weir {

struct ChartSeries {
  std::string name;
  std::vector<std::optional<double>> values;  // nothing: NULL, or no finite number
  std::vector<std::string> texts;             // as the database gave them
};

struct Chart {
  enum class Axis : std::uint8_t { labels, numbers, times };  // along x
  ChartKind kind = ChartKind::bar;
  Axis axis = Axis::labels;
  std::string x_name;
  std::vector<std::string> labels;  // of each point
  std::vector<double> places;       // of each point: a number, or microseconds since 1970; none where the axis has labels
  std::vector<ChartSeries> series;
  std::vector<std::string> notes;   // what is not drawn, and why: sentences
};

/// How many bars or slices are drawn; the rest is one more.
inline constexpr std::size_t most_bars = 30;
/// How many points of a line are drawn; of more, the highest and the lowest of each stretch.
inline constexpr std::size_t most_points = 2000;

/// Of a report that is not shown as a table. W1107 where the result has no column of a name, or no numbers in it.
Result<Chart> make_chart(const Report& report, const QueryResult& result);
/// Which columns those are: the index of x (nothing for a number), and of each y.
struct ChartColumns {
  std::optional<std::size_t> x;
  std::vector<std::size_t> y;
};
Result<ChartColumns> chart_columns(const Report& report, const QueryResult& result);

/// The number that a cell holds, as databases write numbers; nothing where it holds none that is finite.
std::optional<double> number_in(const std::optional<std::string>& cell);

}  // namespace weir
