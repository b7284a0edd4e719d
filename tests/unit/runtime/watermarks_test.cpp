// watermarks_test.cpp — which rows are late, what closes when, and what a restart goes on from.
#include "engine/runtime/watermarks.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

using namespace std::chrono_literals;
constexpr std::int64_t minute = 60'000'000;

class WatermarksTest : public testing::Test {
 protected:
  static EventTime ten_minutes() {
    EventTime time;
    time.delay = Duration(10 * minute);
    return time;
  }
  void join_all(Watermarks& marks) {
    marks.join("a", {"a/0", "a/1"}, now_);
    marks.join("b", {"b/0"}, now_);
  }
  /// Rows up to `time` are judged and committed.
  void pass(Watermarks& marks, const std::string& source, const std::string& split, std::int64_t time) {
    marks.enter(source, split, time, now_);
    marks.commit(source, split, time);
  }

  Watermarks::Clock::time_point now_{};
};

TEST_F(WatermarksTest, ARowIsJudgedByWhatCameBeforeItInItsOwnSplit) {
  Watermarks marks({{"a", ten_minutes()}, {"b", ten_minutes()}});
  join_all(marks);
  const auto first = marks.enter("a", "a/0", 100 * minute, now_);
  EXPECT_EQ(first.latest, no_time);
  EXPECT_EQ(first.floor, no_time);
  const auto other = marks.enter("a", "a/1", 20 * minute, now_);
  EXPECT_EQ(other.latest, no_time);
  const auto second = marks.enter("a", "a/0", 50 * minute, now_);
  EXPECT_EQ(second.latest, 100 * minute);
  EXPECT_EQ(second.bound, 10 * minute);
  EXPECT_EQ(marks.enter("a", "a/0", 50 * minute, now_).latest, 100 * minute);
}

TEST_F(WatermarksTest, WhatRowsCanRepeatGoesByWhatIsJudgedBeforeThem) {
  Watermarks marks({{"a", ten_minutes()}, {"b", ten_minutes()}});
  join_all(marks);
  marks.enter("a", "a/0", 100 * minute, now_);
  marks.enter("a", "a/1", 90 * minute, now_);
  EXPECT_EQ(marks.enter("b", "b/0", 95 * minute, now_).expired, no_time) << "b had no row before";
  EXPECT_EQ(marks.enter("a", "a/1", 200 * minute, now_).expired, 80 * minute) << "these rows may themselves be as old as those before";
  EXPECT_EQ(marks.enter("a", "a/1", 200 * minute, now_).expired, 85 * minute) << "nothing of it is committed";
  EXPECT_EQ(marks.close().expired, no_time);
}

TEST_F(WatermarksTest, ASplitThatWakesIsBehindWhatIsJudged) {
  Watermarks marks({{"a", ten_minutes()}, {"b", ten_minutes()}});
  join_all(marks);
  pass(marks, "a", "a/0", 20 * minute);
  pass(marks, "a", "a/1", 100 * minute);
  pass(marks, "b", "b/0", 100 * minute);
  ASSERT_TRUE(marks.rest("a", {"a/0"}, now_ + 61s));
  for (int i = 0; i < 2; ++i) {
    marks.enter("a", "a/1", 200 * minute, now_ + 62s);
    marks.enter("b", "b/0", 200 * minute, now_ + 62s);
  }
  EXPECT_EQ(marks.close().expired, 90 * minute) << "nothing of it is committed";
  EXPECT_EQ(marks.enter("a", "a/0", 95 * minute, now_ + 63s).floor, 190 * minute) << "what its rows might repeat is forgotten";
}

TEST_F(WatermarksTest, WindowsCloseAtTheLeastOfAllSplitsOnceAllAreKnown) {
  Watermarks marks({{"a", ten_minutes()}, {"b", ten_minutes()}});
  marks.join("a", {"a/0", "a/1"}, now_);
  pass(marks, "a", "a/0", 100 * minute);
  pass(marks, "a", "a/1", 90 * minute);
  EXPECT_EQ(marks.close().final, no_time);  // b has not told its splits
  marks.join("b", {"b/0"}, now_);
  EXPECT_EQ(marks.close().final, no_time);  // and its split had no row
  pass(marks, "b", "b/0", 95 * minute);
  EXPECT_EQ(marks.close().final, 80 * minute);
  pass(marks, "a", "a/1", 200 * minute);
  EXPECT_EQ(marks.close().final, 85 * minute);
  EXPECT_EQ(marks.close().expired, 85 * minute);
}

TEST_F(WatermarksTest, CorrectedRowsKeepStateLongerThanWindows) {
  EventTime time = ten_minutes();
  time.late = LateRows::correct;
  time.correct_for = Duration(30 * minute);
  Watermarks marks({{"a", time}, {"b", time}});
  join_all(marks);
  for (const char* split : {"a/0", "a/1"}) pass(marks, "a", split, 100 * minute);
  pass(marks, "b", "b/0", 100 * minute);
  const auto closed = marks.close();
  EXPECT_EQ(closed.final, 90 * minute);
  EXPECT_EQ(closed.expired, 60 * minute);
  EXPECT_EQ(marks.enter("a", "a/0", 0, now_).bound, 40 * minute);
}

TEST_F(WatermarksTest, NothingIsLateWhereRowsAreCorrectedHoweverLate) {
  EventTime time = ten_minutes();
  time.late = LateRows::correct;
  Watermarks marks({{"a", time}, {"b", time}});
  join_all(marks);
  for (const char* split : {"a/0", "a/1"}) pass(marks, "a", split, 100 * minute);
  pass(marks, "b", "b/0", 100 * minute);
  EXPECT_TRUE(marks.enter("a", "a/0", 0, now_).is_never_late);
  EXPECT_EQ(marks.close().final, 90 * minute);
  EXPECT_EQ(marks.close().expired, no_time);
}

TEST_F(WatermarksTest, AnIdleSplitHoldsNothingUpAndWakesBehindWhatClosed) {
  Watermarks marks({{"a", ten_minutes()}, {"b", ten_minutes()}});
  join_all(marks);
  pass(marks, "a", "a/0", 20 * minute);
  pass(marks, "a", "a/1", 100 * minute);
  pass(marks, "b", "b/0", 100 * minute);
  EXPECT_EQ(marks.close().final, 10 * minute);
  EXPECT_FALSE(marks.rest("a", {"a/0"}, now_ + 59s));
  EXPECT_FALSE(marks.rest("a", {}, now_ + 61s));  // it has more to read
  EXPECT_TRUE(marks.rest("a", {"a/0"}, now_ + 61s));
  EXPECT_EQ(marks.close().final, 90 * minute);
  const auto woken = marks.enter("a", "a/0", 95 * minute, now_ + 62s);
  EXPECT_EQ(woken.latest, 20 * minute);
  EXPECT_EQ(woken.floor, 90 * minute);  // rows before that are late
  pass(marks, "a", "a/1", 200 * minute);
  pass(marks, "b", "b/0", 200 * minute);
  EXPECT_EQ(marks.close().final, 90 * minute);  // it is live again
}

TEST_F(WatermarksTest, RowsOnTheirWayKeepASplitAwake) {
  Watermarks marks({{"a", ten_minutes()}, {"b", ten_minutes()}});
  join_all(marks);
  marks.enter("a", "a/0", 20 * minute, now_);
  EXPECT_FALSE(marks.rest("a", {"a/0"}, now_ + 2min));
  marks.commit("a", "a/0", 20 * minute);
  EXPECT_TRUE(marks.rest("a", {"a/0"}, now_ + 2min));
}

TEST_F(WatermarksTest, WhereAllAreIdleTheFurthestSaysHowFarTimeHasCome) {
  Watermarks marks({{"a", ten_minutes()}, {"b", ten_minutes()}});
  join_all(marks);
  pass(marks, "a", "a/0", 20 * minute);
  pass(marks, "b", "b/0", 100 * minute);
  marks.rest("a", {"a/0", "a/1"}, now_ + 2min);
  marks.rest("b", {"b/0"}, now_ + 2min);
  EXPECT_EQ(marks.close().final, 90 * minute);
}

TEST_F(WatermarksTest, QuietMeansThatNoRowCameForSoLong) {
  EventTime time = ten_minutes();
  time.close_when_quiet = std::chrono::minutes(5);
  Watermarks marks({{"a", time}, {"b", time}});
  join_all(marks);
  pass(marks, "a", "a/0", 20 * minute);
  marks.rest("b", {"b/0"}, now_ + 6min);
  EXPECT_TRUE(marks.rest("a", {"a/0", "a/1"}, now_ + 6min));
  EXPECT_TRUE(marks.close().is_quiet);
  pass(marks, "a", "a/0", 21 * minute);
  EXPECT_FALSE(marks.close().is_quiet);
}

TEST_F(WatermarksTest, ANewSplitIsBehindWhatClosed) {
  Watermarks marks({{"a", ten_minutes()}, {"b", ten_minutes()}});
  join_all(marks);
  for (const char* split : {"a/0", "a/1"}) pass(marks, "a", split, 100 * minute);
  pass(marks, "b", "b/0", 100 * minute);
  EXPECT_EQ(marks.close().expired, 90 * minute);
  marks.join("a", {"a/0", "a/1", "a/2"}, now_);
  EXPECT_EQ(marks.enter("a", "a/2", 95 * minute, now_).floor, 90 * minute);
}

TEST_F(WatermarksTest, ARestartGoesOnFromWhatWasCommitted) {
  std::string saved;
  {
    Watermarks marks({{"a", ten_minutes()}, {"b", ten_minutes()}});
    join_all(marks);
    for (const char* split : {"a/0", "a/1"}) pass(marks, "a", split, 100 * minute);
    pass(marks, "b", "b/0", 100 * minute);
    marks.close();
    marks.enter("a", "a/0", 150 * minute, now_);  // read, but not committed
    saved = marks.save();
  }
  Watermarks marks({{"a", ten_minutes()}, {"b", ten_minutes()}});
  ASSERT_TRUE(marks.load(saved).ok());
  EXPECT_EQ(marks.closed().final, 90 * minute);
  EXPECT_EQ(marks.close().final, 90 * minute);
  join_all(marks);
  EXPECT_EQ(marks.enter("a", "a/0", 110 * minute, now_).latest, 100 * minute);
  EXPECT_EQ(marks.save().size(), saved.size());
  EXPECT_FALSE(marks.load(saved.substr(0, saved.size() - 3)).ok());
  EXPECT_FALSE(marks.load("").ok());
}

}  // namespace
}  // namespace weir
