// number_answers_test.cpp — the edges of functions of numbers and of JSON, as Spark 3.5 answers them.
#include <gtest/gtest.h>

#include "evaluation.h"

namespace weir::test {
namespace {

TEST(Rounding, GoesByTheDecimalTextOfDoubles) {
  check({{"round(CAST(0.285 AS double), 2)", "0.29"},
         {"round(CAST(1.005 AS double), 2)", "1.01"},
         {"round(CAST(-1.005 AS double), 2)", "-1.01"},
         {"round(CAST(2.5 AS double))", "3.0"},
         {"round(CAST(-2.5 AS double))", "-3.0"},
         {"bround(CAST(2.5 AS double))", "2.0"},
         {"bround(CAST(0.125 AS double), 2)", "0.12"},
         {"round(CAST(1234.5 AS double), -2)", "1200.0"},
         {"round(CAST(1e300 AS double), 2)", "1.0E300"},
         {"round(CAST(1.23456789012345e-7 AS double), 10)", "1.235E-7"},
         {"round(CAST('NaN' AS double), 2)", "NaN"},
         {"round(CAST(0.1 AS double), 30)", "0.1"}});
}

TEST(Doubles, AreAsJavaHasThemAtTheEdges) {
  check({{"atan2(CAST(-0.0 AS double) * -1.0, CAST(-1 AS double))", "3.141592653589793"},
         {"atan2(CAST('-0' AS double), -1)", "3.141592653589793"},
         {"degrees(CAST(0.1 AS double))", "5.729577951308233"},
         {"radians(CAST(1.5 AS double))", "0.026179938779914945"},
         {"pmod(CAST(-4.9e-324 AS double), 9999999.0)", "0.0"},
         {"round(CAST('-0.4' AS double))", "0.0"},
         {"bround(CAST('-0.04' AS double), 1)", "0.0"},
         {"cbrt(CAST(1.7976931348623157e308 AS double))", "5.643803094122362E102"},
         {"power(CAST(1 AS double), CAST('NaN' AS double))", "NaN"},
         {"CAST(CAST(9223372036854775807 AS double) AS decimal(38,1))", "9223372036854776000.0"}});
}

TEST(Comparisons, NullSafeEqualityKeepsTheScalesOfDecimals) {
  check({{"CAST('99999999999999999999999999999999999999' AS decimal(38,0)) <=> CAST('1' AS decimal(38,10))",
          "false"},
         {"CAST('1' AS decimal(38,0)) <=> CAST('1.00' AS decimal(38,10))", "true"}});
}

TEST(Rounding, KeepsDecimalsExact) {
  check({{"round(0.5)", "1"},
         {"round(-0.5)", "-1"},
         {"bround(1.5)", "2"},
         {"round(99.99, 1)", "100.0"},
         {"round(1.5, 5)", "1.5"},
         {"round(55.5, -3)", "0"},
         {"floor(-1.0)", "-1"},
         {"ceil(-1.5)", "-1"},
         {"floor(12345678901234567890.99)", "12345678901234567890"},
         {"round(9223372036854775807, -1)", "error overflow"},
         {"round(2147483647, -1)", "error overflow"},
         {"round(15, -1)", "20"},
         {"bround(15, -1)", "20"},
         {"round(-15, -1)", "-20"},
         {"round(7, -30)", "0"},
         {"floor(CAST(1e30 AS double))", "error overflow"},
         {"floor(CAST('NaN' AS double))", "error overflow"}});
}

TEST(Numbers, FollowAnsiRules) {
  check({{"abs(-9223372036854775807)", "9223372036854775807"},
         {"abs(CAST(-2147483648 AS int))", "error overflow"},
         {"pmod(-7, 3)", "2"},
         {"pmod(7, -3)", "1"},
         {"pmod(1, 0)", "error division_by_zero"},
         {"pmod(CAST(-7.5 AS double), CAST(2 AS double))", "0.5"},
         {"mod(7.5, 2)", "1.5"},
         {"mod(1, 0)", "error division_by_zero"},
         {"sign(0)", "0.0"},
         {"sqrt(-1)", "NaN"},
         {"ln(0)", "NULL"},
         {"power(0, 0)", "1.0"},
         {"exp(1)", "2.718281828459045"},
         {"log(2, 8)", "3.0"}});
}

TEST(Integers, AreBitsAndDigits) {
  check({{"bin(0)", "0"},
         {"conv('-1', 10, 16)", "FFFFFFFFFFFFFFFF"},
         {"conv('18446744073709551616', 10, 16)", "error overflow"},
         {"conv('12x', 10, 10)", "12"},
         {"conv('x', 10, 10)", "0"},
         {"conv('', 10, 10)", "NULL"},
         {"conv('1', 1, 10)", "NULL"},
         {"shiftleft(1, 33)", "2"},
         {"shiftleft(CAST(1 AS bigint), 33)", "8589934592"},
         {"shiftright(-1, 40)", "-1"},
         {"shiftrightunsigned(-1, 31)", "1"},
         {"factorial(20)", "2432902008176640000"},
         {"factorial(-1)", "NULL"},
         {"width_bucket(1, 1, 1, 5)", "NULL"},
         {"width_bucket(10, 10, 0, 5)", "1"},
         {"format_number(0, 2)", "0.00"},
         {"format_number(999.995, 2)", "1,000.00"},
         {"format_number(-1234567, -1)", "NULL"},
         {"format_number(CAST(1e15 AS double), 1)", "1,000,000,000,000,000.0"},
         {"isnan(NULL)", "false"},
         {"typeof(1.5)", "decimal(2,1)"},
         {"equal_null('a', 'b')", "false"},
         {"soundex('')", ""},
         {"soundex('Tymczak')", "T522"},
         {"luhn_check('')", "false"}});
}

TEST(Json, FindsValues) {
  check({{"json_value('[1, [2, 3], {\"a\": \"b\"}]', '$[2].a')", "b"},
         {"json_value('[1, [2, 3]]', '$[1][1]')", "3"},
         {"json_value('[1]', '$[1]')", "NULL"},
         {"json_value('{\"a\": 1, \"a\": 2}', '$.a')", "1"},
         {"json_value('{\"a\\u0062\": 1}', '$.ab')", "1"},
         {"json_value('{\"a.b\": 1}', '$[''a.b'']')", "1"},
         {"json_value('{\"x\": \"],}\", \"a\": \"\\\"\"}', '$.a')", "\""},
         {"json_value('\"text\"', '$')", "text"},
         {"json_value(' 12.50 ', '$')", "12.50"},
         {"json_value('null', '$')", "NULL"},
         {"json_value('{\"a\": 1} x', '$.a')", "NULL"},
         {"json_value('{\"a\": true}', '$.a')", "true"},
         {"json_value('[]', '$[0]')", "NULL"},
         {"json_value('{}', '$.a')", "NULL"},
         {"json_value('', '$.a')", "NULL"},
         {"json_value('{\"a\": \"\\ud83d\\ude00\"}', '$.a')", "😀"},
         {"get_json_object('{\"a\": [1, {\"b\": \"x y\"}]}', '$.a')", "[1,{\"b\":\"x y\"}]"},
         {"get_json_object('{\"a\": \"\\\\ \\\" \"}', '$')", "{\"a\":\"\\\\ \\\" \"}"},
         {"CAST('{\"alloy\": {\"value\": [7]}}' AS json):alloy.value[0]", "7"},
         {"json_array_length('[]')", "0"},
         {"json_array_length(' [ [1,2] , \"a,b\" ] ')", "2"}});
  EXPECT_EQ(answer("json_value('{}', 'a')"),
            "refused: bad JSON path: a (it must begin with $; a path looks like $.a[0]['b c'])");
}

TEST(Json, CollectsValuesOfArrays) {
  check({{"get_json_object('{\"a\": [{\"b\": \"x\"}]}', '$.a[*].b')", "\"x\""},
         {"get_json_object('[[1, 2], [3, [4]]]', '$[*][*]')", "[1,2,3,4]"},
         {"get_json_object('{\"a\": [{\"b\": [1, 2]}, {\"b\": [3]}, {\"c\": 4}]}', '$.a[*].b[0]')", "[1,3]"},
         {"get_json_object('{\"a\": [ {\"b\" : \" ] \" } , 2 ]}', '$.a[*]')", "[{\"b\":\" ] \"},2]"},
         {"get_json_object('[]', '$[*]')", "NULL"},
         {"get_json_object('[null]', '$[*]')", "NULL"},
         {"get_json_object('[1', '$[*]')", "NULL"},
         {"get_json_object('{}', '$[*]')", "NULL"}});
  EXPECT_EQ(answer("json_value('[1]', '$[*]')"),
            "refused: a path with [*] leads to several values, which get_json_object gives");
  EXPECT_EQ(answer("get_json_object('{}', '$.*')").substr(0, 40), "refused: bad JSON path: $.* (* stands in");
}

TEST(Json, WritesValues) {
  check({{"to_json('a\"b\\c\nd')", "\"a\\\"b\\\\c\\nd\""},
         {"to_json(CAST('NaN' AS double))", "\"NaN\""},
         {"to_json(1.5)", "1.5"},
         {"to_json(TRUE)", "true"},
         {"to_json(DATE '2024-11-01')", "\"2024-11-01\""},
         {"to_json(TIMESTAMP '1969-12-31 23:59:59.123456')", "\"1969-12-31T23:59:59.123456Z\""},
         {"to_json(json_query('{\"a\": [1]}', '$.a'))", "[1]"},
         {"json_typeof(to_json('x'))", "string"}});
}

TEST(Rounding, GoesDownAndUpToAScale) {
  check({{"floor(-3.14159, 2)", "-3.15"},
         {"ceil(-3.14159, 2)", "-3.14"},
         {"ceil(99.9, -1)", "100"},
         {"ceil(99.9, -3)", "1000"},
         {"floor(0.1, -3)", "0"},
         {"floor(-0.1, -3)", "-1000"},
         {"floor(CAST(0.3 AS double), 1)", "0.3"},
         {"ceil(CAST(1.05 AS double), 1)", "1.1"},
         {"floor(CAST(-1e300 AS double), -299)", "-1.0E300"},
         {"floor(CAST(-1e-320 AS double), 2)", "-0.01"},
         {"ceil(CAST('Infinity' AS double), 2)", "Infinity"},
         {"elt(NULL, 'a')", "NULL"},
         {"elt(1, 1, 2.50)", "1.00"},
         {"zeroifnull(CAST(NULL AS int))", "0"},
         {"zeroifnull(1 / 0)", "error division_by_zero"},
         {"nullifzero(CAST(-0.0 AS double))", "NULL"}});
}

TEST(Integers, HaveDivisorsAndBits) {
  check({{"div(-9223372036854775807, -1)", "9223372036854775807"},
         {"div(CAST('-9223372036854775808' AS bigint), -1)", "error overflow"},
         {"div(1, 0)", "error division_by_zero"},
         {"gcd(CAST('-9223372036854775808' AS bigint), 0)", "error overflow"},
         {"gcd(0, 0)", "0"},
         {"lcm(9223372036854775807, 2)", "error overflow"},
         {"lcm(-4, 6)", "12"},
         {"bit_get(CAST(-1 AS bigint), 63)", "1"},
         {"bit_get(1, 32)", "error bad_argument"},
         {"try_divide(1.00, 0)", "NULL"},
         {"try_add(NULL, 1)", "NULL"}});
}

}  // namespace
}  // namespace weir::test
