// sql_outline_test.cpp — what is told of a statement of SQL without its grammar.
#include "engine/component/sql_outline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr SqlSpelling postgres{.has_dollar_quotes = true, .has_escape_strings = true, .nests_comments = true, .has_bracket_names = false, .parameter_signs = "$"};
constexpr SqlSpelling sqlite{.has_bracket_names = true, .parameter_signs = "?@$"};

std::vector<std::string> mentions(const std::string& sql, const SqlSpelling& spelling) {
  std::vector<std::string> names;
  for (const auto& mention : outline_of_sql(sql, spelling).mentions) {
    EXPECT_EQ(sql.substr(mention.part.offset, mention.part.length), ":" + mention.name);
    names.push_back(mention.name);
  }
  return names;
}

TEST(SqlOutline, FindsParametersAndNothingThatLooksLikeThem) {
  EXPECT_THAT(mentions("select :a, f(:b_2)+:a::text, x[:c], 'it''s :no' , \":no\", 1:: int -- :no\n /* :no */ :d", postgres), ElementsAre("a", "b_2", "a", "c", "d"));
  EXPECT_THAT(mentions("select $$ :no $$, $q$ $$ :no $q$, E'\\':no', e'\\\\', :a, U&'\\:no', a$b$:c$", postgres), ElementsAre("a", "c"));
  EXPECT_THAT(mentions("select /* /* */ :no */ :a", postgres), ElementsAre("a"));
  EXPECT_THAT(mentions("select /* /* */ :a, [:no], `:no`, $$, :b, '\\', :c", sqlite), ElementsAre("a", "b", "c"));
  EXPECT_THAT(mentions("select a[1 : n], '2' :: text, x := 1, :, : a", postgres), IsEmpty());
}

TEST(SqlOutline, KnowsTheFirstWord) {
  EXPECT_EQ(outline_of_sql(" -- x\n((select 1))", postgres).first_word, "SELECT");
  EXPECT_EQ(outline_of_sql("/* a */ Values (1)", postgres).first_word, "VALUES");
  EXPECT_EQ(outline_of_sql("'a' select", postgres).first_word, "");
  EXPECT_EQ(outline_of_sql("", postgres).first_word, "");
}

TEST(SqlOutline, FindsASecondStatement) {
  EXPECT_FALSE(outline_of_sql("select ';' ; -- ;\n /* ; */ ;", postgres).second_statement);
  const auto second = outline_of_sql("select 1; drop table a", postgres).second_statement;
  ASSERT_TRUE(second);
  EXPECT_EQ(second->offset, 10U);
  EXPECT_EQ(second->length, 4U);
}

TEST(SqlOutline, FindsWhatIsNotClosed) {
  const auto unclosed = [](const char* sql) {
    const auto found = outline_of_sql(sql, postgres).unclosed;
    return found ? std::string(found->what) : "";
  };
  EXPECT_EQ(unclosed("select 'a'' "), "a text");
  EXPECT_EQ(unclosed("select E'a\\'"), "a text");
  EXPECT_EQ(unclosed("select \"a"), "a name");
  EXPECT_EQ(unclosed("select /* /* */"), "a comment");
  EXPECT_EQ(unclosed("select $a$ $$ $b$"), "a dollar quote");
  EXPECT_EQ(unclosed("select 'a' /* */ $$ $$ -- '"), "");
}

TEST(SqlOutline, FindsParametersWithoutNames) {
  const auto foreign = [](const std::string& sql, const SqlSpelling& spelling) {
    const auto found = outline_of_sql(sql, spelling).foreign;
    return found ? sql.substr(found->offset, found->length) : "";
  };
  EXPECT_EQ(foreign("select a = $12", postgres), "$12");
  EXPECT_EQ(foreign("select '$1', $$ $1 $$, a$1, a ? b, @ a, :a -- $1", postgres), "");
  EXPECT_EQ(foreign("select ?", sqlite), "?");
  EXPECT_EQ(foreign("select ?3", sqlite), "?3");
  EXPECT_EQ(foreign("select @a", sqlite), "@a");
  EXPECT_EQ(foreign("select $a", sqlite), "$a");
  EXPECT_EQ(foreign("select '?', [?], \"?\", a$b, :a", sqlite), "");
}

TEST(SqlOutline, OfAnyBytesStaysWithinThem) {
  std::mt19937 random(11);
  const std::string pieces = "'\"`$:;[]()/*-\\\nEeaselct1 \xC3\xA9\x80";
  for (int i = 0; i < 20'000; ++i) {
    std::string sql;
    for (unsigned length = random() % 30; length > 0; --length) sql += pieces[random() % pieces.size()];
    for (const SqlSpelling& spelling : {postgres, sqlite}) {
      const SqlOutline outline = outline_of_sql(sql, spelling);
      for (const auto& mention : outline.mentions) ASSERT_LE(mention.part.offset + mention.part.length, sql.size());
      ASSERT_TRUE(!outline.second_statement || outline.second_statement->offset < sql.size());
      ASSERT_TRUE(!outline.unclosed || outline.unclosed->part.offset < sql.size());
    }
  }
}

TEST(NumberedStatement, FindsPlacesOfTheOriginal) {
  ReadOnlyStatement statement;
  statement.sql = "select :day, :n from où where x";
  statement.parameters = {{"n", {}}, {"day", {}}};
  statement.placeholders = {{7, 4, 1}, {13, 2, 0}};
  statement.place = [](std::size_t offset, std::size_t length) { return Location{nullptr, 1, static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(length)}; };
  const NumberedStatement numbered(statement, '$');
  EXPECT_EQ(numbered.sql(), "select $2, $1 from où where x");
  const auto place = [&](const char* word) {
    const Location found = numbered.place(numbered.sql().find(word));
    return statement.sql.substr(found.column, found.length);
  };
  EXPECT_EQ(place("select"), "select");
  EXPECT_EQ(place("$2"), ":day");
  EXPECT_EQ(place("2,"), ":day");
  EXPECT_EQ(place("$1"), ":n");
  EXPECT_EQ(place("from"), "from");
  EXPECT_EQ(place("où"), "où");
  EXPECT_EQ(place("x"), "x");
  EXPECT_EQ(numbered.place(std::string::npos).length, statement.sql.size());
}

}  // namespace
}  // namespace weir
