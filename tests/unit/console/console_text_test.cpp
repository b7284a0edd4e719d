// console_text_test.cpp — the exact text of tables and lines.
#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/console/console_rows.h"

namespace weir::testing {
namespace {

std::vector<std::vector<Value>> counted_rows(int count) {
  std::vector<std::vector<Value>> rows;
  for (int i = 1; i <= count; ++i) rows.push_back({bigint(i)});
  return rows;
}

TEST(ConsoleTable, AlignsTextsToTheLeftAndNumbersToTheRight) {
  const ConsoleRows rows({"category", "amount", "orders", "paid"},
                         {{text("Makeup"), {decimal_type(10, 2), Int128{700}}, bigint(3), {boolean_type, true}},
                          {text("Oil"), {decimal_type(10, 2), Int128{-123456}}, bigint(12), {boolean_type, false}}});
  EXPECT_EQ(rows.shown(),
            "screen: 2 rows\n"
            "category    amount  orders  paid\n"
            "--------  --------  ------  -----\n"
            "Makeup        7.00       3  true\n"
            "Oil       -1234.56      12  false\n"
            "\n");
}

TEST(ConsoleTable, ShowsNullAsNullOnItsColumnsSide) {
  const ConsoleRows rows({"name", "orders"}, {{null_of(string_type), bigint(1234567)}, {text("a longer name"), null_of(int64_type)}});
  EXPECT_EQ(rows.shown(),
            "screen: 2 rows\n"
            "name            orders\n"
            "-------------  -------\n"
            "NULL           1234567\n"
            "a longer name     NULL\n"
            "\n");
}

TEST(ConsoleTable, ShowsEveryType) {
  const ConsoleRows rows({"int", "double", "date", "timestamp", "bytes", "json", "interval"},
                         {{{int32_type, std::int32_t{-5}},
                           {float64_type, 0.1},
                           {date_type, std::int32_t{20'000}},
                           {timestamp_type, std::int64_t{1'730'455'500'250'000}},
                           {bytes_type, std::string("\x00\xFF", 2)},
                           {json_type, std::string("{\"a\":\n 1}")},
                           {interval_type, Interval{1, 0, 0}}},
                          {{int32_type, {}},
                           {float64_type, std::numeric_limits<double>::quiet_NaN()},
                           {date_type, {}},
                           {timestamp_type, {}},
                           {bytes_type, {}},
                           {json_type, {}},
                           {interval_type, {}}}});
  EXPECT_EQ(rows.shown(),
            "screen: 2 rows\n"
            " int  double  date        timestamp               bytes  json        interval\n"
            "----  ------  ----------  ----------------------  -----  ----------  --------\n"
            "  -5     0.1  2024-10-04  2024-11-01 10:05:00.25  00FF   {\"a\":\\n 1}  1 months\n"
            "NULL     NaN  NULL        NULL                    NULL   NULL        NULL\n"
            "\n");
}

TEST(ConsoleTable, ShowsSoManyRowsAndCountsTheRest) {
  const std::string two = "n\n-\n1\n2\n";
  EXPECT_EQ(ConsoleRows({"n"}, counted_rows(2), {.rows = 2}).shown(), "screen: 2 rows\n" + two + "\n");
  EXPECT_EQ(ConsoleRows({"n"}, counted_rows(3), {.rows = 2}).shown(), "screen: 3 rows\n" + two + "... and 1 more row\n\n");
  EXPECT_EQ(ConsoleRows({"n"}, counted_rows(23), {.rows = 2}).shown(), "screen: 23 rows\n" + two + "... and 21 more rows\n\n");
  EXPECT_EQ(ConsoleRows({"n"}, counted_rows(1)).shown(), "screen: 1 row\nn\n-\n1\n\n");
}

TEST(ConsoleTable, IsOnlyAsWideAsTheRowsThatItShows) {
  EXPECT_EQ(ConsoleRows({"n"}, {{text("a")}, {text("much longer")}}, {.rows = 1}).shown(), "screen: 2 rows\nn\n-\na\n... and 1 more row\n\n");
}

TEST(ConsoleTable, CutsLongTextsButNoNumbers) {
  const ConsoleOptions options{.width = 5};
  const ConsoleRows rows({"text", "number"}, {{text("12345"), bigint(1234567)}, {text("123456"), bigint(1)}}, options);
  EXPECT_EQ(rows.shown(),
            "screen: 2 rows\n"
            "text    number\n"
            "-----  -------\n"
            "12345  1234567\n"
            "1234…        1\n"
            "\n");
  const std::string long_text(200, 'x');
  EXPECT_EQ(ConsoleRows({"t"}, {{text(long_text)}}, {.width = 0}).shown(), "screen: 1 row\nt" + std::string("\n") + std::string(200, '-') + "\n" + long_text + "\n\n");
}

TEST(ConsoleTable, MakesTextsAndNamesSafe) {
  const ConsoleRows rows({"na\x1b[2Jme", "n"}, {{text("a\nb\x1b[31mc\td"), bigint(1)}});
  EXPECT_EQ(rows.shown(),
            "screen: 1 row\n"
            "na\\x1b[2Jme       n\n"
            "----------------  -\n"
            "a\\nb\\x1b[31mc\\td  1\n"
            "\n");
}

TEST(ConsoleTable, CountsColumnsOfTheTerminalNotBytes) {
  const ConsoleRows rows({"name", "n"}, {{text("Zoë"), bigint(1)}, {text("東京"), bigint(2)}, {text("e\u0301"), bigint(3)}});
  EXPECT_EQ(rows.shown(),
            "screen: 3 rows\n"
            "name  n\n"
            "----  -\n"
            "Zoë   1\n"
            "東京  2\n"
            "e\u0301     3\n"
            "\n");
}

TEST(ConsoleTable, RefusesRowsWithoutTheirKey) {
  const ConsoleRows rows({"id"}, {{text("a")}, {null_of(string_type)}}, {}, {0});
  EXPECT_EQ(rows.shown(), "screen: 1 row\nid\n--\na\n\n");
  ASSERT_EQ(rows.encoded.refused.size(), 1u);
  EXPECT_EQ(rows.encoded.refused[0].code, "null_key");
}

TEST(ConsoleJson, IsOneObjectALine) {
  const ConsoleRows rows({"name", "amount", "at", "note", "raw", "bytes", "ok"},
                         {{text("a \"b\"\n"), {decimal_type(10, 2), Int128{700}}, {timestamp_type, std::int64_t{0}}, null_of(string_type),
                           {json_type, std::string("{\"x\":\r\n\t[1]}")}, {bytes_type, std::string("\x01\xAB")}, {boolean_type, true}},
                          {text(""), null_of(decimal_type(10, 2)), null_of(timestamp_type), text("n"), null_of(json_type), null_of(bytes_type), {boolean_type, false}}},
                         {.format = "json"});
  EXPECT_EQ(rows.shown(),
            "{\"name\":\"a \\\"b\\\"\\n\",\"amount\":7.00,\"at\":\"1970-01-01T00:00:00.000Z\",\"note\":null,\"raw\":{\"x\":   [1]},\"bytes\":\"01AB\",\"ok\":true}\n"
            "{\"name\":\"\",\"amount\":null,\"at\":null,\"note\":\"n\",\"raw\":null,\"bytes\":null,\"ok\":false}\n");
}

TEST(ConsoleJson, ShowsEveryRow) {
  std::string all;
  for (int i = 1; i <= 100; ++i) all += "{\"n\":" + std::to_string(i) + "}\n";
  EXPECT_EQ(ConsoleRows({"n"}, counted_rows(100), {.format = "json"}).shown(), all);
}

TEST(ConsoleJson, EscapesWhatATerminalWouldObey) {
  const ConsoleRows rows({"a\u009b", "raw"}, {{text("\x7f\u009b31m\u202e東\U000e0041"), {json_type, std::string("\"\u0085\"")}}}, {.format = "json"});
  EXPECT_EQ(rows.shown(), "{\"a\\u009b\":\"\\u007f\\u009b31m\\u202e東\\udb40\\udc41\",\"raw\":\"\\u0085\"}\n");
}

}  // namespace
}  // namespace weir::testing
