// nested_test.cpp — arrays, maps and structs in columns: written, copied, chosen, compared, exported and imported.
#include <gtest/gtest.h>

#include <random>

#include "engine/data/arrow_c.h"
#include "engine/data/hash.h"
#include "engine/data/value.h"

namespace weir {
namespace {

Value text(std::string value) { return {string_type, std::move(value)}; }
Value number(std::int32_t value) { return {int32_type, value}; }
Value null_of(const Type& type) { return {type, std::monostate()}; }
Value nested(const Type& type, std::vector<Value> values) { return {type, std::move(values)}; }

/// A value of any type, NULL at times, nested ones of few elements.
Value random_value(const Type& type, std::mt19937& random) {
  if (random() % 5 == 0) return null_of(type);
  switch (type.kind) {
    case TypeKind::boolean:
      return {type, random() % 2 == 0};
    case TypeKind::int32:
      return {type, static_cast<std::int32_t>(random() % 7)};
    case TypeKind::int64:
      return {type, static_cast<std::int64_t>(random())};
    case TypeKind::decimal:
      return {type, Int128{random() % 100}};
    case TypeKind::string:
      return {type, std::string(random() % 30, static_cast<char>('a' + random() % 3))};
    default:
      break;
  }
  std::vector<Value> values;
  const auto& fields = type.nested->fields;
  const std::size_t rows = type.is_list() ? random() % 4 : 1;
  for (std::size_t i = 0; i < rows * fields.size(); ++i) {
    Value value = random_value(fields[i % fields.size()].type, random);
    while (value.is_null() && !fields[i % fields.size()].nullable) value = random_value(fields[i % fields.size()].type, random);
    values.push_back(std::move(value));
  }
  return {type, std::move(values)};
}

Column column_of(const std::vector<Value>& values, Arena& arena) {
  ColumnWriter writer(values[0].type, static_cast<std::uint32_t>(values.size()), arena);
  for (std::uint32_t row = 0; row < values.size(); ++row) writer.copy_from(row, constant_column(values[row], 1, arena), 0);
  return writer.finish();
}

std::vector<Type> some_types() {
  const Type line = struct_type({{"id", int32_type, false}, {"tags", array_type(string_type)}, {"ok", boolean_type}});
  return {array_type(int32_type), array_type(string_type), line, array_type(line), map_type(string_type, int64_type),
          map_type(int32_type, line), array_type(array_type(boolean_type)), struct_type({{"price", decimal_type(10, 2)}})};
}

TEST(Nested, ValuesHaveTexts) {
  const Type ints = array_type(int32_type);
  const Type names = map_type(string_type, int32_type);
  const Type line = struct_type({{"id", int32_type}, {"names", names}});
  const Value map = nested(names, {text("a"), number(1), text("b"), null_of(int32_type)});
  EXPECT_EQ(to_text(nested(ints, {number(1), null_of(int32_type)})), "[1, null]");
  EXPECT_EQ(to_text(nested(ints, {})), "[]");
  EXPECT_EQ(to_text(nested(line, {number(7), map})), "{7, {a -> 1, b -> null}}");
  EXPECT_EQ(to_sql(nested(line, {number(7), map})), "named_struct('id', 7, 'names', map('a', 1, 'b', NULL))");
  EXPECT_EQ(to_sql(nested(ints, {number(1), number(2)})), "array(1, 2)");
}

TEST(Nested, ColumnsKeepTheirValues) {
  std::mt19937 random(1);
  for (const Type& type : some_types()) {
    Arena arena;
    std::vector<Value> values;
    for (int i = 0; i < 300; ++i) values.push_back(random_value(type, random));
    const Column column = column_of(values, arena);
    for (std::uint32_t row = 0; row < values.size(); ++row)
      ASSERT_EQ(value_at(column, row), values[row]) << to_string(type) << " row " << row;
  }
}

TEST(Nested, RowsAreChosenWithoutCopyingWhatTheyHold) {
  std::mt19937 random(2);
  for (const Type& type : some_types()) {
    Arena arena;
    std::vector<Value> values;
    for (int i = 0; i < 100; ++i) values.push_back(random_value(type, random));
    const Column column = column_of(values, arena);
    std::vector<std::uint32_t> rows;
    for (int i = 0; i < 200; ++i) rows.push_back(i % 9 == 0 ? ~0u : static_cast<std::uint32_t>(random() % values.size()));
    Arena other;
    const Column chosen = gather(column, rows, other);
    EXPECT_EQ(chosen.children, column.children);
    for (std::uint32_t row = 0; row < rows.size(); ++row)
      ASSERT_EQ(value_at(chosen, row), rows[row] == ~0u ? null_of(type) : values[rows[row]]);
  }
}

TEST(Nested, ColumnsOfTwoOriginsAreJoined) {
  std::mt19937 random(3);
  for (const Type& type : some_types()) {
    Arena first_arena, second_arena, arena;
    std::vector<Value> first, second;
    for (int i = 0; i < 50; ++i) first.push_back(random_value(type, random));
    for (int i = 0; i < 50; ++i) second.push_back(random_value(type, random));
    const Column a = column_of(first, first_arena);
    const Column b = column_of(second, second_arena);
    ColumnWriter writer(type, 100, arena);
    for (std::uint32_t row = 0; row < 100; ++row) writer.copy_from(row, row % 2 == 0 ? a : b, row / 2);
    const Column joined = writer.finish();
    for (std::uint32_t row = 0; row < 100; ++row)
      ASSERT_EQ(value_at(joined, row), (row % 2 == 0 ? first : second)[row / 2]) << to_string(type) << " row " << row;
  }
}

TEST(Nested, KeysAreEqualWhereValuesAre) {
  std::mt19937 random(4);
  for (const Type& type : some_types()) {
    Arena arena;
    std::vector<Value> values;
    for (int i = 0; i < 120; ++i) values.push_back(random_value(type, random));
    const Column column = column_of(values, arena);
    std::vector<std::string> keys(values.size());
    for (std::uint32_t row = 0; row < values.size(); ++row) append_key(column, row, keys[row]);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      for (std::size_t j = 0; j < keys.size(); ++j) {
        if (type.kind != TypeKind::map) {
          ASSERT_EQ(keys[i] == keys[j], values[i] == values[j]);
        }
        if (keys[i] != keys[j]) {
          ASSERT_FALSE(keys[i].starts_with(keys[j])) << to_string(type);
        }
      }
    }
  }
}

TEST(Nested, MapsWithEqualEntriesAreEqualInAnyOrder) {
  Arena arena;
  const Type type = map_type(string_type, int32_type);
  const Column column = column_of({nested(type, {text("a"), number(1), text("b"), number(2)}),
                                   nested(type, {text("b"), number(2), text("a"), number(1)})},
                                  arena);
  std::string first, second;
  append_key(column, 0, first);
  append_key(column, 1, second);
  EXPECT_EQ(first, second);
}

TEST(Nested, GoThroughArrowAndBack) {
  std::mt19937 random(5);
  Arena arena;
  Batch batch;
  batch.row_count = 77;
  Schema schema;
  std::vector<std::vector<Value>> values;
  for (const Type& type : some_types()) {
    schema.fields.push_back({"c" + std::to_string(values.size()), type, true});
    values.emplace_back();
    for (std::uint32_t i = 0; i < batch.row_count; ++i) values.back().push_back(random_value(type, random));
    batch.columns.push_back(column_of(values.back(), arena));
  }
  batch.schema = std::make_shared<Schema>(schema);
  ArrowSchema arrow_schema;
  ArrowArray arrow_array;
  export_batch(batch, nullptr, &arrow_schema, &arrow_array);
  auto imported = import_batch(&arrow_schema, &arrow_array);
  ASSERT_TRUE(imported.ok()) << imported.error().message();
  EXPECT_EQ(imported->batch.schema->fields, schema.fields);
  for (std::size_t c = 0; c < values.size(); ++c) {
    for (std::uint32_t row = 0; row < batch.row_count; ++row)
      ASSERT_EQ(value_at(imported->batch.columns[c], row), values[c][row]) << c << " row " << row;
  }
}

// struct(a, 'x') has the columns themselves for children, and one of them is constant.
TEST(Nested, StructsOfConstantsAreReadAndGoThroughArrow) {
  constexpr std::uint32_t rows = 5;
  Arena arena;
  const Type type = struct_type({{"n", int32_type}, {"word", string_type}, {"none", string_type}});
  ColumnWriter numbers(int32_type, rows, arena);
  ColumnWriter writer(type, rows, arena, true);
  std::vector<Value> values;
  for (std::uint32_t row = 0; row < rows; ++row) {
    if (row != 2) numbers.set(row, static_cast<std::int32_t>(row));
    writer.set(row, row);
    values.push_back(nested(type, {row == 2 ? null_of(int32_type) : number(static_cast<std::int32_t>(row)),
                                   text("a word that is not inline"), null_of(string_type)}));
  }
  Column column = writer.finish();
  column.children = std::make_shared<const std::vector<Column>>(
      std::vector<Column>{numbers.finish(), constant_column(text("a word that is not inline"), rows, arena),
                          constant_column(null_of(string_type), rows, arena)});
  Arena other;
  const std::vector<std::uint32_t> backwards{4, 3, 2, 1, 0};
  const Column chosen = gather(column, backwards, other);
  ColumnBuilder copies(type, other);
  for (std::uint32_t row = 0; row < rows; ++row) copies.append_from(column, row);
  const Column copied = copies.finish();
  Batch batch{std::make_shared<Schema>(Schema{{{"s", type, true}}}), {column}, rows};
  ArrowSchema arrow_schema;
  ArrowArray arrow_array;
  export_batch(batch, nullptr, &arrow_schema, &arrow_array);
  auto imported = import_batch(&arrow_schema, &arrow_array);
  ASSERT_TRUE(imported.ok()) << imported.error().message();
  for (std::uint32_t row = 0; row < rows; ++row) {
    EXPECT_EQ(value_at(column, row), values[row]);
    EXPECT_EQ(value_at(chosen, row), values[backwards[row]]);
    EXPECT_EQ(value_at(copied, row), values[row]);
    EXPECT_EQ(value_at(imported->batch.columns[0], row), values[row]);
  }
}

}  // namespace
}  // namespace weir
