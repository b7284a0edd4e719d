// column_test.cpp — writing and reading columns.
#include "engine/data/column.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace weir {
namespace {

const std::string long_text(50, 'x');

TEST(Column, HoldsWhatWasWritten) {
  Arena arena;
  ColumnWriter writer(int32_type, 3, arena);
  writer.set(2, std::int32_t{-7});
  writer.set(0, std::int32_t{5});
  const Column column = writer.finish();
  EXPECT_EQ(column.size, 3u);
  EXPECT_EQ(column.at<std::int32_t>(0), 5);
  EXPECT_EQ(column.at<std::int32_t>(2), -7);
  EXPECT_FALSE(column.is_null(0));
  EXPECT_TRUE(column.is_null(1)) << "a row not written is NULL";
}

TEST(Column, NeedsNoBitmapWithoutNulls) {
  Arena arena;
  for (const std::uint32_t rows : {1u, 7u, 8u, 63u, 64u, 65u, 128u}) {
    for (const bool all_valid : {false, true}) {
      ColumnWriter writer(int64_type, rows, arena, all_valid);
      for (std::uint32_t row = 0; row < rows; ++row) writer.set(row, std::int64_t{row});
      EXPECT_EQ(writer.finish().validity, nullptr) << rows;
    }
  }
}

TEST(Column, MakesItsBitmapAtTheFirstNullWhenAllWereToBeValid) {
  Arena arena;
  ColumnWriter writer(string_type, 70, arena, true);
  for (std::uint32_t row = 0; row < 70; ++row) {
    if (row == 69) {
      writer.set_null(row);
    } else {
      writer.set_text(row, long_text);
    }
  }
  const Column column = writer.finish();
  EXPECT_FALSE(column.is_null(68));
  EXPECT_TRUE(column.is_null(69));
  EXPECT_EQ(column.text_at(68), long_text);
  EXPECT_EQ(column.text_at(69), "") << "the value of a NULL row is harmless";
}

TEST(Column, LeavesHarmlessValuesInRowsNeverWritten) {
  Arena arena(64 * 1024);
  std::memset(arena.allocate(60 * 1024), 0xEE, 60 * 1024);
  arena.reset();
  const Column column = ColumnWriter(string_type, 1000, arena).finish();
  for (std::uint32_t row = 0; row < 1000; ++row) EXPECT_EQ(column.text_at(row), "");
}

TEST(Column, ClearsBitsPastItsEnd) {
  Arena arena;
  std::memset(arena.allocate(60 * 1024), 0xEE, 60 * 1024);
  arena.reset();
  ColumnWriter writer(boolean_type, 3, arena);
  writer.set_bool(0, true);
  writer.set_bool(1, false);
  const Column column = writer.finish();
  std::uint64_t words[2];
  std::memcpy(&words[0], column.validity, 8);
  std::memcpy(&words[1], column.values, 8);
  EXPECT_EQ(words[0], 3u);
  EXPECT_EQ(words[1], 1u);
}

TEST(Column, TakesBooleansBackWhenSetToNull) {
  Arena arena;
  ColumnWriter writer(boolean_type, 2, arena, true);
  writer.set_bool(0, true);
  writer.set_bool(1, true);
  writer.set_null(0);
  const Column column = writer.finish();
  EXPECT_TRUE(column.is_null(0));
  EXPECT_FALSE(column.bool_at(0));
  EXPECT_TRUE(column.bool_at(1));
}

TEST(Column, CarriesErrorsSortedByRow) {
  Arena arena;
  ColumnWriter writer(int32_type, 5, arena);
  writer.set_error(4, "overflow", "four");
  writer.set(0, 1);
  writer.set_error(1, "overflow", "one");
  const Column column = writer.finish();
  ASSERT_NE(column.errors, nullptr);
  EXPECT_EQ(column.errors->rows.size(), 2u);
  EXPECT_EQ(column.errors->find(1)->message, "one");
  EXPECT_EQ(column.errors->find(4)->message, "four");
  EXPECT_EQ(column.errors->find(0), nullptr);
  EXPECT_EQ(column.errors->find(9), nullptr);
  EXPECT_TRUE(column.is_null(1)) << "a row with an error is NULL too";
}

TEST(Column, OfTypeNullIsAllNull) {
  Arena arena;
  for (const bool all_valid : {false, true}) {
    const Column column = ColumnWriter(null_type, 70, arena, all_valid).finish();
    EXPECT_TRUE(column.is_null(0));
    EXPECT_TRUE(column.is_null(69));
  }
}

TEST(Column, MayHaveNoRows) {
  Arena arena;
  for (const Type& type : {boolean_type, int32_type, string_type, null_type}) {
    EXPECT_EQ(ColumnWriter(type, 0, arena).finish().size, 0u);
    EXPECT_EQ(ColumnWriter(type, 0, arena, true).finish().size, 0u);
  }
}

TEST(Column, CopiesRowsOfEveryWidth) {
  Arena first, second;
  const Int128 wide = (Int128{1} << 100) + 7;
  ColumnWriter decimals(decimal_type(38, 0), 2, first);
  decimals.set(1, wide);
  ColumnWriter bools(boolean_type, 2, first);
  bools.set_bool(0, true);
  bools.set_bool(1, false);
  ColumnWriter dates(date_type, 2, first);
  dates.set(0, std::int32_t{-3});
  const Column from_decimals = decimals.finish(), from_bools = bools.finish(), from_dates = dates.finish();
  ColumnWriter to_decimals(decimal_type(38, 0), 2, second), to_bools(boolean_type, 2, second),
      to_dates(date_type, 2, second);
  for (std::uint32_t row = 0; row < 2; ++row) {
    to_decimals.copy_from(1 - row, from_decimals, row);
    to_bools.copy_from(1 - row, from_bools, row);
    to_dates.copy_from(1 - row, from_dates, row);
  }
  const Column d = to_decimals.finish(), b = to_bools.finish(), t = to_dates.finish();
  EXPECT_TRUE(d.at<Int128>(0) == wide && d.is_null(1));
  EXPECT_TRUE(!b.bool_at(0) && b.bool_at(1) && !b.is_null(0) && !b.is_null(1));
  EXPECT_TRUE(t.is_null(0) && t.at<std::int32_t>(1) == -3);
}

TEST(Column, SharesTextWithinAnArenaAndCopiesItBetweenTwo) {
  Arena first, second;
  ColumnWriter writer(string_type, 3, first);
  writer.set_text(0, long_text);
  writer.set_text(1, "short");
  writer.set_error(2, "bad", "not good");
  const Column from = writer.finish();
  ColumnWriter same(string_type, 3, first), other(string_type, 3, second);
  for (std::uint32_t row = 0; row < 3; ++row) {
    same.copy_from(row, from, row);
    other.copy_from(row, from, row);
  }
  const Column shared = same.finish(), copied = other.finish();
  EXPECT_EQ(shared.text_at(0).data(), from.text_at(0).data());
  EXPECT_NE(copied.text_at(0).data(), from.text_at(0).data());
  EXPECT_EQ(copied.text_at(0), long_text);
  EXPECT_EQ(copied.text_at(1), "short");
  EXPECT_EQ(copied.errors->find(2)->message, "not good");
}

TEST(Column, ConstantStandsForEveryRow) {
  Arena arena, other;
  ColumnWriter writer(string_type, 1, arena);
  writer.set_text(0, long_text);
  Column constant = writer.finish();
  constant.size = 1000;
  constant.row_mask = 0;
  EXPECT_TRUE(constant.is_constant());
  EXPECT_EQ(constant.text_at(999), long_text);
  EXPECT_FALSE(constant.is_null(999));
  ColumnWriter copy(string_type, 2, other);
  copy.copy_from(1, constant, 999);
  EXPECT_EQ(copy.finish().text_at(1), long_text);
}

TEST(Column, AgreesWithAVectorOfOptionalsForRandomWrites) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    Arena arena(512);
    const std::uint32_t rows = random() % 300;
    const bool all_valid = random() % 2 == 0;
    std::vector<std::optional<std::string>> expected(rows);
    ColumnWriter writer(string_type, rows, arena, all_valid);
    for (std::uint32_t row = 0; row < rows; ++row) {
      const auto choice = random() % 4;
      if (choice == 0) {
        if (all_valid || random() % 2 == 0) writer.set_null(row);
        continue;
      }
      expected[row] = std::string(random() % 30, static_cast<char>('a' + random() % 26));
      writer.set_text(row, *expected[row]);
    }
    const Column column = writer.finish();
    for (std::uint32_t row = 0; row < rows; ++row) {
      ASSERT_EQ(column.is_null(row), !expected[row]);
      ASSERT_EQ(column.text_at(row), expected[row].value_or(""));
    }
  }
}

}  // namespace
}  // namespace weir
