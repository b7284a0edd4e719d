// poison_test.cpp — an error of a value rejects a row only where the value is used.
#include <gmock/gmock.h>

#include "tests/unit/expression/evaluation.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using testing::evaluate;
using testing::TestTable;
using testing::value_of;

TEST(Poison, AConditionGuardsADivision) {
  const TestTable table({{"x", "int", {"0", "2", "NULL"}}});
  EXPECT_THAT(evaluate("x <> 0 AND 10 / x > 1", table), ElementsAre("false", "true", "NULL"));
  EXPECT_THAT(evaluate("CASE WHEN x = 0 THEN -1.0E0 ELSE 10 / x END", table),
              ElementsAre("-1.0", "5.0", "NULL"));
  EXPECT_THAT(evaluate("10 / x", table), ElementsAre("!division_by_zero", "5.0", "NULL"));
}

TEST(Poison, ANullRowHasNoErrorOfItsOwn) {
  const TestTable table({{"x", "int", {"NULL", "1"}}, {"y", "int", {"0", "0"}}});
  EXPECT_THAT(evaluate("x % y", table), ElementsAre("NULL", "!division_by_zero"));
  EXPECT_THAT(evaluate("y % x", table), ElementsAre("NULL", "0"));
}

TEST(Poison, StrictCallsCarryTheFirstError) {
  const TestTable table(
      {{"a", "int", {"ERROR", "ERROR", "1", "NULL"}}, {"b", "int", {"ERROR", "1", "ERROR", "ERROR"}}});
  EXPECT_THAT(evaluate("a + b", table), ElementsAre("!test_a", "!test_a", "!test_b", "!test_b"));
  EXPECT_THAT(evaluate("b + a", table), ElementsAre("!test_b", "!test_a", "!test_b", "!test_b"));
}

TEST(Poison, CaseLooksAtNoFurtherThanTheBranchTaken) {
  const TestTable table({{"c", "boolean", {"true", "false", "NULL", "ERROR"}},
                         {"d", "boolean", {"ERROR", "ERROR", "true", "true"}},
                         {"v", "int", {"1", "1", "ERROR", "1"}}});
  EXPECT_THAT(evaluate("CASE WHEN c THEN v WHEN d THEN 2 ELSE 3 END", table),
              ElementsAre("1", "!test_d", "2", "!test_c"));
  EXPECT_THAT(evaluate("if(d, v, 0)", table), ElementsAre("!test_d", "!test_d", "!test_v", "1"));
}

TEST(Poison, CoalesceStopsAtTheFirstValue) {
  const TestTable table(
      {{"a", "int", {"1", "NULL", "ERROR", "NULL"}}, {"b", "int", {"ERROR", "ERROR", "2", "2"}}});
  EXPECT_THAT(evaluate("coalesce(a, b, 3)", table), ElementsAre("1", "!test_b", "!test_a", "2"));
  EXPECT_THAT(evaluate("nvl(a, b)", table), ElementsAre("1", "!test_b", "!test_a", "2"));
  EXPECT_THAT(evaluate("nvl2(a, b, 3)", table), ElementsAre("!test_b", "3", "!test_a", "3"));
}

TEST(Poison, NullIfAndExtremesUseAllArguments) {
  const TestTable table({{"a", "int", {"1", "NULL", "ERROR", "2"}}, {"b", "int", {"ERROR", "2", "2", "2"}}});
  EXPECT_THAT(evaluate("nullif(a, b)", table), ElementsAre("!test_b", "NULL", "!test_a", "NULL"));
  EXPECT_THAT(evaluate("greatest(a, b)", table), ElementsAre("!test_b", "2", "!test_a", "2"));
  EXPECT_THAT(evaluate("least(a, b, 1)", table), ElementsAre("!test_b", "1", "!test_a", "1"));
}

TEST(Poison, TryCastForgivesOnlyItsOwnError) {
  const TestTable table({{"a", "string", {"'1'", "'x'", "ERROR", "NULL"}}});
  EXPECT_THAT(evaluate("TRY_CAST(a AS int)", table), ElementsAre("1", "NULL", "!test_a", "NULL"));
  EXPECT_THAT(evaluate("CAST(a AS int)", table), ElementsAre("1", "!bad_cast", "!test_a", "NULL"));
}

TEST(Poison, AFailedConstantIsAnErrorOfEveryRow) {
  const TestTable table({{"a", "int", {"1", "0", "NULL"}}});
  EXPECT_THAT(evaluate("a + CAST('x' AS int)", table), ElementsAre("!bad_cast", "!bad_cast", "!bad_cast"));
  EXPECT_THAT(evaluate("CASE WHEN a = 1 THEN CAST('x' AS int) ELSE 7 END", table),
              ElementsAre("!bad_cast", "7", "7"));
  EXPECT_THAT(evaluate("1 / 0", table),
              ElementsAre("!division_by_zero", "!division_by_zero", "!division_by_zero"));
}

TEST(Poison, MessagesNameTheValue) {
  EXPECT_EQ(value_of("CAST('abc' AS int)"), "!bad_cast: not a valid int: 'abc'");
  EXPECT_EQ(value_of("CAST(3000000000 AS int)"), "!overflow: out of the range of int: 3000000000");
  EXPECT_EQ(value_of("2147483647 + 1"), "!overflow: too large for int: 2147483647 + 1");
  EXPECT_EQ(value_of("7 / 0"), "!division_by_zero: division by zero: 7 / 0");
  EXPECT_EQ(value_of("7.50 % 0"), "!division_by_zero: division by zero: 7.50 % 0");
}

}  // namespace
}  // namespace weir
