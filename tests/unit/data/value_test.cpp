// value_test.cpp — single values: into columns and back, as text, as SQL.
#include "engine/data/value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/data/double_text.h"
#include "engine/data/utf8.h"

namespace weir {
namespace {

std::vector<Value> samples() {
  return {
      {boolean_type, true},
      {boolean_type, false},
      {int32_type, std::numeric_limits<std::int32_t>::min()},
      {int64_type, std::numeric_limits<std::int64_t>::max()},
      {float64_type, -1.25},
      {decimal_type(38, 38), power_of_ten(38) - 1},
      {string_type, std::string("inline")},
      {string_type, std::string(1000, 'y')},
      {bytes_type, std::string("\0\xFF", 2)},
      {date_type, std::int32_t{-1}},
      {timestamp_type, std::int64_t{-1}},
      {interval_type, Interval{1, 2, 3}},
      {json_type, std::string("{}")},
      {null_type, std::monostate()},
      {string_type, std::monostate()},
  };
}

TEST(Value, SurvivesAConstantColumn) {
  for (const Value& value : samples()) {
    Arena arena;
    const Column column = constant_column(value, 5, arena);
    EXPECT_TRUE(column.is_constant());
    EXPECT_EQ(column.size, 5u);
    EXPECT_TRUE(value_at(column, 4) == value) << to_text(value);
  }
}

TEST(Value, PrintsAsACastToStringDoes) {
  EXPECT_EQ(to_text({boolean_type, false}), "false");
  EXPECT_EQ(to_text({int32_type, std::int32_t{-5}}), "-5");
  EXPECT_EQ(to_text({date_type, std::int32_t{20028}}), "2024-11-01");
  EXPECT_EQ(to_text({timestamp_type, std::int64_t{1'730'419'200'500'000}}), "2024-11-01 00:00:00.5");
  EXPECT_EQ(to_text({decimal_type(10, 2), Int128{-1250}}), "-12.50");
  EXPECT_EQ(to_text({float64_type, 1e10}), "1.0E10");
  EXPECT_EQ(to_text({string_type, std::string("it's")}), "it's");
  EXPECT_EQ(to_text({string_type, std::monostate()}), "NULL");
}

TEST(Value, PrintsIntervalsAsSparkDoes) {
  const auto text = [](Interval interval) { return to_text({interval_type, interval}); };
  EXPECT_EQ(text({14, 3, 14'706'700'000'000}), "1 years 2 months 3 days 4 hours 5 minutes 6.7 seconds");
  EXPECT_EQ(text({}), "0 seconds");
  EXPECT_EQ(text({-14, -3, -1}), "-1 years -2 months -3 days -0.000000001 seconds");
  EXPECT_EQ(text({0, 0, -61'000'000'000}), "-1 minutes -1 seconds");
  EXPECT_EQ(text({0, 1, 0}), "1 days");
}

TEST(Value, PrintsAsAnSqlLiteral) {
  EXPECT_EQ(to_sql({string_type, std::string("it's")}), "'it''s'");
  EXPECT_EQ(to_sql({date_type, std::int32_t{20028}}), "DATE '2024-11-01'");
  EXPECT_EQ(to_sql({timestamp_type, std::int64_t{0}}), "TIMESTAMP '1970-01-01 00:00:00'");
  EXPECT_EQ(to_sql({decimal_type(4, 2), Int128{1250}}), "12.50");
  EXPECT_EQ(to_sql({float64_type, 12.5}), "12.5E0");
  EXPECT_EQ(to_sql({float64_type, 1e300}), "1.0E300");
  EXPECT_EQ(to_sql({float64_type, std::nan("")}), "CAST('NaN' AS double)");
  EXPECT_EQ(to_sql({bytes_type, std::string("\x01\xAB", 2)}), "X'01AB'");
  EXPECT_EQ(to_sql({boolean_type, true}), "true");
  EXPECT_EQ(to_sql({date_type, std::monostate()}), "NULL");
}

TEST(DoubleText, FollowsJava) {
  EXPECT_EQ(double_to_string(0.0), "0.0");
  EXPECT_EQ(double_to_string(-0.0), "-0.0");
  EXPECT_EQ(double_to_string(1), "1.0");
  EXPECT_EQ(double_to_string(100), "100.0");
  EXPECT_EQ(double_to_string(123456.789), "123456.789");
  EXPECT_EQ(double_to_string(9999999), "9999999.0");
  EXPECT_EQ(double_to_string(10000000), "1.0E7");
  EXPECT_EQ(double_to_string(12345678.9), "1.23456789E7");
  EXPECT_EQ(double_to_string(0.001), "0.001");
  EXPECT_EQ(double_to_string(0.00099), "9.9E-4");
  EXPECT_EQ(double_to_string(0.1), "0.1");
  EXPECT_EQ(double_to_string(-1.0 / 3), "-0.3333333333333333");
  EXPECT_EQ(double_to_string(std::numeric_limits<double>::max()), "1.7976931348623157E308");
  EXPECT_EQ(double_to_string(5e-324), "4.9E-324") << "Java gives two digits at least";
  EXPECT_EQ(double_to_string(std::numeric_limits<double>::infinity()), "Infinity");
  EXPECT_EQ(double_to_string(-std::numeric_limits<double>::infinity()), "-Infinity");
  EXPECT_EQ(double_to_string(-std::nan("")), "NaN");
}

TEST(Utf8, KnowsWellFormedText) {
  for (const char* good : {"", "plain ascii, longer than one word", "é", "日本語", "🙂", "\x7F", "\xC2\x80",
                           "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF0\x90\x80\x80",
                           "\xF4\x8F\xBF\xBF", "1234567é1234567é"}) {
    EXPECT_TRUE(is_valid_utf8(good)) << good;
  }
  EXPECT_TRUE(is_valid_utf8(std::string_view("a\0b", 3)));
}

TEST(Utf8, KnowsMalformedText) {
  for (const char* bad : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2 ", "\xE0\x9F\xBF", "\xE2\x82",
                          "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
                          "\xF5\x80\x80\x80", "\xFF", "\xFE", "12345678\xE9", "1234567\xE9 and more text"}) {
    EXPECT_FALSE(is_valid_utf8(bad)) << bad;
  }
}

}  // namespace
}  // namespace weir
