// text_operators_test.cpp — LIKE, RLIKE, || and comparisons of text.
#include <gtest/gtest.h>

#include "engine/expression/json_text.h"
#include "tests/unit/expression/evaluation.h"

namespace weir {
namespace {

using testing::errors_of;
using testing::evaluate;
using testing::TestTable;
using testing::value_of;

TEST(Like, MatchesTheWholeText) {
  for (const char* yes :
       {"'green' LIKE 'green'", "'green tea' LIKE 'green%'", "'green tea' LIKE '%tea'",
        "'green tea' LIKE '%n%t%'", "'' LIKE ''", "'' LIKE '%'", "'abc' LIKE '_b_'", "'grün' LIKE 'gr_n'",
        "'aXbXc' LIKE 'a%b%c'", "'10%' LIKE '10!%' ESCAPE '!'", "'aab' LIKE '%_ab'", "'tea' LIKE '%%a'"}) {
    EXPECT_EQ(value_of(yes), "true") << yes;
  }
  for (const char* no :
       {"'green' LIKE 'Green'", "'green' LIKE 'gree'", "'green' LIKE '_green'", "'' LIKE '_'",
        "'ab' LIKE 'ab%b'", "'100' LIKE '10!%' ESCAPE '!'", "'grün' LIKE 'gr__n'"}) {
    EXPECT_EQ(value_of(no), "false") << no;
  }
}

TEST(Like, TakesPatternsFromColumns) {
  const TestTable table({{"t", "string", {"'tea'", "'tea'", "NULL", "'tea'"}},
                         {"p", "string", {"'t%'", "'x%'", "'t%'", "NULL"}}});
  EXPECT_EQ(evaluate("t LIKE p", table), (std::vector<std::string>{"true", "false", "NULL", "NULL"}));
  EXPECT_EQ(evaluate("t NOT LIKE p", table), (std::vector<std::string>{"false", "true", "NULL", "NULL"}));
}

TEST(Rlike, FindsAPartOfTheText) {
  EXPECT_EQ(value_of("'tea 42' RLIKE '[0-9]+$'"), "true");
  EXPECT_EQ(value_of("'tea' RLIKE '^e'"), "false");
  const TestTable table({{"t", "string", {"'tea'", "NULL"}}, {"p", "string", {"'('", "'t'"}}});
  EXPECT_EQ(errors_of("t RLIKE '('", table).size(), 1u);
  EXPECT_EQ(evaluate("t RLIKE p", table), (std::vector<std::string>{"!bad_pattern", "NULL"}));
}

TEST(Texts, CompareByBytes) {
  const TestTable table(
      {{"a", "string", {"'abcdefghijklmnop'", "'abcdefghijklmnop'", "'abcd'", "''", "NULL"}},
       {"b", "string", {"'abcdefghijklmnop'", "'abcdefghijklmnoq'", "'abce'", "'a'", "''"}}});
  EXPECT_EQ(evaluate("a = b", table), (std::vector<std::string>{"true", "false", "false", "false", "NULL"}));
  EXPECT_EQ(evaluate("a < b", table), (std::vector<std::string>{"false", "true", "true", "true", "NULL"}));
  EXPECT_EQ(value_of("'Z' < 'a'"), "true");
  EXPECT_EQ(value_of("'z' < 'ä'"), "true");
}

TEST(Numbers, CompareAcrossTypes) {
  EXPECT_EQ(value_of("1.50 = 1.5"), "true");
  EXPECT_EQ(
      value_of(
          "CAST('99999999999999999999999999999999999999' AS decimal(38,0)) > CAST('0.1' AS decimal(38,38))"),
      "true");
  EXPECT_EQ(
      value_of(
          "CAST('-99999999999999999999999999999999999999' AS decimal(38,0)) > CAST('0.1' AS decimal(38,38))"),
      "false");
  EXPECT_EQ(value_of("CAST('NaN' AS double) = CAST('NaN' AS double)"), "true");
  EXPECT_EQ(value_of("CAST('NaN' AS double) > CAST('Infinity' AS double)"), "true");
  EXPECT_EQ(value_of("0.0E0 = -0.0E0"), "true");
  EXPECT_EQ(value_of("DATE '2024-11-01' < TIMESTAMP '2024-11-01 00:00:01'"), "true");
}

TEST(JsonText, AcceptsExactlyJson) {
  for (const char* good :
       {"1", "-0.5e+3", "\"\"", " [ ] ", "{\"a\":{\"b\":[null,true,false]}}", "\"\\u00e9\\n\"", "[[[]]]"}) {
    EXPECT_TRUE(is_valid_json(good)) << good;
  }
  for (const char* bad : {"",      " ",       "01",         "1.",    ".5",  "+1",      "-",           "1e",
                          "[1,]",  "{\"a\"}", "{\"a\":1,}", "{a:1}", "nul", "\"\\x\"", "\"\\u12g4\"", "\"a",
                          "[1] 2", "\"\n\"",  "{\"a\":1",   "NaN",   "'a'"}) {
    EXPECT_FALSE(is_valid_json(bad)) << bad;
  }
  EXPECT_TRUE(is_valid_json(std::string(200, '[') + std::string(200, ']')));
  EXPECT_FALSE(is_valid_json(std::string(100000, '[')));
  std::string text;
  append_unescaped_json("\"a\\u00e9\\ud83d\\ude00\\ud800 \\\"\\n\"", text);
  EXPECT_EQ(text, "aé😀\xEF\xBF\xBD \"\n");
}

}  // namespace
}  // namespace weir
