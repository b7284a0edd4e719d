// dedup_table_test.cpp — a dedup's keys beside a plain map: what is new, what repeats, what is forgotten.
#include "engine/state/dedup_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "engine/base/window_time.h"

namespace weir {
namespace {

constexpr std::int64_t second = 1'000'000;

SeenRow row(int key, std::int64_t time) {
  return SeenRow(hash_bytes(std::to_string(key)), time);
}

TEST(DedupTable, RemembersForEverWithoutATime) {
  DedupTable table(std::nullopt);
  EXPECT_TRUE(table.add(row(1, 0)));
  EXPECT_FALSE(table.add(row(1, 0)));
  EXPECT_TRUE(table.add(row(2, 0)));
  EXPECT_EQ(table.size(), 2u);
}

TEST(DedupTable, RowsRepeatOneAnotherWithinTheTimeOnBothSides) {
  DedupTable table(60 * second);
  EXPECT_TRUE(table.add(row(1, 1000 * second)));
  EXPECT_FALSE(table.add(row(1, 1059 * second)));
  EXPECT_FALSE(table.add(row(1, 941 * second)));
  EXPECT_TRUE(table.add(row(1, 1060 * second)));
  EXPECT_TRUE(table.add(row(1, 940 * second)));
  EXPECT_FALSE(table.add(row(1, 1100 * second)));
}

TEST(DedupTable, TimesBeforeTheEpochAndFarAwayAreTimesToo) {
  DedupTable table(second);
  EXPECT_TRUE(table.add(row(1, -5 * second)));
  EXPECT_FALSE(table.add(row(1, -5 * second - 999'000)));
  EXPECT_TRUE(table.add(row(1, -6 * second)));
  EXPECT_TRUE(table.add(row(1, 9'000'000'000 * second)));
  EXPECT_EQ(row(1, 2 * second).after(row(1, -second)), 3000);
  EXPECT_EQ(row(1, -second).after(row(1, 2 * second)), -3000);
}

TEST(DedupTable, GivesWhatAMapGives) {
  std::mt19937_64 random(7);
  constexpr std::int64_t within = 100 * second;
  DedupTable table(within);
  std::map<int, std::vector<std::int64_t>> kept;
  std::int64_t now = 0;
  for (int i = 0; i < 200'000; ++i) {
    now += static_cast<std::int64_t>(random() % 20) * 1000;
    const int key = static_cast<int>(random() % 3000);
    const std::int64_t time = now - static_cast<std::int64_t>(random() % 200) * second / 10;  // up to 20 s behind
    bool is_new = true;
    for (const std::int64_t seen : kept[key]) is_new = is_new && std::abs(seen / 1000 - time / 1000) * 1000 >= within;
    ASSERT_EQ(table.add(row(key, time)), is_new) << i;
    if (is_new) kept[key].push_back(time);
    table.forget_before(now - 20 * second);
  }
  // What nothing can repeat any more gave way.
  EXPECT_LE(table.memory_bytes(), 16u * 1024 * sizeof(SeenRow));
}

TEST(DedupTable, GivesMemoryBackWhenABurstIsForgotten) {
  DedupTable table(60 * second);
  for (int i = 0; i < 100'000; ++i) table.add(row(i, 1000 * second));
  const std::size_t largest = table.memory_bytes();
  table.forget_before(1000 * second);
  EXPECT_EQ(table.size(), 100'000u);
  table.forget_before(1121 * second);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_LT(table.memory_bytes() * 50, largest);
  EXPECT_TRUE(table.add(row(1, 1121 * second)));
}

TEST(DedupTable, TakesLittleMoreThanItsRowsAtAnySize) {
  DedupTable table(std::nullopt);
  for (int i = 0; i < 1'000'000; ++i) {
    ASSERT_TRUE(table.add(row(i, 0)));
    // Three quarters are full before it grows, by a third.
    if (i < 100'000) continue;
    ASSERT_LE(table.memory_bytes(), static_cast<std::size_t>(i) * sizeof(SeenRow) * 11 / 6) << i;
  }
}

TEST(DedupTable, ForgottenRowsGiveWayBeforeItGrows) {
  constexpr std::int64_t within = 100 * second;
  DedupTable table(within);
  std::size_t largest = 0;
  for (int i = 0; i < 2'000'000; ++i) {
    const std::int64_t time = i * second / 1000;  // 100,000 rows within the time, and 10,000 that may come late
    ASSERT_TRUE(table.add(row(i, time)));
    if (i % 1000 == 0) table.forget_before(time - 10 * second);
    largest = std::max(largest, table.memory_bytes());
  }
  EXPECT_LE(largest, 110'000u * sizeof(SeenRow) * 9 / 4);
}

TEST(DedupTable, StaysAsLargeAsItIsWhileRowsComeAndGo) {
  constexpr std::int64_t within = 100 * second;
  DedupTable table(within);
  std::size_t largest = 0;
  for (int i = 0; i < 500'000; ++i) {
    const std::int64_t time = i * second / 100;  // 10,000 rows within the time
    ASSERT_TRUE(table.add(row(i, time)));
    table.forget_before(time - second);
    if (i == 30'000) largest = table.memory_bytes();
  }
  EXPECT_LE(table.memory_bytes(), largest + largest / 4);
}

TEST(DedupTable, GivesWhatAMapGivesWithMostOfItOnDisk) {
  std::mt19937_64 random(8);
  constexpr std::int64_t within = 100 * second;
  SpillArea area("");
  DedupTable table(within);
  table.spill_to(area, 0);
  std::map<int, std::vector<std::int64_t>> kept;
  std::int64_t now = 0;
  std::size_t most_pieces = 0;
  for (int i = 0; i < 100'000; ++i) {
    now += static_cast<std::int64_t>(random() % 20) * 1000;
    const int key = static_cast<int>(random() % 3000);
    const std::int64_t time = now - static_cast<std::int64_t>(random() % 200) * second / 10;
    bool is_new = true;
    for (const std::int64_t seen : kept[key]) is_new = is_new && std::abs(seen / 1000 - time / 1000) * 1000 >= within;
    ASSERT_EQ(table.add(row(key, time)), is_new) << i;
    if (is_new) kept[key].push_back(time);
    table.forget_before(now - 20 * second);
    if (table.spilled() != nullptr) most_pieces = std::max(most_pieces, table.spilled()->piece_count());
  }
  EXPECT_GT(most_pieces, 2u);
  EXPECT_LT(table.size(), 3000u * 8);  // pieces that nothing can repeat any more went
  EXPECT_FALSE(area.failure());
}

TEST(DedupTable, KeysThatAreKeptForEverTakeLittleMemoryOnceTheyAreOnDisk) {
  SpillArea area("");
  DedupTable table(std::nullopt);
  table.spill_to(area, 1 << 20);
  constexpr int count = 1'000'000;
  for (int i = 0; i < count; ++i) ASSERT_TRUE(table.add(row(i, 0))) << i;
  const std::uint64_t reads = area.reads();
  EXPECT_LT(reads, count / 10u) << "new keys are told by the filters";
  for (int i = 0; i < count; i += 7) ASSERT_FALSE(table.add(row(i, 0))) << i;
  EXPECT_EQ(table.size(), std::size_t{count});
  EXPECT_LE(table.spilled()->piece_count(), 12u);
  EXPECT_LT(table.memory_bytes(), std::size_t{count} * 2 + (1 << 20) + LocalStore::cache_bytes * 5 / 4);
  EXPECT_LT(table.spilled()->disk_bytes(), std::size_t{count} * 16 * 3) << "pieces that were merged leave their places to others";
}

TEST(DedupTable, ADiskThatFailsIsToldOnAndForgetsNothing) {
  SpillArea area("/proc/no/such/folder");
  DedupTable table(std::nullopt);
  table.spill_to(area, 0);
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(table.add(row(i, 0)));
  for (int i = 0; i < 10'000; ++i) ASSERT_FALSE(table.add(row(i, 0)));
  ASSERT_TRUE(area.failure());
  EXPECT_NE(area.failure()->message().find("/proc/no/such/folder"), std::string::npos);
}

TEST(KeyFilter, NeverSaysNoWronglyAndSeldomYes) {
  std::mt19937_64 random(3);
  for (const std::size_t count : {1u, 100u, 100'000u}) {
    KeyFilter filter(count);
    std::vector<std::uint64_t> keys(count);
    for (std::uint64_t& key : keys) filter.add(key = random());
    for (const std::uint64_t key : keys) ASSERT_TRUE(filter.may_have(key));
    int wrong = 0;
    for (int i = 0; i < 100'000; ++i) wrong += filter.may_have(random()) ? 1 : 0;
    EXPECT_LT(wrong, 1500) << count;
  }
}

TEST(DedupTable, ComesBackFromItsBytes) {
  std::vector<SeenRow> rows, read;
  for (int i = 0; i < 1000; ++i) rows.push_back(row(i, i * second));
  std::string bytes;
  append_seen(rows, bytes);
  EXPECT_EQ(bytes.size(), 16000u);
  ASSERT_TRUE(read_seen(bytes, read).ok());
  DedupTable table(second);
  for (const SeenRow& one : read) EXPECT_TRUE(table.add(one));
  for (const SeenRow& one : rows) EXPECT_FALSE(table.add(one));
  EXPECT_FALSE(read_seen(bytes.substr(1), read).ok());
}

}  // namespace
}  // namespace weir
