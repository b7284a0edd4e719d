// join_rows_test.cpp — rows of one side of a join, most of them on disk, beside a plain list of rows.
#include "engine/state/join_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <set>

namespace weir {
namespace {

constexpr std::int64_t ever = std::numeric_limits<std::int64_t>::max();

Hash128 key(int number) { return hash_bytes(std::to_string(number)); }

std::string text(std::uint64_t serial, std::size_t size) { return std::to_string(serial) + ":" + std::string(size, 'v'); }

/// What rows there are, by serial.
struct Model {
  struct Row {
    int key;
    std::int64_t time;
    std::string values;
    bool is_matched = false;
  };
  std::map<std::uint64_t, Row> rows;

  std::set<std::string> find(int wanted, std::int64_t first, std::int64_t last) const {
    std::set<std::string> found;
    for (const auto& [serial, row] : rows) {
      if (row.key == wanted && row.time >= first && row.time <= last) found.insert(row.values);
    }
    return found;
  }
  std::set<std::string> unmatched_before(std::int64_t time) const {
    std::set<std::string> found;
    for (const auto& [serial, row] : rows) {
      if (!row.is_matched && row.time < time) found.insert(row.values);
    }
    return found;
  }
};

std::set<std::string> find(JoinRows& rows, int wanted, std::int64_t first, std::int64_t last) {
  std::set<std::string> found;
  rows.find(key(wanted), first, last, [&](const JoinRows::Found& row) { EXPECT_TRUE(found.emplace(row.values).second) << row.values << " came twice"; });
  return found;
}

std::uint64_t serial_of(std::string_view values) { return std::stoull(std::string(values)); }

/// Rows come, match, are looked for, go when their time has come, and go to disk now and then.
void play(std::uint64_t seed, bool tells_due) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const auto less_than = [&](std::uint64_t limit) { return random() % limit; };
  SpillArea area("");
  JoinRows rows;
  rows.spill_to(area, tells_due);
  Model model;
  std::int64_t limit = -1000;
  const std::uint64_t keys = 1 + less_than(60), spills = 1 + less_than(200);
  for (std::uint64_t serial = 1; serial <= 4000; ++serial) {
    const Model::Row row{static_cast<int>(less_than(keys)), limit + static_cast<std::int64_t>(less_than(500)), text(serial, less_than(40) == 0 ? less_than(9000) : less_than(90))};
    JoinTable& table = rows.table();
    table.row(table.add(key(row.key), row.time, row.values)).serial = serial;
    model.rows[serial] = row;
    if (less_than(spills) == 0) {
      ASSERT_TRUE(rows.spill(1 + less_than(20'000)).ok());
    }
    if (less_than(20) == 0) {
      const int wanted = static_cast<int>(less_than(keys));
      const std::int64_t first = limit + static_cast<std::int64_t>(less_than(400)), last = first + static_cast<std::int64_t>(less_than(200));
      ASSERT_EQ(find(rows, wanted, first, last), model.find(wanted, first, last));
      // Half of them match.
      rows.find(key(wanted), first, last, [&](const JoinRows::Found& found) {
        EXPECT_EQ(found.serial, serial_of(found.values));
        Model::Row& known = model.rows.at(found.serial);
        EXPECT_EQ(found.time, known.time);
        if (found.serial % 2 == 0) {
          EXPECT_EQ(rows.set_matched(found.place), !std::exchange(known.is_matched, true));
        }
      });
    }
    if (less_than(50) != 0) continue;
    limit += static_cast<std::int64_t>(less_than(80));
    std::set<std::string> due;
    rows.forget_before(limit, [&](const JoinRows::Found& found) { EXPECT_TRUE(due.emplace(found.values).second) << found.values << " came twice"; });
    if (tells_due) {
      ASSERT_EQ(due, model.unmatched_before(limit));
    }
    std::erase_if(model.rows, [&](const auto& one) { return one.second.time < limit; });
    ASSERT_GE(rows.size(), model.rows.size());
  }
  if (tells_due) {
    EXPECT_EQ(rows.unmatched_count(), model.unmatched_before(ever).size());
  }
  std::set<std::string> left;
  rows.for_each_unmatched([&](const JoinRows::Found& found) { left.emplace(found.values); });
  EXPECT_EQ(left, model.unmatched_before(ever));
  EXPECT_FALSE(area.failure());
}

TEST(JoinRows, GiveWhatAListGivesHoweverManyAreOnDisk) {
  for (std::uint64_t seed = 1; seed <= 40 && !::testing::Test::HasFailure(); ++seed) play(seed, seed % 2 == 0);
}

TEST(JoinRows, TheEarliestGoToDiskFirst) {
  SpillArea area("");
  JoinRows rows;
  rows.spill_to(area, false);
  for (int row = 0; row < 1000; ++row) rows.table().add(key(row), (row * 7919) % 1000, "x");
  ASSERT_TRUE(rows.spill(1).ok());
  EXPECT_EQ(rows.spilled_count(), 750u);
  rows.table().for_each([&](std::uint32_t row) { EXPECT_GE(rows.table().row(row).time, 750); });
  EXPECT_EQ(rows.table().size(), 250u);
}

/// Row n has key n and time n.
void put_on_disk(int count, SpillArea& area, bool tells_due, JoinRows& rows) {
  rows.spill_to(area, tells_due);
  for (int row = 0; row < count; ++row) rows.table().add(key(row), row, "values");
  EXPECT_TRUE(rows.spill(rows.memory_bytes()).ok());
  EXPECT_EQ(rows.spilled_count(), static_cast<std::size_t>(count));
}

TEST(JoinRows, WhatNobodyLooksForIsNotRead) {
  SpillArea area("");
  JoinRows rows;
  put_on_disk(10'000, area, true, rows);
  for (int other = 20'000; other < 30'000; ++other) EXPECT_TRUE(find(rows, other, 0, ever).empty());
  EXPECT_LT(area.reads(), 200u) << "the filter tells keys that are not there";
  const std::uint64_t before = area.reads();
  for (int row = 0; row < 10'000; ++row) EXPECT_TRUE(find(rows, row, 20'000, ever).empty());
  EXPECT_EQ(area.reads(), before) << "none is of that time";
  EXPECT_EQ(find(rows, 77, 0, ever).size(), 1u);
  EXPECT_LE(area.reads(), before + 2);
}

TEST(JoinRows, WhatIsOverGoesWithoutBeingRead) {
  SpillArea area("");
  JoinRows rows;
  put_on_disk(10'000, area, false, rows);
  rows.forget_before(10'000, [](const JoinRows::Found&) {});
  EXPECT_EQ(rows.size(), 0u);
  EXPECT_EQ(area.reads(), 0u);
}

TEST(JoinRows, SerialsTellWhichHaveMatched) {
  SpillArea area("");
  JoinRows rows;
  rows.spill_to(area, true);
  for (std::uint64_t serial = 1; serial <= 1000; ++serial) rows.table().row(rows.table().add(key(1), static_cast<std::int64_t>(serial), "v")).serial = serial;
  ASSERT_TRUE(rows.spill(1).ok());
  const std::vector<std::uint64_t> matched{2, 500, 999};
  rows.set_matched(matched);
  EXPECT_EQ(rows.unmatched_count(), 997u);
  rows.for_each_unmatched([&](const JoinRows::Found& row) { EXPECT_FALSE(std::binary_search(matched.begin(), matched.end(), row.serial)); });
}

TEST(JoinRows, AMillionTakeLittleMemoryOnceTheyAreOnDisk) {
  SpillArea area("");
  JoinRows rows;
  rows.spill_to(area, true);
  constexpr std::size_t limit = 32 << 20;
  constexpr int count = 1'000'000;
  std::size_t most = 0;
  const std::string values(80, 'v');
  for (int row = 0; row < count; ++row) {
    rows.table().add(key(row), row, values);
    if (row % 50'000 == 49'999 && rows.memory_bytes() > limit) {
      ASSERT_TRUE(rows.spill(rows.memory_bytes() - limit / 8 * 7).ok());
    }
    if (row % 50'000 == 49'999) most = std::max(most, rows.memory_bytes());
  }
  EXPECT_EQ(rows.size(), std::size_t{count});
  EXPECT_LT(most, limit + limit / 2);
  for (int row = 0; row < count; row += 997) ASSERT_EQ(find(rows, row, row, row).size(), 1u) << row;
}

TEST(JoinRows, ADiskThatFailsIsTold) {
  SpillArea area("/proc/no/such/folder");
  JoinRows rows;
  rows.spill_to(area, false);
  rows.table().add(key(1), 1, "x");
  const Status spilled = rows.spill(1);
  ASSERT_FALSE(spilled.ok());
  EXPECT_NE(spilled.error().message().find("/proc/no/such/folder"), std::string::npos);
  EXPECT_EQ(find(rows, 1, 0, 2).size(), 1u);
}

}  // namespace
}  // namespace weir
