// logic_test.cpp — three-valued logic, and how errors travel through it.
#include <gmock/gmock.h>

#include "tests/unit/expression/evaluation.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using testing::evaluate;
using testing::TestTable;
using testing::value_of;

/// All pairs of true, false, NULL and an error.
const TestTable& pairs() {
  static const TestTable table({{"a",
                                 "boolean",
                                 {"true", "true", "true", "true", "false", "false", "false", "false", "NULL",
                                  "NULL", "NULL", "NULL", "ERROR", "ERROR", "ERROR", "ERROR"}},
                                {"b",
                                 "boolean",
                                 {"true", "false", "NULL", "ERROR", "true", "false", "NULL", "ERROR", "true",
                                  "false", "NULL", "ERROR", "true", "false", "NULL", "ERROR"}}});
  return table;
}

TEST(Logic, AndIsFalseWhereEitherIsFalseWhateverTheOtherIs) {
  EXPECT_THAT(evaluate("a AND b", pairs()),
              ElementsAre("true", "false", "NULL", "!test_b", "false", "false", "false", "false", "NULL",
                          "false", "NULL", "!test_b", "!test_a", "false", "!test_a", "!test_a"));
}

TEST(Logic, OrIsTrueWhereEitherIsTrueWhateverTheOtherIs) {
  EXPECT_THAT(evaluate("a OR b", pairs()),
              ElementsAre("true", "true", "true", "true", "true", "false", "NULL", "!test_b", "true", "NULL",
                          "NULL", "!test_b", "true", "!test_a", "!test_a", "!test_a"));
}

TEST(Logic, NotKeepsNullAndErrors) {
  const TestTable table({{"a", "boolean", {"true", "false", "NULL", "ERROR"}}});
  EXPECT_THAT(evaluate("NOT a", table), ElementsAre("false", "true", "NULL", "!test_a"));
}

TEST(Logic, IsNullUsesItsArgument) {
  const TestTable table({{"a", "int", {"1", "NULL", "ERROR"}}});
  EXPECT_THAT(evaluate("a IS NULL", table), ElementsAre("false", "true", "!test_a"));
  EXPECT_THAT(evaluate("a IS NOT NULL", table), ElementsAre("true", "false", "!test_a"));
}

TEST(Logic, ComparisonWithNullIsNull) {
  EXPECT_EQ(value_of("1 = NULL"), "NULL");
  EXPECT_EQ(value_of("NULL = NULL"), "NULL");
  EXPECT_EQ(value_of("NULL <=> NULL"), "true");
  EXPECT_EQ(value_of("1 <=> NULL"), "false");
}

TEST(Logic, InFollowsOr) {
  const TestTable table({{"a", "int", {"1", "3", "NULL", "ERROR"}},
                         {"b", "int", {"NULL", "NULL", "1", "1"}},
                         {"c", "int", {"ERROR", "ERROR", "1", "1"}}});
  EXPECT_THAT(evaluate("a IN (1, 2)", table), ElementsAre("true", "false", "NULL", "!test_a"));
  EXPECT_THAT(evaluate("a IN (1, NULL)", table), ElementsAre("true", "NULL", "NULL", "!test_a"));
  EXPECT_THAT(evaluate("a NOT IN (1, 2)", table), ElementsAre("false", "true", "NULL", "!test_a"));
  EXPECT_THAT(evaluate("a IN (c, b, 1)", table), ElementsAre("true", "!test_c", "NULL", "!test_a"));
  EXPECT_THAT(evaluate("a IN (b, a)", table), ElementsAre("true", "true", "NULL", "!test_a"));
}

TEST(Logic, InComparesTextsDatesAndDecimals) {
  EXPECT_EQ(value_of("'b' IN ('a', 'b')"), "true");
  EXPECT_EQ(value_of("1.50 IN (1, 1.5)"), "true");
  EXPECT_EQ(value_of("DATE '2024-11-01' IN ('2024-11-02', '2024-11-01')"), "true");
}

TEST(Logic, BetweenIncludesItsBounds) {
  const TestTable table({{"a", "int", {"1", "5", "6", "NULL"}}});
  EXPECT_THAT(evaluate("a BETWEEN 1 AND 5", table), ElementsAre("true", "true", "false", "NULL"));
  EXPECT_THAT(evaluate("a NOT BETWEEN 1 AND 5", table), ElementsAre("false", "false", "true", "NULL"));
  EXPECT_THAT(evaluate("a BETWEEN NULL AND 5", table), ElementsAre("NULL", "NULL", "false", "NULL"));
}

TEST(Logic, WholeWordsAndTheirTailsAreRight) {
  std::vector<std::string> cells;
  for (int i = 0; i < 200; ++i) cells.push_back(i % 3 == 0 ? "NULL" : std::to_string(i));
  const TestTable table({{"a", "int", cells}});
  const auto results = evaluate("a > 100 OR a % 2 = 0", table);
  for (int i = 0; i < 200; ++i) {
    const std::string expected = i % 3 == 0 ? "NULL" : i > 100 || i % 2 == 0 ? "true" : "false";
    EXPECT_EQ(results[static_cast<std::size_t>(i)], expected) << i;
  }
}

}  // namespace
}  // namespace weir
