// golden_test.cpp — charts and a page of small fixed results, as they were looked at and found good. WEIR_UPDATE=1 writes them anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "engine/report/page.h"
#include "engine/report/svg.h"
#include "tests/unit/report/made_result.h"

namespace weir {
namespace {

using testing::null_cell;
using testing::report_of;
using testing::result_of;

void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(WEIR_SOURCE_DIR) + "/tests/unit/report/golden/" + name;
  if (std::getenv("WEIR_UPDATE") != nullptr) std::ofstream(path, std::ios::binary) << text;
  std::ifstream file(path, std::ios::binary);
  EXPECT_EQ(text, std::string(std::istreambuf_iterator<char>(file), {})) << name;
}

void expect_picture(const std::string& name, const Report& report, const QueryResult& result) {
  const auto svg = svg_of(report, result);
  ASSERT_TRUE(svg.ok()) << svg.error().message();
  expect_golden(name, *svg);
}

QueryResult sales() {
  return result_of({"name", "amount:number", "before:number"}, {{"tea", "12.50", "10"}, {"<coffee> & \"more\"", "-3", "4"}, {"a name that is much longer than what a label has room for", "7", null_cell}, {null_cell, "NaN", "1"}});
}

QueryResult course() {
  return result_of({"at", "amount:number"}, {{"2024-11-01 10:00:00+00", "5"}, {"2024-11-01 10:05:00+00", "8.25"}, {"2024-11-01 10:10:00+00", null_cell}, {"2024-11-01 10:15:00+00", "-2"}, {"2024-11-01 10:30:00+00", "4"}});
}

TEST(Picture, OfBars) { expect_picture("bars.svg", report_of(ChartKind::bar), sales()); }
TEST(Picture, OfALine) { expect_picture("line.svg", report_of(ChartKind::line), course()); }
TEST(Picture, OfAPie) { expect_picture("pie.svg", report_of(ChartKind::pie, std::nullopt, {"amount"}), sales()); }
TEST(Picture, OfOneSlice) { expect_picture("one_slice.svg", report_of(ChartKind::pie), result_of({"name", "n:number"}, {{"all", "1"}})); }
TEST(Picture, OfANumber) { expect_picture("number.svg", report_of(ChartKind::number), result_of({"views:number"}, {{"1234567.80"}})); }
TEST(Picture, OfNothing) { expect_picture("nothing.svg", report_of(ChartKind::line), result_of({"at", "n:number"}, {})); }

TEST(Page, HoldsPicturesTablesAndWhatFailed) {
  const Report bars = report_of(ChartKind::bar), failed = report_of(ChartKind::table);
  Report table = report_of(ChartKind::table);
  table.description = "What was sold, & how it changed.";
  std::vector<ReportAnswer> answers;
  answers.push_back({&bars, {{"day", {QueryValue::Kind::text, "<2024-11-01>"}}, {"n", {}}}, sales(), std::nullopt});
  answers.push_back({&table, {}, course(), std::nullopt});
  answers.push_back({&failed, {}, {}, Error{ErrorKind::service, "report sales: the database was not done after 1 s"}});
  expect_golden("page.html", page_of("shop", answers, std::chrono::system_clock::time_point(std::chrono::seconds(1730455260))));
}

TEST(Answer, InJsonHasItsDigitsAndItsNulls) {
  const Report report = report_of(ChartKind::table);
  QueryResult result = result_of({"a:number", "b", "c:number"}, {{"12345678901234567890.10", "x\"\n\x01\xFF", "NaN"}, {null_cell, "", "007"}});
  result.columns.push_back({"d", "boolean", QueryColumn::Kind::truth});
  result.rows[0].push_back("t");
  result.rows[1].push_back(null_cell);
  result.is_cut = true;
  const Report other = report_of(ChartKind::table);
  std::vector<ReportAnswer> answers;
  answers.push_back({&report, {{"day", {QueryValue::Kind::text, "a"}}, {"n", {QueryValue::Kind::number, "10"}}, {"z", {}}}, result, std::nullopt});
  answers.push_back({&other, {}, {}, Error{ErrorKind::user, "wrong"}});
  expect_golden("answers.json", answers_json("shop", answers));
}

TEST(Answer, InCsvTellsNothingFromAnEmptyText) {
  EXPECT_EQ(answer_csv(result_of({"a", "b, c"}, {{"1", null_cell}, {"", "x\"y"}, {" z", "two\nlines"}})), "a,\"b, c\"\r\n1,\r\n\"\",\"x\"\"y\"\r\n\" z\",\"two\nlines\"\r\n");
}

TEST(Answer, ColumnsHaveNamesOfTheirOwn) {
  EXPECT_TRUE(check_column_names(report_of(ChartKind::table), result_of({"a", "b"}, {})).ok());
  EXPECT_EQ(check_column_names(report_of(ChartKind::table), result_of({"a", "a"}, {})).error().mistake(), "W1107");
}

}  // namespace
}  // namespace weir
