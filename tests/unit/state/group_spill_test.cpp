// group_spill_test.cpp — a table that moves its groups to disk and back is the same table.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "tests/unit/state/group_rows.h"

namespace weir::testing {
namespace {

constexpr std::size_t everything = std::size_t{1} << 40;

/// What owns memory, too: list, distinct, percentile and mode.
GroupShape rich_shape() {
  static const Value half{float64_type, 0.5};
  const CallSite percentile{{float64_type, float64_type}, {nullptr, &half}, float64_type};
  return GroupShape({string_type, float64_type},
                    {body_of("count", {}, int64_type), body_of("mode", {int64_type}, int64_type), body_of("string_agg", {string_type}, string_type),
                     std::move(aggregates().find("approx_count_distinct")->prepare({{int64_type}, {nullptr}, int64_type})).value()},
                    {int64_type, int64_type, string_type, int64_type});
}

Row wide_row(std::mt19937_64& random, std::uint64_t offset) {
  Row row = random_row(random, offset);
  row.name = std::to_string(random() % 500) + std::string(random() % 40, 'n');
  if (random() % 4 == 0) row.text = std::string(random() % 100, 't');
  return row;
}

/// Random rows, removals, looks and spills; `spills` tells how much is moved out at a time.
void compare_with_one_in_memory(const GroupShape& of, std::uint64_t seed, std::size_t spills) {
  std::mt19937_64 random(seed);
  SpillArea area("");
  GroupTable plain(of), spilling(of);
  spilling.use(area);
  for (int round = 0; round < 60; ++round) {
    std::vector<Row> rows;
    for (std::uint64_t i = 0; i < 100; ++i) rows.push_back(wide_row(random, static_cast<std::uint64_t>(round) * 100 + i));
    GroupTable part(of);
    Rows(rows).add_to(part);
    for (GroupTable* table : {&plain, &spilling}) table->merge(part);
    ASSERT_EQ(spilling.changed(), plain.changed());
    for (const std::uint32_t group : plain.changed()) {
      std::string expected, saved;
      plain.save(group, expected);
      spilling.save(group, saved);
      ASSERT_EQ(saved, expected);
    }
    for (GroupTable* table : {&plain, &spilling}) table->forget_changes();
    for (int i = 0; i < 5; ++i) {
      const auto group = static_cast<std::uint32_t>(random() % plain.end());
      ASSERT_EQ(spilling.holds(group), plain.holds(group));
      if (!plain.holds(group)) continue;
      ASSERT_EQ(spilling.key_hash(group), plain.key_hash(group));
      ASSERT_EQ(spilling.find(plain.key(group)), plain.find(plain.key(group)));
      if (i % 2 == 0) {
        ASSERT_EQ(spilling.key(group), plain.key(group));
      }
      if (i != 4) continue;
      for (GroupTable* table : {&plain, &spilling}) table->remove(group);
    }
    ASSERT_TRUE(spilling.spill(spills).ok());
    ASSERT_EQ(all_of(spilling), all_of(plain)) << round;
  }
  EXPECT_GT(spilling.spilled(), 0u);
  EXPECT_GT(area.writes(), 0u);
  EXPECT_GT(area.reads(), 0u);
  EXPECT_FALSE(area.failure());
}

TEST(GroupSpill, ATableWithAllGroupsOnDiskIsTheSameTable) { compare_with_one_in_memory(shape(), 3, everything); }
TEST(GroupSpill, ATableWithSomeGroupsOnDiskIsTheSameTable) { compare_with_one_in_memory(shape(), 4, 10'000); }
TEST(GroupSpill, StatesThatOwnMemoryComeBackToo) { compare_with_one_in_memory(rich_shape(), 5, 20'000); }

TEST(GroupSpill, GroupsThatWereUsedLatelyAndThoseThatChangedStay) {
  const GroupShape of = shape();
  SpillArea area("");
  GroupTable table(of);
  table.use(area);
  Rows({{"a", 1.0, 1, "x"}, {"b", 1.0, 1, "x"}, {"c", 1.0, 1, "x"}}).add_to(table);
  ASSERT_TRUE(table.spill(everything).ok());
  EXPECT_EQ(table.spilled(), 0u) << "what changed is not stored anywhere yet";
  table.forget_changes();
  Rows({{"b", 1.0, 1, "x"}}).add_to(table);
  table.forget_changes();
  ASSERT_TRUE(table.spill(1).ok());
  EXPECT_EQ(table.spilled(), 1u);
  Arena arena;
  const std::vector<std::uint32_t> all{0, 1, 2};
  EXPECT_EQ(table.results(all, arena).size(), 6u);
  EXPECT_EQ(table.spilled(), 1u) << "looking at results brings nothing back";
  (void)table.states(0);
  EXPECT_EQ(table.spilled(), 0u);
}

TEST(GroupSpill, MemoryIsGivenFree) {
  const GroupShape of = rich_shape();
  SpillArea area("");
  GroupTable table(of);
  table.use(area);
  std::mt19937_64 random(9);
  std::vector<Row> rows;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    rows.push_back(wide_row(random, i));
    rows.back().name = std::to_string(i);
    rows.back().text = std::string(1000, 't');
  }
  Rows(rows).add_to(table);
  table.forget_changes();
  const std::size_t before = table.memory_bytes();
  EXPECT_GT(table.spillable_bytes(), 20'000u * 1100) << "texts of string_agg count";
  ASSERT_TRUE(table.spill(everything).ok());
  EXPECT_EQ(table.spillable_bytes(), 0u);
  EXPECT_LT(table.memory_bytes(), before / 4 + LocalStore::cache_bytes);
  EXPECT_GT(table.disk_bytes(), 20'000u * 1000);
}

TEST(GroupSpill, RemovedGroupsLeaveTheStore) {
  const GroupShape of = shape();
  SpillArea area("");
  GroupTable table(of);
  table.use(area);
  std::size_t largest = 0;
  for (int round = 0; round < 20; ++round) {
    std::vector<Row> rows;
    for (int i = 0; i < 5000; ++i) rows.push_back({std::to_string(round * 5000 + i), 1.0, 1, std::string(100, 'x')});
    Rows(rows).add_to(table);
    const std::vector<std::uint32_t> groups = table.changed();
    table.forget_changes();
    ASSERT_TRUE(table.spill(everything).ok());
    for (const std::uint32_t group : groups) table.remove(group);
    if (round == 1) largest = table.disk_bytes();
  }
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(table.spilled(), 0u);
  EXPECT_LE(table.disk_bytes(), largest * 3 / 2) << "places of groups that went are used again";
}

TEST(GroupSpill, AFolderThatCannotBeWrittenLosesNothing) {
  const GroupShape of = shape();
  SpillArea area("/proc/no/such/folder");
  GroupTable table(of);
  table.use(area);
  Rows({{"a", 1.0, 1, "x"}, {"b", 1.0, 1, "x"}}).add_to(table);
  table.forget_changes();
  const auto before = all_of(table);
  EXPECT_FALSE(table.spill(everything).ok());
  EXPECT_EQ(all_of(table), before);
}

// The disk is full halfway: what could not be moved is still there, as it was. In a process of its own, since the limit is the process's.
TEST(GroupSpillDeathTest, AFullDiskLosesNothing) {
  const auto fill = [] {
    std::signal(SIGXFSZ, SIG_IGN);
    const GroupShape of = shape();
    SpillArea area("");
    GroupTable table(of);
    table.use(area);
    std::vector<Row> rows;
    for (int i = 0; i < 100'000; ++i) rows.push_back({std::to_string(i), 1.0, i, std::string(200, 'x')});
    Rows(rows).add_to(table);
    table.forget_changes();
    const rlimit limit{4'000'000, 4'000'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const Status status = table.spill(everything);
    if (status.ok() || table.size() != 100'000 || table.spilled() == 100'000) std::_Exit(1);
    std::fprintf(stderr, "%s", render(status.error()).c_str());
    std::_Exit(7);
  };
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(fill(), ::testing::ExitedWithCode(7), "the local store of state cannot be written");
}

}  // namespace
}  // namespace weir::testing
