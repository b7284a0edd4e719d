// lookup_test.cpp — keys of lookup tables: found, not found, NULL, of several columns, many.
#include <gtest/gtest.h>

#include "engine/component/lookup.h"
#include "engine/component/lookup_function.h"
#include "engine/data/value.h"
#include "engine/expression/program.h"

namespace weir {
namespace {

LookupCell cell(std::string_view text) { return {.text = text, .is_null = text == "NULL"}; }

Result<std::shared_ptr<const LookupTable>> table_of(const LookupShape& shape, const std::vector<std::vector<std::string>>& rows) {
  LookupBuilder builder(shape);
  for (const auto& row : rows) {
    std::vector<LookupCell> cells;
    for (const std::string& text : row) cells.push_back(cell(text));
    WEIR_TRY(builder.add(cells));
  }
  return builder.finish();
}

Column column_of(const std::vector<Value>& values, Arena& arena) {
  ColumnWriter writer(values.front().type, static_cast<std::uint32_t>(values.size()), arena);
  for (std::uint32_t i = 0; i < values.size(); ++i) writer.copy_from(i, constant_column(values[i], 1, arena), 0);
  return writer.finish();
}

std::vector<std::uint32_t> find(const LookupTable& table, const std::vector<Column>& keys) {
  Arena arena;
  std::vector<std::uint32_t> rows(keys.front().size);
  table.find(keys, rows, arena);
  return rows;
}

Value number(std::int32_t value) { return {int32_type, value}; }
Value text(std::string value) { return {string_type, std::move(value)}; }
constexpr std::uint32_t none = LookupTable::no_row;

TEST(Lookup, FindsRowsByKey) {
  const LookupShape shape{"shops", {{{"id", int32_type}, "id"}, {{"name", string_type}, "name"}}, {0}};
  const auto table = table_of(shape, {{"7", "tea"}, {"-1", "cup"}, {"NULL", "nobody"}});
  ASSERT_TRUE(table.ok());
  Arena arena;
  EXPECT_EQ(find(**table, {column_of({number(-1), number(7), number(8), Value{int32_type, {}}}, arena)}),
            (std::vector<std::uint32_t>{1, 0, none, none}));
}

TEST(Lookup, FindsRowsByKeysOfSeveralColumns) {
  const LookupShape shape{"rates", {{{"from", string_type}, "from"}, {{"rate", float64_type}, "rate"}, {{"year", int32_type}, "year"}}, {2, 0}};
  const auto table = table_of(shape, {{"EUR", "1", "2024"}, {"USD", "2", "2024"}, {"EUR", "3", "2025"}, {"NULL", "4", "2025"}});
  ASSERT_TRUE(table.ok());
  Arena arena;
  const Column years = column_of({number(2025), number(2024), number(2023), number(2025)}, arena);
  const Column currencies = column_of({text("EUR"), text("USD"), text("EUR"), Value{string_type, {}}}, arena);
  EXPECT_EQ(find(**table, {years, currencies}), (std::vector<std::uint32_t>{2, 1, none, none}));
}

TEST(Lookup, FindsAllOfManyRowsAndNoOthers) {
  const LookupShape shape{"many", {{{"id", int64_type}, "id"}}, {0}};
  LookupBuilder builder(shape);
  constexpr std::int64_t count = 100'000;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::string id = std::to_string(i * 3);
    const LookupCell one = cell(id);
    ASSERT_TRUE(builder.add({&one, 1}).ok());
  }
  const auto table = builder.finish();
  ASSERT_TRUE(table.ok());
  Arena arena;
  ColumnWriter writer(int64_type, 3 * count, arena, true);
  for (std::uint32_t i = 0; i < 3 * count; ++i) writer.set(i, std::int64_t{i});
  const std::vector<std::uint32_t> rows = find(**table, {writer.finish()});
  for (std::uint32_t i = 0; i < 3 * count; ++i) ASSERT_EQ(rows[i], i % 3 == 0 ? i / 3 : none) << i;
}

TEST(Lookup, RefusesAKeyThatIsThereTwiceAndValuesOfAnotherType) {
  const LookupShape shape{"t", {{{"id", int32_type, false}, "id"}, {{"day", date_type}, "day"}}, {0}};
  const auto twice = table_of(shape, {{"1", "NULL"}, {"2", "NULL"}, {" 1 ", "NULL"}});
  ASSERT_FALSE(twice.ok());
  EXPECT_EQ(twice.error().message(), "two rows have the key id = 1: row 1 and row 3");
  const auto wrong = table_of(shape, {{"1", "2024-11-01"}, {"2", "soon"}});
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().message(), "row 2: column day: not a valid date: 'soon'");
  EXPECT_FALSE(table_of(shape, {{"NULL", "NULL"}}).ok());
  EXPECT_FALSE(table_of(shape, {{"1"}}).ok());
}

TEST(Lookup, TellsTablesApartByTheirContent) {
  const LookupShape shape{"t", {{{"id", int32_type}, "id"}, {{"a", string_type}, "a"}, {{"b", string_type}, "b"}}, {0}};
  const auto content = [&](const std::vector<std::vector<std::string>>& rows) { return (*table_of(shape, rows))->content(); };
  EXPECT_EQ(content({{"1", "x", "y"}}), content({{"1", "x", "y"}}));
  EXPECT_NE(content({{"1", "xy", ""}}), content({{"1", "x", "y"}}));
  EXPECT_NE(content({{"1", "", "x"}}), content({{"1", "NULL", "x"}}));
  EXPECT_NE(content({}), content({{"1", "x", "y"}}));
}

// What was compiled before a table changes goes on with the one it had.
TEST(Lookup, ProgramsKeepTheVersionTheyWereCompiledWith) {
  const LookupShape shape{"shops", {{{"id", int32_type}, "id"}, {{"name", string_type}, "name"}}, {0}};
  const auto slot = std::make_shared<LookupSlot>();
  const Function function = lookup_function(shape, slot, "test");
  const ExpressionPtr row = std::make_shared<const Expression>(
      Expression{row_type(shape), true, {}, Call{&function, &function.overloads.front(), {make_column(0, {"id", int32_type})}}});
  Arena arena;
  Batch batch;
  batch.columns = {column_of({number(1), number(2), Value{int32_type, {}}}, arena)};
  batch.row_count = 3;
  const auto names = [&](const Program& program) {
    const Column column = program.evaluate(batch, arena, 0).front();
    std::string result;
    for (std::uint32_t i = 0; i < 3; ++i) result += column.errors != nullptr ? "error " : to_text(value_at(column, i)) + " ";
    return result;
  };
  const auto compiled = [&] { return *Program::compile({&row, 1}); };
  const Program unread = compiled();
  slot->table = *table_of(shape, {{"1", "tea with a long name"}});
  const Program first = compiled();
  slot->table = *table_of(shape, {{"2", "cup"}});
  const Program second = compiled();
  slot->table = *table_of(shape, {});
  const Program empty = compiled();
  slot->table = nullptr;
  EXPECT_EQ(names(unread), "error error error ");
  EXPECT_EQ(names(first), "{1, tea with a long name} NULL NULL ");
  EXPECT_EQ(names(second), "NULL {2, cup} NULL ");
  EXPECT_EQ(names(empty), "NULL NULL NULL ");
}

}  // namespace
}  // namespace weir
