// nested_layouts_test.cpp — functions of nested values see values, not how they lie: the same rows in order,
// out of order among others, and alone give the same answers.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "engine/expression/binder.h"
#include "engine/expression/program.h"
#include "evaluation.h"

namespace weir::test {
namespace {

constexpr std::uint32_t rows = 60;

Value random_value(const Type& type, std::mt19937& random);

Value random_nested(const Type& type, std::mt19937& random) {
  std::vector<Value> values;
  const auto& fields = type.nested->fields;
  // At times more elements than are compared one by one.
  const std::size_t length = !type.is_list() ? 1 : random() % 5 != 0 ? random() % 5 : random() % 30;
  for (std::size_t i = 0; i < length * fields.size(); ++i) {
    const Field& field = fields[i % fields.size()];
    Value value = random_value(field.type, random);
    while (!field.nullable && value.is_null()) value = random_value(field.type, random);
    // Keys of a map differ.
    if (type.kind == TypeKind::map && i % 2 == 0) value = {field.type, fmt::format("key {}", i)};
    values.push_back(std::move(value));
  }
  return {type, std::move(values)};
}

Value random_value(const Type& type, std::mt19937& random) {
  if (random() % 6 == 0) return {type, {}};
  switch (type.kind) {
    case TypeKind::int32:
      return {type, static_cast<std::int32_t>(random() % 8)};
    case TypeKind::float64:
      return {type, static_cast<double>(random() % 5) / 2};
    case TypeKind::string:
      return {type, std::string(random() % 20, static_cast<char>('a' + random() % 3))};
    default:
      return random_nested(type, random);
  }
}

/// The columns a, b (numbers), s, t (texts), z (structs), aa (arrays), m (a map), n (a number).
std::vector<TestColumn> random_columns(std::mt19937& random) {
  const Type numbers = array_type(int32_type);
  const Type texts = array_type(string_type);
  const Type line = struct_type({{"x", int32_type}, {"y", texts}});
  std::vector<TestColumn> columns{{"a", numbers, {}},
                                  {"b", numbers, {}},
                                  {"s", texts, {}},
                                  {"t", texts, {}},
                                  {"z", array_type(line), {}},
                                  {"aa", array_type(numbers), {}},
                                  {"m", map_type(string_type, float64_type), {}},
                                  {"n", int32_type, {}}};
  for (TestColumn& column : columns) {
    for (std::uint32_t row = 0; row < rows; ++row) column.values.push_back(random_value(column.type, random));
  }
  return columns;
}

constexpr const char* expressions[] = {"array_append(a, n)",
                                       "array_prepend(s, 'x')",
                                       "array_insert(a, 2, n)",
                                       "array_insert(a, -3, n)",
                                       "array_compact(s)",
                                       "array_remove(a, n)",
                                       "array_repeat(s, n)",
                                       "slice(s, 2, 2)",
                                       "slice(aa, -2, 1)",
                                       "flatten(aa)",
                                       "flatten(array(a, b))",
                                       "concat(a, b)",
                                       "concat(s, t, s)",
                                       "concat(z, z)",
                                       "reverse(s)",
                                       "reverse(z)",
                                       "array_distinct(a)",
                                       "array_distinct(s)",
                                       "array_distinct(z)",
                                       "array_union(a, b)",
                                       "array_union(s, t)",
                                       "array_intersect(a, b)",
                                       "array_except(s, t)",
                                       "arrays_overlap(a, b)",
                                       "sort_array(s)",
                                       "sort_array(aa, false)",
                                       "array_sort(z)",
                                       "array_max(a)",
                                       "array_min(aa)",
                                       "array_position(a, n)",
                                       "array_contains(a, n)",
                                       "array_join(s, ',', '?')",
                                       "concat_ws('-', s, t)",
                                       "arrays_zip(a, s)",
                                       "z.x",
                                       "z.y",
                                       "z[0].y[1]",
                                       "a[n]",
                                       "element_at(s, -1)",
                                       "struct(a, n, m)",
                                       "struct(a, s).a[0]",
                                       "array(n, n, 7)",
                                       "array(a, b)",
                                       "map('k', a, 'l', b)",
                                       "map_entries(m)",
                                       "map_keys(m)",
                                       "map_values(m)",
                                       "m['key 0']",
                                       "map_concat(m, map('other', 1))",
                                       "map_from_entries(map_entries(m))",
                                       "map_from_arrays(map_keys(m), map_values(m))",
                                       "CAST(a AS string)",
                                       "CAST(z AS string)",
                                       "CAST(m AS string)",
                                       "CAST(a AS array<string>)",
                                       "CAST(z AS array<struct<p string, q array<string>>>)",
                                       "to_json(z)",
                                       "to_json(m)",
                                       "a = b",
                                       "a < b",
                                       "z >= z",
                                       "coalesce(a, b)",
                                       "if(n > 3, s, t)",
                                       "greatest(a, b)",
                                       "a IN (b, array(1))",
                                       "hash(a, s, z)",
                                       "size(m)",
                                       "sequence(0, n)",
                                       "from_json(to_json(z), 'array<struct<x int, y array<string>>>')"};

class Layouts : public testing::TestWithParam<const char*> {
 protected:
  Layouts() {
    std::mt19937 random(7);
    columns_ = random_columns(random);
    for (const TestColumn& column : columns_) schema_->fields.push_back({column.name, column.type, true});
    const AstPtr ast = parse(GetParam()).value();
    Diagnostics diagnostics;
    bound_ = bind(*ast, Scope{schema_.get(), "test"}, builtin_functions(), diagnostics);
    EXPECT_NE(bound_, nullptr) << GetParam() << ": "
                               << (diagnostics.errors().empty() ? "" : diagnostics.errors()[0].message());
  }

  std::vector<std::string> answers(const std::vector<Column>& columns, std::uint32_t count) const {
    const Program program = std::move(Program::compile(std::vector<ExpressionPtr>{bound_})).value();
    Arena arena;
    const Column result = program.evaluate(Batch{schema_, columns, count}, arena, 0)[0];
    std::vector<std::string> texts;
    for (std::uint32_t row = 0; row < count; ++row) texts.push_back(answer_at(result, row));
    return texts;
  }

  std::vector<Column> columns_in(Arena& arena) const {
    std::vector<Column> made;
    for (const TestColumn& column : columns_) made.push_back(column_of(column, arena));
    return made;
  }

  std::vector<TestColumn> columns_;
  std::shared_ptr<Schema> schema_ = std::make_shared<Schema>();
  ExpressionPtr bound_;
};

TEST_P(Layouts, GiveTheSameAnswersInAnyOrder) {
  ASSERT_NE(bound_, nullptr);
  Arena arena, other;
  const std::vector<Column> columns = columns_in(arena);
  const std::vector<std::string> expected = answers(columns, rows);
  // Backwards, and only some: what their children hold is more, and in another order.
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t row = rows; row-- > 0;) {
    if (row % 3 != 0) chosen.push_back(row);
  }
  std::vector<Column> shuffled;
  for (const Column& column : columns) shuffled.push_back(gather(column, chosen, other));
  const std::vector<std::string> answered = answers(shuffled, static_cast<std::uint32_t>(chosen.size()));
  for (std::size_t i = 0; i < chosen.size(); ++i)
    EXPECT_EQ(answered[i], expected[chosen[i]]) << "row " << chosen[i];
}

TEST_P(Layouts, GiveTheSameAnswersForOneRowAndForConstants) {
  ASSERT_NE(bound_, nullptr);
  Arena arena;
  const std::vector<std::string> expected = answers(columns_in(arena), rows);
  for (std::uint32_t row = 0; row < rows; ++row) {
    Arena own;
    std::vector<Column> alone, constant;
    for (const TestColumn& column : columns_) {
      alone.push_back(column_of({column.name, column.type, {column.values[row]}}, own));
      constant.push_back(constant_column(column.values[row], 3, own));
    }
    EXPECT_EQ(answers(alone, 1)[0], expected[row]) << "row " << row;
    EXPECT_EQ(answers(constant, 3), std::vector<std::string>(3, expected[row])) << "row " << row;
  }
}

INSTANTIATE_TEST_SUITE_P(Nested, Layouts, testing::ValuesIn(expressions),
                         [](const auto& tested) { return fmt::format("n{}", tested.index); });

}  // namespace
}  // namespace weir::test
