// chart_test.cpp — what a chart draws of a result, and what it says it leaves out.
#include "engine/report/chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/report/made_result.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using testing::null_cell;
using testing::report_of;
using testing::result_of;

TEST(Chart, TakesTheFirstColumnForXAndTheNumbersForY) {
  const QueryResult result = result_of({"name", "note", "a:number", "b:number"}, {{"tea", "x", "1", "2"}});
  const auto chart = make_chart(report_of(ChartKind::bar), result);
  ASSERT_TRUE(chart.ok());
  EXPECT_EQ(chart->x_name, "name");
  ASSERT_EQ(chart->series.size(), 2U);
  EXPECT_EQ(chart->series[1].name, "b");
  const auto pie = make_chart(report_of(ChartKind::pie), result);
  ASSERT_TRUE(pie.ok());
  EXPECT_EQ(pie->series.size(), 1U);
}

TEST(Chart, OfANumberShowsWhatTheFirstRowHas) {
  const QueryResult result = result_of({"n:number", "day"}, {{"7", "2024-11-01"}, {"8", null_cell}});
  EXPECT_EQ(make_chart(report_of(ChartKind::number), result)->series[0].texts.front(), "7");
  EXPECT_EQ(make_chart(report_of(ChartKind::number, std::nullopt, {"day"}), result)->series[0].texts.front(), "2024-11-01");
}

TEST(Chart, LeavesOutOfXWhatYTakes) {
  const auto chart = make_chart(report_of(ChartKind::bar, std::nullopt, {"amount"}), result_of({"amount:number", "name"}, {{"1", "tea"}}));
  ASSERT_TRUE(chart.ok());
  EXPECT_EQ(chart->x_name, "name");
}

TEST(Chart, TakesTextsThatAreNumbers) {
  const auto chart = make_chart(report_of(ChartKind::bar), result_of({"name", "money"}, {{"tea", "1.50"}, {"coffee", null_cell}}));
  ASSERT_TRUE(chart.ok());
  EXPECT_THAT(chart->series[0].values, ElementsAre(1.5, std::nullopt));
  EXPECT_THAT(chart->series[0].texts, ElementsAre("1.50", "NULL"));
  EXPECT_THAT(chart->notes, ElementsAre("1 value is NULL or not finite, and not drawn."));
}

TEST(Chart, RefusesWhatHoldsNoNumbers) {
  const QueryResult result = result_of({"name", "note"}, {{"tea", "x"}});
  EXPECT_EQ(make_chart(report_of(ChartKind::line), result).error().mistake(), "W1107");
  EXPECT_EQ(make_chart(report_of(ChartKind::line, "name", {"note"}), result).error().message(), "column note of report sales holds no numbers, and cannot be drawn");
  const Error unknown = make_chart(report_of(ChartKind::line, "nmae", {"note"}), result).error();
  EXPECT_EQ(unknown.message(), "unknown column for x of report sales: nmae");
  EXPECT_EQ(unknown.hint(), "did you mean name?");
}

TEST(Chart, OfManyBarsShowsTheLargestAndAddsUpTheOthers) {
  std::vector<std::vector<std::optional<std::string>>> rows;
  for (int i = 0; i < 10'000; ++i) rows.push_back({"p" + std::to_string(i), std::to_string(i % 100 == 7 ? 1000 + i : 1)});
  const auto chart = make_chart(report_of(ChartKind::bar), result_of({"name", "n:number"}, rows));
  ASSERT_TRUE(chart.ok());
  ASSERT_EQ(chart->labels.size(), most_bars + 1);
  EXPECT_EQ(chart->labels.front(), "p7007");  // in the order of the result
  EXPECT_EQ(chart->labels.back(), "others");
  double sum = 0;
  for (const auto& value : chart->series[0].values) sum += *value;
  double all = 0;
  for (const auto& row : rows) all += *number_in(row[1]);
  EXPECT_DOUBLE_EQ(sum, all);
  EXPECT_THAT(chart->notes, ElementsAre("The largest 30 of 10000 rows are drawn; the other 9970 are added up as others."));
}

TEST(Chart, OfManyPointsKeepsTheExtremes) {
  std::vector<std::vector<std::optional<std::string>>> rows;
  for (int i = 0; i < 10'000; ++i) rows.push_back({std::to_string(i), i == 5003 ? "-9" : i == 7001 ? "99" : "1"});
  const auto chart = make_chart(report_of(ChartKind::line), result_of({"x:number", "n:number"}, rows));
  ASSERT_TRUE(chart.ok());
  EXPECT_LE(chart->labels.size(), most_points);
  EXPECT_THAT(chart->series[0].values, ::testing::Contains(-9.0));
  EXPECT_THAT(chart->series[0].values, ::testing::Contains(99.0));
  EXPECT_EQ(chart->labels.front(), "0");
  EXPECT_EQ(chart->labels.back(), "9999");
}

TEST(Chart, SetsPointsOfALineWhereTheirTimesAre) {
  const auto chart = make_chart(report_of(ChartKind::line), result_of({"at", "n:number"}, {{"2024-11-01 10:00:00+00", "1"}, {null_cell, "5"}, {"2024-11-01 09:00:00+00", "2"}}));
  ASSERT_TRUE(chart.ok());
  EXPECT_EQ(chart->axis, Chart::Axis::times);
  EXPECT_THAT(chart->labels, ElementsAre("2024-11-01 09:00:00+00", "2024-11-01 10:00:00+00"));
  EXPECT_DOUBLE_EQ(chart->places[1] - chart->places[0], 3600e6);
  EXPECT_THAT(chart->notes, ElementsAre("1 row without at are not drawn."));
}

TEST(Chart, APieHasNoSliceOfWhatIsNotMoreThanNothing) {
  const auto chart = make_chart(report_of(ChartKind::pie), result_of({"a", "n:number"}, {{"x", "3"}, {"y", "-1"}, {"z", null_cell}, {"w", "NaN"}}));
  ASSERT_TRUE(chart.ok());
  EXPECT_THAT(chart->labels, ElementsAre("x"));
  EXPECT_THAT(chart->notes, ElementsAre("3 rows whose n is not more than 0 have no slice."));
}

TEST(Chart, NumbersAreFinite) {
  EXPECT_EQ(number_in("12.50"), 12.5);
  EXPECT_EQ(number_in("+1e3"), 1000);
  for (const char* text : {"", "NaN", "Infinity", "-inf", "1x", "1e999", "0x10", " 1"}) EXPECT_EQ(number_in(text), std::nullopt) << text;
}

}  // namespace
}  // namespace weir
