// cast_test.cpp — the edges of every conversion.
#include <gtest/gtest.h>

#include "tests/unit/expression/evaluation.h"

namespace weir {
namespace {

using testing::errors_of;
using testing::evaluate;
using testing::TestTable;
using testing::value_of;

/// What CAST(`value` AS `type`) gives; an error as its code alone.
std::string cast(const std::string& value, const std::string& type) {
  const std::string result = value_of("CAST(" + value + " AS " + type + ")");
  return result.starts_with('!') ? result.substr(0, result.find(':')) : result;
}

TEST(Cast, TextToIntegers) {
  EXPECT_EQ(cast("' 42\t'", "int"), "42");
  EXPECT_EQ(cast("'+42'", "int"), "42");
  EXPECT_EQ(cast("'-2147483648'", "int"), "-2147483648");
  EXPECT_EQ(cast("'2147483648'", "bigint"), "2147483648");
  for (const char* junk :
       {"''", "' '", "'1.0'", "'1e3'", "'0x10'", "'4 2'", "'+-1'", "'--1'", "'2147483648'", "'-'"}) {
    EXPECT_EQ(cast(junk, "int"), "!bad_cast") << junk;
  }
}

TEST(Cast, TextToDouble) {
  EXPECT_EQ(cast("' 1.5 '", "double"), "1.5");
  EXPECT_EQ(cast("'+.5'", "double"), "0.5");
  EXPECT_EQ(cast("'1.'", "double"), "1.0");
  EXPECT_EQ(cast("'-Infinity'", "double"), "-Infinity");
  EXPECT_EQ(cast("'nan'", "double"), "NaN");
  EXPECT_EQ(cast("'1e400'", "double"), "Infinity");
  EXPECT_EQ(cast("'1e-400'", "double"), "0.0");
  EXPECT_EQ(cast("'1.5x'", "double"), "!bad_cast");
  EXPECT_EQ(cast("'infinit'", "double"), "!bad_cast");
  EXPECT_EQ(cast("'--1'", "double"), "!bad_cast");
}

TEST(Cast, TextToDecimalRoundsHalfUp) {
  EXPECT_EQ(cast("'1.005'", "decimal(10,2)"), "1.01");
  EXPECT_EQ(cast("'-1.005'", "decimal(10,2)"), "-1.01");
  EXPECT_EQ(cast("' 12e-1 '", "decimal(10,2)"), "1.20");
  EXPECT_EQ(cast("'99.995'", "decimal(4,2)"), "!bad_cast");
  EXPECT_EQ(cast("'abc'", "decimal(4,2)"), "!bad_cast");
}

TEST(Cast, TextToBoolean) {
  for (const char* word : {"'true'", "' T '", "'YES'", "'y'", "'1'"})
    EXPECT_EQ(cast(word, "boolean"), "true") << word;
  for (const char* word : {"'false'", "'F'", "'no'", "'N'", "'0'"})
    EXPECT_EQ(cast(word, "boolean"), "false") << word;
  EXPECT_EQ(cast("'2'", "boolean"), "!bad_cast");
  EXPECT_EQ(cast("''", "boolean"), "!bad_cast");
}

TEST(Cast, TextToTimes) {
  EXPECT_EQ(cast("' 2024-11-01 '", "date"), "2024-11-01");
  EXPECT_EQ(cast("'2024-11-01T10:00:00'", "date"), "2024-11-01");
  EXPECT_EQ(cast("'2024-13-01'", "date"), "!bad_cast");
  EXPECT_EQ(cast("'2024-11-01 10:20:30.5'", "timestamp"), "2024-11-01 10:20:30.5");
  EXPECT_EQ(cast("'2024-11-01T10:20:30+02:00'", "timestamp"), "2024-11-01 08:20:30");
  EXPECT_EQ(cast("'yesterday'", "timestamp"), "!bad_cast");
  EXPECT_EQ(cast("'interval 1 day 2 hours'", "interval"), "1 days 2 hours");
  EXPECT_EQ(cast("'-1.5 SECONDS'", "interval"), "-1.5 seconds");
  EXPECT_EQ(cast("'1.5 months'", "interval"), "!bad_cast");
  EXPECT_EQ(cast("'1 fortnight'", "interval"), "!bad_cast");
}

TEST(Cast, TextToJsonMustBeJson) {
  EXPECT_EQ(cast("'{\"a\": [1, 2]}'", "json"), "{\"a\": [1, 2]}");
  EXPECT_EQ(cast("'{a: 1}'", "json"), "!bad_cast");
  EXPECT_EQ(value_of("CAST(CAST('\"tea\"' AS json) AS string)"), "\"tea\"");
}

TEST(Cast, JsonScalarsToTheirValues) {
  EXPECT_EQ(value_of("CAST(CAST('42' AS json) AS int)"), "42");
  EXPECT_EQ(value_of("CAST(CAST('\"4\\u0032\"' AS json) AS int)"), "42");
  EXPECT_EQ(value_of("CAST(CAST('null' AS json) AS int)"), "NULL");
  EXPECT_EQ(value_of("TRY_CAST(CAST('[1]' AS json) AS int)"), "NULL");
}

TEST(Cast, DoublesToIntegersCutTowardsZero) {
  EXPECT_EQ(cast("1.9E0", "int"), "1");
  EXPECT_EQ(cast("-1.9E0", "int"), "-1");
  EXPECT_EQ(cast("2147483647.9E0", "int"), "2147483647");
  EXPECT_EQ(cast("2147483648E0", "int"), "!overflow");
  EXPECT_EQ(cast("-2147483648.9E0", "int"), "-2147483648");
  EXPECT_EQ(cast("9223372036854775808E0", "bigint"), "!overflow");
  EXPECT_EQ(cast("-9223372036854775808E0", "bigint"), "-9223372036854775808");
  EXPECT_EQ(cast("CAST('NaN' AS double)", "int"), "!overflow");
}

TEST(Cast, NumbersToDecimal) {
  EXPECT_EQ(cast("12", "decimal(4,2)"), "12.00");
  EXPECT_EQ(cast("123", "decimal(4,2)"), "!overflow");
  EXPECT_EQ(cast("0.1E0", "decimal(20,10)"), "0.1000000000");
  EXPECT_EQ(cast("1.005E0", "decimal(10,2)"), "1.01");
  EXPECT_EQ(cast("CAST('Infinity' AS double)", "decimal(10,2)"), "!overflow");
  EXPECT_EQ(cast("1.25", "decimal(10,1)"), "1.3");
  EXPECT_EQ(cast("-1.25", "decimal(10,1)"), "-1.3");
  EXPECT_EQ(cast("99.5", "decimal(2,0)"), "!overflow");
  EXPECT_EQ(cast("true", "decimal(3,1)"), "1.0");
}

TEST(Cast, DecimalsToNumbers) {
  EXPECT_EQ(cast("-1.99", "int"), "-1");
  EXPECT_EQ(cast("3000000000.5", "int"), "!overflow");
  EXPECT_EQ(cast("3000000000.5", "bigint"), "3000000000");
  EXPECT_EQ(cast("0.1", "double"), "0.1");
  EXPECT_EQ(cast("0.00", "boolean"), "false");
}

TEST(Cast, BooleansAndNumbers) {
  EXPECT_EQ(cast("true", "int"), "1");
  EXPECT_EQ(cast("false", "double"), "0.0");
  EXPECT_EQ(cast("-3", "boolean"), "true");
  EXPECT_EQ(cast("3000000000", "int"), "!overflow");
}

TEST(Cast, ToText) {
  EXPECT_EQ(cast("1.0E0", "string"), "1.0");
  EXPECT_EQ(cast("1E10", "string"), "1.0E10");
  EXPECT_EQ(cast("1E-5", "string"), "1.0E-5");
  EXPECT_EQ(cast("12.50", "string"), "12.50");
  EXPECT_EQ(cast("TIMESTAMP '2024-11-01 00:00:00.500'", "string"), "2024-11-01 00:00:00.5");
  EXPECT_EQ(cast("TIMESTAMP '2024-11-01 00:00:00'", "string"), "2024-11-01 00:00:00");
  EXPECT_EQ(cast("DATE '0001-01-01'", "string"), "0001-01-01");
  EXPECT_EQ(cast("true", "string"), "true");
  EXPECT_EQ(cast("CAST('-9223372036854775808' AS bigint)", "string"), "-9223372036854775808");
}

TEST(Cast, TimesAndSeconds) {
  EXPECT_EQ(cast("1730419200", "timestamp"), "2024-11-01 00:00:00");
  EXPECT_EQ(cast("1.5", "timestamp"), "1970-01-01 00:00:01.5");
  EXPECT_EQ(cast("-1.5E0", "timestamp"), "1969-12-31 23:59:58.5");
  EXPECT_EQ(cast("1E300", "timestamp"), "!overflow");
  EXPECT_EQ(cast("TIMESTAMP '1969-12-31 23:59:59.5'", "bigint"), "-1");
  EXPECT_EQ(cast("TIMESTAMP '1969-12-31 23:59:59.5'", "date"), "1969-12-31");
  EXPECT_EQ(cast("TIMESTAMP '1970-01-01 00:00:01.25'", "decimal(10,1)"), "1.3");
  EXPECT_EQ(cast("TIMESTAMP '2300-01-01 00:00:00'", "int"), "!overflow");
  EXPECT_EQ(cast("DATE '2024-11-01'", "timestamp"), "2024-11-01 00:00:00");
}

TEST(Cast, BytesToTextMustBeUtf8) {
  const TestTable table({{"t", "string", {"'grün'", "'tea and more than twelve bytes'", "NULL"}}});
  EXPECT_EQ(evaluate("CAST(CAST(t AS bytes) AS string)", table),
            (std::vector<std::string>{"grün", "tea and more than twelve bytes", "NULL"}));
}

TEST(Cast, ColumnsMixGoodAndBadRows) {
  const TestTable table({{"t", "string", {"'1'", "'x'", "NULL", "'{\"a\": \"longer than twelve\"}'"}}});
  EXPECT_EQ(evaluate("CAST(t AS int)", table),
            (std::vector<std::string>{"1", "!bad_cast", "NULL", "!bad_cast"}));
  EXPECT_EQ(evaluate("TRY_CAST(t AS decimal(5,1))", table),
            (std::vector<std::string>{"1.0", "NULL", "NULL", "NULL"}));
  EXPECT_EQ(evaluate("CAST(t AS json)", table),
            (std::vector<std::string>{"1", "!bad_cast", "NULL", "{\"a\": \"longer than twelve\"}"}));
}

TEST(Cast, ImpossibleConversionsAreErrorsOfTheText) {
  const TestTable table({{"d", "date", {"NULL"}}});
  EXPECT_EQ(errors_of("CAST(d AS boolean)", table), (std::vector<std::string>{"cannot cast date to bool"}));
  EXPECT_EQ(errors_of("CAST(d AS int)", table), (std::vector<std::string>{"cannot cast date to int"}));
  EXPECT_EQ(errors_of("TRY_CAST(INTERVAL 1 DAY AS int)", table),
            (std::vector<std::string>{"cannot cast interval to int"}));
}

}  // namespace
}  // namespace weir
