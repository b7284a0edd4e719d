// join_table_test.cpp — one side of a join beside a plain list of rows: what has a key, what goes first, what is left.
#include "engine/state/join_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <random>

namespace weir {
namespace {

Hash128 key(int number) { return hash_bytes(std::to_string(number)); }

std::vector<std::string> values_of(const JoinTable& table, const Hash128& of) {
  std::vector<std::string> values;
  for (std::uint32_t row = table.first(of); row != JoinTable::no_row; row = table.next(row)) values.emplace_back(table.values(row));
  return values;
}

TEST(JoinTable, GivesTheRowsOfAKeyInTheOrderTheyCame) {
  JoinTable table;
  EXPECT_EQ(table.first(key(1)), JoinTable::no_row);
  table.add(key(1), 30, "a");
  table.add(key(2), 10, "b");
  table.add(key(1), 20, "");
  EXPECT_EQ(values_of(table, key(1)), (std::vector<std::string>{"a", ""}));
  EXPECT_EQ(values_of(table, key(2)), (std::vector<std::string>{"b"}));
  EXPECT_EQ(table.size(), 3u);
  EXPECT_EQ(table.key_count(), 2u);
}

TEST(JoinTable, TheEarliestRowGoesFirst) {
  JoinTable table;
  table.add(key(1), 30, "late");
  const std::uint32_t early = table.add(key(1), 20, "early");
  EXPECT_EQ(table.first_before(20), JoinTable::no_row);
  EXPECT_EQ(table.first_before(21), early);
  table.remove_first();
  EXPECT_FALSE(table.holds(early));
  EXPECT_EQ(values_of(table, key(1)), (std::vector<std::string>{"late"}));
  table.remove_first();
  EXPECT_EQ(table.first(key(1)), JoinTable::no_row);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(table.key_count(), 0u);
}

TEST(JoinTable, GivesWhatAListGives) {
  struct Kept {
    int key;
    std::int64_t time;
    std::string values;
  };
  std::mt19937_64 random(11);
  JoinTable table;
  std::list<Kept> kept;
  std::int64_t limit = 0;
  for (int step = 0; step < 40'000; ++step) {
    Kept row{static_cast<int>(random() % 300), limit + static_cast<std::int64_t>(random() % 500), std::string(random() % 200, static_cast<char>('a' + step % 26))};
    table.row(table.add(key(row.key), row.time, row.values)).serial = static_cast<std::uint64_t>(step);
    kept.push_back(std::move(row));
    if (step % 50 == 0) {
      limit += static_cast<std::int64_t>(random() % 40);
      while (table.first_before(limit) != JoinTable::no_row) table.remove_first();
      kept.remove_if([&](const Kept& one) { return one.time < limit; });
    }
    if (step % 97 != 0) continue;
    const int wanted = static_cast<int>(random() % 300);
    std::vector<std::string> expected;
    for (const Kept& one : kept) {
      if (one.key == wanted) expected.push_back(one.values);
    }
    ASSERT_EQ(values_of(table, key(wanted)), expected) << step;
    ASSERT_EQ(table.size(), kept.size());
  }
  std::size_t rows = 0;
  table.for_each([&](std::uint32_t) { ++rows; });
  EXPECT_EQ(rows, kept.size());
}

TEST(JoinTable, GivesBackTheMemoryOfRowsThatHaveGone) {
  JoinTable table;
  std::size_t most = 0;
  for (int row = 0; row < 200'000; ++row) {
    table.add(key(row), row, std::string(100, 'x'));
    while (table.first_before(row - 1000) != JoinTable::no_row) table.remove_first();
    most = std::max(most, table.memory_bytes());
  }
  EXPECT_LT(most, 2'000'000u);  // of 20 MB that came through
}

}  // namespace
}  // namespace weir
