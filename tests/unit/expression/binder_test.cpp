// binder_test.cpp — names, overloads, implicit casts, and the exact words of every error.
#include "engine/expression/binder.h"

#include <gmock/gmock.h>

#include "tests/unit/expression/evaluation.h"

namespace weir {
namespace {

using testing::bind_text;
using testing::bound;
using testing::built_in;
using ::testing::ElementsAre;
using testing::errors_of;
using testing::TestTable;
using testing::type_of;
using testing::value_of;

const TestTable& views() {
  static const TestTable table({{"id", "string", {"'a'"}},
                                {"amount", "decimal(10,2)", {"1"}},
                                {"time_stamp", "bigint", {"0"}},
                                {"viewed", "date", {"NULL"}},
                                {"option", "json", {"NULL"}}});
  return table;
}

TEST(Binder, SuggestsTheColumnThatWasMeant) {
  EXPECT_THAT(
      errors_of("amout + 1", views()),
      ElementsAre(
          "unknown column: amout | did you mean amount? columns of the table: id, amount, time_stamp, "
          "viewed, option"));
}

TEST(Binder, FindsColumnsInAnyCaseIfThereIsOne) {
  EXPECT_EQ(print(*bound("AMOUNT", views())), "amount");
  const TestTable two({{"Name", "string", {"'a'"}}, {"NAME", "string", {"'b'"}}});
  EXPECT_EQ(print(*bound("NAME", two)), "NAME");
  EXPECT_THAT(errors_of("name", two), ElementsAre("ambiguous column: name | it may mean Name or NAME"));
}

TEST(Binder, SuggestsTheFunctionThatWasMeant) {
  EXPECT_THAT(errors_of("coalese(id, 'x')", views()),
              ElementsAre("unknown function: coalese | did you mean coalesce?"));
}

TEST(Binder, ReportsAllErrorsOfAnExpression) {
  EXPECT_EQ(errors_of("coalese(idd) + amout", views()).size(), 3u);
}

const TestTable& orders() {
  static const TestTable table({{"skus", "array<string not null>", {"NULL"}},
                                {"counts", "array<int>", {"NULL"}},
                                {"totals", "array<bigint>", {"NULL"}},
                                {"labels", "map<string, int>", {"NULL"}},
                                {"buyer", "struct<name string, age int>", {"NULL"}}});
  return table;
}

std::string type_in_orders(const std::string& text) { return to_string(bound(text, orders())->type); }

TEST(Binder, FindsTheTypeThatElementsHaveInCommon) {
  EXPECT_EQ(print(*bound("array_contains(totals, 7)", orders())), "array_contains(totals, 7)");
  EXPECT_EQ(print(*bound("concat(counts, totals)", orders())), "concat(CAST(counts AS array<bigint>), totals)");
  EXPECT_EQ(print(*bound("counts = totals", orders())), "CAST(counts AS array<bigint>) = totals");
  EXPECT_EQ(print(*bound("element_at(labels, 'a')", orders())), "element_at(labels, 'a')");
  EXPECT_EQ(type_in_orders("coalesce(counts, array())"), "array<int>");
  EXPECT_EQ(type_in_orders("map_values(map('a', 1, 'b', 2.5))"), "array<decimal(11,1)>");
}

TEST(Binder, KeepsThatElementsAreNeverNull) {
  EXPECT_EQ(type_in_orders("reverse(skus)"), "array<string not null>");
  EXPECT_EQ(type_in_orders("concat(skus, skus)"), "array<string not null>");
  EXPECT_EQ(type_in_orders("concat(skus, array('x'))"), "array<string>");
  EXPECT_EQ(type_in_orders("array_union(skus, array('x'))"), "array<string>");
  EXPECT_EQ(type_in_orders("array_append(skus, 'x')"), "array<string>");
  EXPECT_EQ(type_in_orders("map_keys(labels)"), "array<string not null>");
}

TEST(Binder, NamesTheFieldsOfStructsAfterColumns) {
  EXPECT_EQ(print(*bound("struct(counts, buyer.age, 1)", orders())),
            "named_struct('counts', counts, 'age', buyer.age, 'col3', 1)");
  EXPECT_EQ(type_in_orders("arrays_zip(skus, counts)"), "array<struct<skus string, counts int> not null>");
  EXPECT_EQ(type_in_orders("arrays_zip(skus, array(1))"), "array<struct<skus string, `1` int> not null>");
  EXPECT_EQ(type_in_orders("arrays_zip(skus, skus)"), "array<struct<`0` string, `1` string> not null>");
  EXPECT_THAT(errors_of("struct(skus, skus)", orders()), ElementsAre("named_struct: field skus is given twice"));
}

TEST(Binder, DoesNotWriteLongListsOut) {
  EXPECT_EQ(print(*bound("sequence(1, 3)", orders())), "array(1, 2, 3)");
  EXPECT_EQ(print(*bound("sequence(1, 1000)", orders())), "sequence(1, 1000)");
  EXPECT_EQ(print(*bound("size(sequence(1, 1000))", orders())), "size(sequence(1, 1000))");
}

TEST(Binder, SaysWhatAFunctionExpects) {
  EXPECT_THAT(errors_of("sha2(time_stamp, 256)", views()),
              ElementsAre("sha2 expects (string, int) or (bytes, int), got (bigint, int) | CAST(value AS type) converts"));
  EXPECT_THAT(errors_of("nullif(id)", views()), ElementsAre("nullif expects (T, T), got (string)"));
  EXPECT_THAT(errors_of("coalesce(id, viewed)", views()),
              ElementsAre("coalesce expects (T, ...), got (string, date) | T is one type for all of them; CAST(value AS type) converts"));
  EXPECT_THAT(errors_of("id + amount", views()),
              ElementsAre("operator + does not take (string, decimal(10,2)) | CAST(value AS type) converts; texts are joined by || or concat(...)"));
  EXPECT_THAT(errors_of("id AND true", views()),
              ElementsAre("operator and does not take (string, bool) | CAST(value AS type) converts"));
}

TEST(Binder, PointsAtTheWrongArgument) {
  Diagnostics diagnostics;
  bind_text("sha2(time_stamp, 256)", views().scope(), diagnostics);
  ASSERT_EQ(diagnostics.errors().size(), 1u);
  EXPECT_EQ(diagnostics.errors()[0].where().column, 6u);
  EXPECT_EQ(diagnostics.errors()[0].where().length, 10u);
}

TEST(Binder, SaysWhatIsWrongWithCase) {
  EXPECT_THAT(errors_of("CASE WHEN id THEN 1 END", views()), ElementsAre("WHEN expects bool, got string | compare it: value = '...'"));
  EXPECT_THAT(errors_of("CASE WHEN true THEN amount ELSE viewed END", views()),
              ElementsAre("CASE gives values of different types: (decimal(10,2), date)"));
}

TEST(Binder, ReadsLiteralsAsTheTypeTheyMeet) {
  EXPECT_EQ(print(*bound("viewed = '2024-11-01'", views())), "viewed = DATE '2024-11-01'");
  EXPECT_THAT(errors_of("viewed = '2024-13-01'", views()), ElementsAre("not a valid date: '2024-13-01'"));
  EXPECT_EQ(print(*bound("time_stamp > '5'", views())), "time_stamp > 5");
  EXPECT_EQ(print(*bound("amount > '5'", views())), "CAST(amount AS double) > 5.0E0");
  EXPECT_EQ(print(*bound("amount > 5", views())), "amount > 5");
  EXPECT_EQ(print(*bound("id = time_stamp", views())), "CAST(id AS bigint) = time_stamp");
}

TEST(Binder, NullTakesTheTypeOfItsContext) {
  EXPECT_EQ(type_of("coalesce(NULL, 1.5)"), "decimal(2,1)");
  EXPECT_EQ(type_of("CASE WHEN true THEN NULL ELSE DATE '2024-11-01' END"), "date");
  EXPECT_EQ(value_of("NULL + 1"), "NULL");
  EXPECT_EQ(value_of("NULL || 'a'"), "NULL");
  EXPECT_EQ(value_of("coalesce(NULL, NULL)"), "NULL");
  EXPECT_EQ(value_of("upper(NULL)"), "NULL");
}

TEST(Binder, WidensToTheCommonType) {
  EXPECT_EQ(type_of("coalesce(1, 3000000000)"), "bigint");
  EXPECT_EQ(type_of("coalesce(1.5, 2)"), "decimal(2,1)");
  EXPECT_EQ(type_of("coalesce(1.5, 2E0)"), "double");
  EXPECT_EQ(type_of("if(true, DATE '2024-11-01', TIMESTAMP '2024-11-01 00:00:00')"), "timestamp");
  EXPECT_EQ(type_of("coalesce(CAST(1 AS decimal(38,0)), CAST(1 AS decimal(38,38)))"), "decimal(38,6)");
  EXPECT_EQ(value_of("1 || '-' || 2.50"), "1-2.50");
}

TEST(Binder, KnowsWhatCannotBeNull) {
  const Schema schema{{{"a", string_type, false}, {"b", string_type, true}}};
  const Scope scope{&schema, "x"};
  const auto nullable = [&](const std::string& text) {
    Diagnostics diagnostics;
    const ExpressionPtr expression = bind_text(text, scope, diagnostics);
    return expression == nullptr || expression->nullable;
  };
  EXPECT_FALSE(nullable("a || 'x'"));
  EXPECT_TRUE(nullable("a || b"));
  EXPECT_FALSE(nullable("coalesce(b, 'x')"));
  EXPECT_TRUE(nullable("coalesce(b, b)"));
  EXPECT_TRUE(nullable("nullif(a, 'x')"));
  EXPECT_FALSE(nullable("CASE WHEN b = 'x' THEN a ELSE 'y' END"));
  EXPECT_TRUE(nullable("CASE WHEN b = 'x' THEN a END"));
  EXPECT_FALSE(nullable("CAST(a AS int)"));
  EXPECT_TRUE(nullable("TRY_CAST(a AS int)"));
  EXPECT_FALSE(nullable("b IS NULL"));
}

TEST(Binder, FoldsConstants) {
  EXPECT_EQ(print(*bound("1 + 2 * 3", views())), "7");
  EXPECT_EQ(print(*bound("amount * (1 + 1)", views())), "amount * 2");
  EXPECT_EQ(print(*bound("1 / 0", views())), "1 / 0");
}

TEST(Binder, CoerceConvertsWhereSqlDoes) {
  const auto coerced = [&](const std::string& text, const Type& type) -> std::string {
    Diagnostics diagnostics;
    const ExpressionPtr expression =
        coerce(bound(text, views()), type, "column x of sink y", built_in(), diagnostics);
    return expression != nullptr ? print(*expression) : diagnostics.errors().at(0).message();
  };
  EXPECT_EQ(coerced("time_stamp", float64_type), "CAST(time_stamp AS double)");
  EXPECT_EQ(coerced("NULL", date_type), "NULL");
  EXPECT_EQ(coerced("'2024-11-01'", date_type), "DATE '2024-11-01'");
  EXPECT_EQ(coerced("option", string_type), "CAST(option AS string)");
  EXPECT_EQ(coerced("amount", decimal_type(12, 2)), "CAST(amount AS decimal(12,2))");
  EXPECT_EQ(coerced("amount", decimal_type(12, 1)),
            "column x of sink y: expected decimal(12,1), got decimal(10,2)");
  EXPECT_EQ(coerced("id", int64_type), "column x of sink y: expected bigint, got string");
  EXPECT_EQ(coerced("time_stamp", int32_type), "column x of sink y: expected int, got bigint");
}

TEST(Print, UsesParenthesesOnlyWhereTheyMatter) {
  const TestTable table({{"a", "int", {"1"}},
                         {"b", "int", {"1"}},
                         {"c", "boolean", {"true"}},
                         {"odd name", "string", {"'x'"}}});
  for (const char* text : {"a + b * 2", "(a + b) * 2", "a - (b - 1)", "a - b - 1", "c AND (c OR a = b)",
                           "NOT (c AND a = 1)", "a IS NOT NULL", "NOT c", "a IN (1, 2)", "a NOT IN (1, 2)",
                           "CASE WHEN c THEN a ELSE b END", "-(a + b)", "CAST(a AS double) / 2.0E0",
                           "`odd name` || 'it''s'", "`odd name` LIKE 'x%'", "a >= 1 AND a <= 2"}) {
    EXPECT_EQ(print(*bound(text, table)), text);
  }
}

}  // namespace
}  // namespace weir
