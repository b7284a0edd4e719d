// group_table_test.cpp — groups come out the same whatever the parts and the order of their rows, and after being saved and loaded.
#include "engine/state/group_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engine/state/group_key.h"
#include "tests/unit/state/group_rows.h"

namespace weir::testing {
namespace {

TEST(GroupTable, KeysThatAreEqualInSqlAreOneGroup) {
  const GroupShape of = shape();
  GroupTable table(of);
  Rows({{"a", 0.0, 1, "x"}, {"a", -0.0, 2, "y"}, {std::nullopt, std::nullopt, 3, "z"}, {std::nullopt, std::nullopt, 4, std::nullopt},
        {"", 0.0, 5, "x", false}})
      .add_to(table);
  const std::map<std::string, std::string> expected{{"a/0.0", "2 3 y 1 "}, {"NULL/NULL", "2 7 z 3 "}, {"/0.0", "0 5 x 5 "}};
  EXPECT_EQ(all_of(table), expected);
}

TEST(GroupTable, PartsAndOrderDecideNothing) {
  std::mt19937_64 random(20241121);
  const GroupShape of = shape();
  for (int round = 0; round < 30; ++round) {
    std::vector<Row> rows;
    for (std::uint64_t i = 0; i < 300; ++i) rows.push_back(random_row(random, i));
    GroupTable whole(of);
    Rows(rows).add_to(whole);
    std::shuffle(rows.begin(), rows.end(), random);
    GroupTable merged(of);
    for (auto from = rows.begin(); from != rows.end();) {
      const auto to = from + std::min<std::ptrdiff_t>(rows.end() - from, static_cast<std::ptrdiff_t>(random() % 50 + 1));
      GroupTable part(of);
      Rows(std::vector<Row>(from, to)).add_to(part);
      merged.merge(part);
      from = to;
    }
    ASSERT_EQ(all_of(merged), all_of(whole));
  }
}

TEST(GroupTable, SavedGroupsGoOnWhereTheyWere) {
  std::mt19937_64 random(7);
  const GroupShape of = shape();
  std::vector<Row> rows;
  for (std::uint64_t i = 0; i < 2000; ++i) rows.push_back(random_row(random, i));
  GroupTable whole(of), half(of), restored(of);
  Rows(rows).add_to(whole);
  Rows({rows.begin(), rows.begin() + 1000}).add_to(half);
  for (std::uint32_t group = 0; group < half.size(); ++group) {
    std::string saved;
    half.save(group, saved);
    ASSERT_TRUE(restored.load(saved).ok());
  }
  EXPECT_TRUE(restored.changed().empty());
  Rows({rows.begin() + 1000, rows.end()}).add_to(restored);
  EXPECT_EQ(all_of(restored), all_of(whole));
}

TEST(GroupTable, TellsWhatChangedOnce) {
  const GroupShape of = shape();
  GroupTable table(of);
  Rows({{"a", 1.0, 1, "x"}, {"b", 1.0, 1, "x"}, {"a", 1.0, 1, "x"}}).add_to(table);
  EXPECT_EQ(table.changed(), (std::vector<std::uint32_t>{0, 1}));
  table.forget_changes();
  EXPECT_TRUE(table.changed().empty());
  GroupTable part(of);
  Rows({{"c", 1.0, 1, "x"}, {"b", 1.0, 1, "x"}}).add_to(part);
  table.merge(part);
  EXPECT_EQ(table.changed(), (std::vector<std::uint32_t>{2, 1}));
}

TEST(GroupTable, DamagedBytesAreRefused) {
  const GroupShape of = shape();
  GroupTable table(of);
  Rows({{"a", 1.0, 1, "x"}}).add_to(table);
  std::string saved;
  table.save(0, saved);
  for (std::size_t size = 0; size < saved.size(); ++size) {
    GroupTable other(of);
    ASSERT_FALSE(other.load(std::string_view(saved).substr(0, size)).ok()) << size;
  }
  GroupTable other(of);
  EXPECT_FALSE(other.load(saved + "x").ok());
  EXPECT_FALSE(table.load(saved).ok()) << "it is there already";
}

TEST(GroupTable, ManyGroupsAreFoundAgain) {
  const GroupShape of({int64_type}, {body_of("count", {}, int64_type)}, {int64_type});
  GroupTable table(of);
  constexpr std::uint32_t count = 200'000;
  Arena arena;
  ColumnWriter key(int64_type, count, arena);
  std::vector<std::uint32_t> rows(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    key.set(i, static_cast<std::int64_t>(i % (count / 2)));
    rows[i] = i;
  }
  const std::vector<Column> keys{key.finish()};
  const std::vector<std::span<const Column>> arguments{{}};
  const std::vector<const Column*> filters{nullptr};
  table.add({keys, arguments, filters, rows, {}}, arena);
  ASSERT_EQ(table.size(), count / 2);
  const std::vector<Column> results = table.results(table.changed(), arena);
  for (std::uint32_t i = 0; i < table.size(); ++i) ASSERT_EQ(results[1].at<std::int64_t>(i), 2);
}

TEST(GroupKey, EveryTypeComesBack) {
  const std::vector<Value> values{{boolean_type, true},          {int32_type, std::int32_t{-7}},      {int64_type, std::int64_t{1} << 40},
                                  {float64_type, -2.5},          {decimal_type(38, 5), Int128{-123}}, {string_type, std::string("é\0b", 4)},
                                  {bytes_type, std::string(300, '\xff')}, {date_type, std::int32_t{19000}},  {timestamp_type, std::int64_t{-1}}};
  Arena arena;
  std::vector<Column> columns;
  std::vector<Type> types;
  for (const Value& value : values) {
    ColumnWriter writer(value.type, 2, arena);
    writer.copy_from(0, constant_column(value, 1, arena), 0);
    columns.push_back(writer.finish());
    types.push_back(value.type);
  }
  GroupKeyWriter writer(columns);
  const std::string filled(writer.write(0)), empty(writer.write(1));
  ASSERT_TRUE(is_group_key(filled, types));
  ASSERT_TRUE(is_group_key(empty, types));
  EXPECT_FALSE(is_group_key(filled.substr(1), types));
  const std::vector<std::string_view> keys{filled, empty};
  const std::vector<Column> back = group_key_columns(keys, types, arena);
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(to_text(value_at(back[i], 0)), to_text(values[i]));
    EXPECT_TRUE(back[i].is_null(1));
  }
}

TEST(GroupKey, TextsOfEveryLengthComeBack) {
  constexpr std::uint32_t longest = 100;
  Arena arena;
  ColumnWriter texts(string_type, longest, arena), numbers(int64_type, longest, arena);
  for (std::uint32_t size = 0; size < longest; ++size) {
    std::string text;
    for (std::uint32_t i = 0; i < size; ++i) text += static_cast<char>('0' + (i + size) % 75);
    texts.set_text(size, text);
    numbers.set(size, std::int64_t{size});
  }
  const std::vector<Column> columns{texts.finish(), numbers.finish()};
  GroupKeyWriter writer(columns);
  std::vector<std::string> keys;
  for (std::uint32_t row = 0; row < longest; ++row) keys.emplace_back(writer.write(row));
  const std::vector<Type> types{string_type, int64_type};
  const std::vector<std::string_view> views(keys.begin(), keys.end());
  const std::vector<Column> back = group_key_columns(views, types, arena);
  for (std::uint32_t row = 0; row < longest; ++row) {
    EXPECT_TRUE(is_group_key(keys[row], types));
    EXPECT_EQ(back[0].text_at(row), columns[0].text_at(row));
    EXPECT_EQ(back[1].at<std::int64_t>(row), row);
  }
}

}  // namespace
}  // namespace weir::testing
