// row_bytes_test.cpp — rows of every type come out of their bytes as they went in, NULLs and nested values too.
#include "engine/state/row_bytes.h"

#include <gtest/gtest.h>

#include "engine/data/value.h"

namespace weir {
namespace {

Column column_of(const Type& type, const std::vector<Value>& values, Arena& arena) {
  ColumnBuilder builder(type, arena);
  for (const Value& value : values) builder.append_from(constant_column(value, 1, arena), 0);
  return builder.finish();
}

Value text(const std::string& value) { return {string_type, value}; }

TEST(RowBytes, GiveTheRowsBack) {
  Arena arena;
  const Type list = array_type(string_type), map = map_type(string_type, int32_type),
             both = struct_type({{"id", int64_type, true}, {"tags", list, true}});
  const Value tags{list, std::vector<Value>{text("a"), {string_type, {}}, text("a long text that is no inline view")}};
  const std::vector<std::vector<Value>> columns = {
      {{boolean_type, true}, {boolean_type, {}}, {boolean_type, false}},
      {{int32_type, std::int32_t{-7}}, {int32_type, {}}, {int32_type, std::int32_t{1 << 30}}},
      {{int64_type, std::int64_t{1} << 60}, {int64_type, {}}, {int64_type, std::int64_t{0}}},
      {{float64_type, 2.5}, {float64_type, {}}, {float64_type, -0.0}},
      {{decimal_type(38, 2), Int128{123456789}}, {decimal_type(38, 2), {}}, {decimal_type(38, 2), -Int128{5}}},
      {text(""), {string_type, {}}, text("a long text that is no inline view")},
      {{interval_type, Interval{1, 2, 3}}, {interval_type, {}}, {interval_type, Interval{}}},
      {{list, std::vector<Value>{}}, {list, {}}, tags},
      {{map, std::vector<Value>{text("k"), {int32_type, std::int32_t{1}}, text("l"), {int32_type, {}}}}, {map, {}}, {map, std::vector<Value>{}}},
      {{both, std::vector<Value>{{int64_type, std::int64_t{4}}, tags}}, {both, {}}, {both, std::vector<Value>{{int64_type, {}}, {list, {}}}}},
  };
  std::vector<Column> given;
  std::vector<Type> types;
  for (const std::vector<Value>& values : columns) {
    types.push_back(values.front().type);
    given.push_back(column_of(types.back(), values, arena));
  }
  Arena other;
  RowColumns made(types, other);
  for (std::uint32_t row = 0; row < 3; ++row) {
    std::string bytes;
    append_row_bytes(given, row, bytes);
    EXPECT_TRUE(is_row_of(bytes, types));
    EXPECT_FALSE(is_row_of(bytes + "x", types));
    EXPECT_FALSE(is_row_of(std::string_view(bytes).substr(0, bytes.size() - 1), types));
    EXPECT_TRUE(made.append(bytes));
  }
  made.append_nulls();
  const std::vector<Column> back = made.finish();
  for (std::size_t c = 0; c < columns.size(); ++c) {
    ASSERT_EQ(back[c].size, 4u);
    for (std::uint32_t row = 0; row < 3; ++row) EXPECT_EQ(value_at(back[c], row), columns[c][row]) << c << ", " << row;
    EXPECT_TRUE(back[c].is_null(3));
  }
}

TEST(RowBytes, ARowOfNoColumnsIsEmpty) {
  Arena arena;
  RowColumns made({}, arena);
  EXPECT_TRUE(made.append(""));
  EXPECT_FALSE(made.append("x"));
}

}  // namespace
}  // namespace weir
