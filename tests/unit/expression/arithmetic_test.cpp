// arithmetic_test.cpp — numbers, dates and intervals: results, result types, overflow.
#include <gtest/gtest.h>

#include "tests/unit/expression/evaluation.h"

namespace weir {
namespace {

using testing::evaluate;
using testing::TestTable;
using testing::type_of;
using testing::value_of;

std::string code_of(const std::string& text) {
  const std::string value = value_of(text);
  return value.substr(0, value.find(':'));
}

TEST(Arithmetic, IntegersKeepTheirTypeAndOverflow) {
  EXPECT_EQ(type_of("1 + 2"), "int");
  EXPECT_EQ(type_of("1 + 3000000000"), "bigint");
  EXPECT_EQ(code_of("2147483647 * 2"), "!overflow");
  EXPECT_EQ(value_of("2147483647 * CAST(2 AS bigint)"), "4294967294");
  EXPECT_EQ(code_of("CAST(9223372036854775807 AS bigint) + 1"), "!overflow");
  EXPECT_EQ(code_of("-(CAST('-9223372036854775808' AS bigint))"), "!overflow");
}

TEST(Arithmetic, DivisionOfIntegersIsADouble) {
  EXPECT_EQ(type_of("3 / 2"), "double");
  EXPECT_EQ(value_of("3 / 2"), "1.5");
  EXPECT_EQ(code_of("3 / 0"), "!division_by_zero");
  EXPECT_EQ(code_of("1.0E0 / 0"), "!division_by_zero");
}

TEST(Arithmetic, RemainderHasTheSignOfTheLeft) {
  EXPECT_EQ(value_of("-7 % 3"), "-1");
  EXPECT_EQ(value_of("7 % -3"), "1");
  EXPECT_EQ(value_of("CAST('-2147483648' AS int) % -1"), "0");
  EXPECT_EQ(value_of("-7.5 % 2"), "-1.5");
  EXPECT_EQ(value_of("-7.5E0 % 2"), "-1.5");
  EXPECT_EQ(code_of("1 % 0"), "!division_by_zero");
}

// The types and values below are what Spark 3.5 gives.
TEST(Arithmetic, DecimalTypesAreSparks) {
  EXPECT_EQ(type_of("CAST(1 AS decimal(10,2)) + CAST(1 AS decimal(8,4))"), "decimal(13,4)");
  EXPECT_EQ(type_of("CAST(1 AS decimal(10,2)) * CAST(1 AS decimal(8,4))"), "decimal(19,6)");
  EXPECT_EQ(type_of("CAST(1 AS decimal(10,2)) / CAST(1 AS decimal(8,4))"), "decimal(23,11)");
  EXPECT_EQ(type_of("CAST(1 AS decimal(10,2)) % CAST(1 AS decimal(8,4))"), "decimal(8,4)");
  EXPECT_EQ(type_of("CAST(1 AS decimal(38,10)) + CAST(1 AS decimal(38,0))"), "decimal(38,6)");
  EXPECT_EQ(type_of("CAST(1 AS decimal(38,18)) * CAST(1 AS decimal(38,18))"), "decimal(38,6)");
  EXPECT_EQ(type_of("CAST(1 AS decimal(38,18)) / CAST(1 AS decimal(38,18))"), "decimal(38,6)");
  EXPECT_EQ(type_of("CAST(1 AS decimal(10,2)) * 2"), "decimal(12,2)");
  EXPECT_EQ(type_of("CAST(1 AS decimal(10,2)) * 2E0"), "double");
}

TEST(Arithmetic, DecimalsAreExact) {
  EXPECT_EQ(value_of("0.1 + 0.2"), "0.3");
  EXPECT_EQ(value_of("1.25 * 1.5"), "1.875");
  EXPECT_EQ(value_of("10.00 / 3"), "3.333333");
  EXPECT_EQ(value_of("2.00 / 3.0"), "0.666667");
  EXPECT_EQ(value_of("-2.00 / 3.0"), "-0.666667");
  EXPECT_EQ(value_of("CAST(10 AS decimal(38,18)) / 3"), "3.333333333333333333");
  EXPECT_EQ(value_of("99999999999999999999999999999999999999 + 0.0"),
            "!overflow: the sum is too large for decimal(38,1)");
}

TEST(Arithmetic, LongDecimalsRoundOnlyTheResult) {
  EXPECT_EQ(value_of("CAST('12345678901234567890123456789012' AS decimal(38,6)) + CAST('0.0000000001' AS "
                     "decimal(38,10))"),
            "12345678901234567890123456789012.000000");
  EXPECT_EQ(value_of("CAST('1234567890.123456789' AS decimal(38,18)) * CAST('2' AS decimal(38,18))"),
            "2469135780.246914");
}

TEST(Arithmetic, DecimalColumnsEvaluateAsConstantsDo) {
  const TestTable table(
      {{"price", "decimal(10,2)", {"9.99", "0.01", "NULL"}}, {"quantity", "int", {"3", "-2", "1"}}});
  EXPECT_EQ(evaluate("quantity * price", table), (std::vector<std::string>{"29.97", "-0.02", "NULL"}));
  EXPECT_EQ(evaluate("price - 10", table), (std::vector<std::string>{"-0.01", "-9.99", "NULL"}));
  EXPECT_EQ(evaluate("-price", table), (std::vector<std::string>{"-9.99", "-0.01", "NULL"}));
}

TEST(Arithmetic, DatesMoveByDaysAndIntervals) {
  EXPECT_EQ(value_of("DATE '2024-02-28' + 2"), "2024-03-01");
  EXPECT_EQ(value_of("2 + DATE '2024-02-28'"), "2024-03-01");
  EXPECT_EQ(value_of("DATE '2024-01-31' + INTERVAL 1 MONTH"), "2024-02-29");
  EXPECT_EQ(value_of("DATE '2024-03-31' - INTERVAL 1 MONTH"), "2024-02-29");
  EXPECT_EQ(value_of("DATE '2024-01-15' - INTERVAL 13 MONTHS"), "2022-12-15");
  EXPECT_EQ(value_of("DATE '2024-11-01' + INTERVAL 90 MINUTES"), "2024-11-01 01:30:00");
  EXPECT_EQ(type_of("DATE '2024-11-01' + INTERVAL 1 DAY"), "date");
}

TEST(Arithmetic, TimestampsMoveByIntervals) {
  EXPECT_EQ(value_of("TIMESTAMP '2024-01-31 10:00:00' + INTERVAL 1 MONTH"), "2024-02-29 10:00:00");
  EXPECT_EQ(value_of("TIMESTAMP '1969-12-31 23:00:00' + INTERVAL 2 HOURS"), "1970-01-01 01:00:00");
  EXPECT_EQ(value_of("TIMESTAMP '1970-01-01 00:30:00' - INTERVAL 1 HOUR"), "1969-12-31 23:30:00");
  EXPECT_EQ(code_of("TIMESTAMP '2024-01-01 00:00:00' + INTERVAL 2000000000 MONTHS"), "!overflow");
}

TEST(Arithmetic, DifferencesOfTimes) {
  EXPECT_EQ(value_of("DATE '2024-03-01' - DATE '2024-02-01'"), "29");
  EXPECT_EQ(type_of("DATE '2024-03-01' - DATE '2024-02-01'"), "int");
  EXPECT_EQ(value_of("TIMESTAMP '2024-01-02 01:00:00' - TIMESTAMP '2024-01-01 00:00:00'"), "1 days 1 hours");
  EXPECT_EQ(value_of("TIMESTAMP '2024-01-02 01:00:00' - INTERVAL 1 DAY - TIMESTAMP '2024-01-01 01:00:00' = "
                     "INTERVAL 0 DAYS"),
            "true");
}

}  // namespace
}  // namespace weir
