// outlets_test.cpp — what a job gives to sinks that are no tables, when, and what happens while they are away.
#include "engine/runtime/outlets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "engine/runtime/job.h"
#include "engine/testing/memory_outlet.h"
#include "tests/unit/runtime/test_job.h"

namespace weir::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

class OutletJob : public ::testing::Test {
 protected:
  /// Sinks `all` and `some` of lines_plan, tables, and `screen`, an outlet of all rows.
  std::shared_ptr<const Plan> plan(std::vector<std::size_t> key = {}) {
    auto made = std::make_shared<Plan>(*lines_plan(script, database));
    SinkNode screen_sink = made->sinks.front();
    screen_sink.outlet = memory_outlet(screen);
    screen_sink.table.sink = screen_sink.table.table = "screen";
    screen_sink.table.key = std::move(key);
    screen_sink.table.on_conflict = OnConflict::update;
    made->sinks.insert(made->sinks.begin(), screen_sink);
    return made;
  }
  JobOptions options() const {
    JobOptions made{.until_end = true, .workers = 2, .writers = 2};
    made.chunk_rows = 5;
    made.retry_pause = std::chrono::milliseconds(1);
    made.lease = std::chrono::milliseconds(100);
    return made;
  }
  Status run(const std::shared_ptr<const Plan>& plan_to_run, const JobOptions& with) {
    auto job = Job::create(plan_to_run, with);
    if (!job.ok()) return std::move(job).error();
    Status status = (*job)->run();
    last = (*job)->status();
    return status;
  }
  std::vector<std::string> good_rows() const {
    std::vector<std::string> rows;
    for (const auto& [split, lines] : script->records) {
      for (const ScriptedRecord& record : lines) {
        const std::string& line = *record.value;
        if (const auto blank = line.find(' '); blank != std::string::npos) rows.push_back(line.substr(0, blank) + "|" + line.substr(blank + 1) + "|");
      }
    }
    return rows;
  }
  LedgerLine books(const std::string& sink) {
    const std::scoped_lock lock(database->mutex);
    LedgerLine total;
    for (const LedgerLine& line : database->ledger) {
      if (line.sink != sink) continue;
      total.read += line.read;
      total.written += line.written;
      total.duplicates += line.duplicates;
      total.filtered += line.filtered;
      total.rejected += line.rejected;
    }
    return total;
  }

  std::shared_ptr<Script> script = std::make_shared<Script>();
  std::shared_ptr<MemoryDatabase> database = std::make_shared<MemoryDatabase>();
  std::shared_ptr<MemoryScreen> screen = std::make_shared<MemoryScreen>();
  JobStatus last;
};

TEST_F(OutletJob, IsGivenEveryRowOnceAndTheBooksCountThem) {
  *script = random_script(3, 4, 500);
  ASSERT_TRUE(run(plan(), options()).ok());
  const std::vector<std::string> rows = good_rows();
  EXPECT_THAT(screen->rows(), UnorderedElementsAreArray(rows));
  expect_exactly(*script, *database);
  EXPECT_EQ(books("screen").read, 2000);
  EXPECT_EQ(books("screen").written, static_cast<std::int64_t>(rows.size()));
  EXPECT_EQ(books("screen").rejected, 2000 - static_cast<std::int64_t>(rows.size()));
  EXPECT_EQ(last.sinks[0].sink, "screen");
  EXPECT_EQ(last.sinks[0].written, static_cast<std::int64_t>(rows.size()));
}

TEST_F(OutletJob, IsGivenNoMoreThanItsLimitAndTheBooksBalance) {
  *script = random_script(3, 4, 500);
  auto limited = std::make_shared<Plan>(*plan());
  limited->sinks[0].limit = 7;
  ASSERT_TRUE(run(limited, options()).ok());
  EXPECT_EQ(screen->rows().size(), 7u);
  expect_exactly(*script, *database);  // the tables get all rows
  EXPECT_EQ(books("screen").read, 2000);
  EXPECT_EQ(books("screen").written, 7);
  EXPECT_EQ(books("screen").filtered, static_cast<std::int64_t>(good_rows().size()) - 7);
}

TEST_F(OutletJob, EndsWhenAllItsSinksHaveReachedTheirLimits) {
  *script = random_script(3, 2, 300);
  auto limited = std::make_shared<Plan>(*plan());
  limited->sinks.resize(1);
  limited->sinks[0].limit = 40;
  JobOptions unending = options();
  unending.until_end = false;
  ASSERT_TRUE(run(limited, unending).ok());
  EXPECT_EQ(screen->rows().size(), 40u);
}

TEST_F(OutletJob, CountsRowsOfAnEpochThatIsNotCommittedOnce) {
  *script = random_script(5, 1, 100);
  auto limited = std::make_shared<Plan>(*plan());
  limited->sinks[0].limit = 50;
  int failures = 3;
  database->next_fate = [&] { return failures-- > 0 ? Fate::fails_before : Fate::good; };
  ASSERT_TRUE(run(limited, options()).ok());
  EXPECT_EQ(screen->rows().size(), 50u);
}

TEST_F(OutletJob, IsGivenTheRowsOfASplitInTheirOrder) {
  for (int i = 0; i < 300; ++i) script->records["lines/0"].push_back("k" + std::to_string(i) + " v");
  ASSERT_TRUE(run(plan(), options()).ok());
  EXPECT_EQ(screen->rows(), good_rows());
}

TEST_F(OutletJob, IsGivenNothingBeforeItIsCommitted) {
  *script = random_script(4, 3, 200);
  std::atomic<int> missing = 0;
  screen->on_write = [&](const std::vector<std::string>& rows) -> Status {
    const std::scoped_lock lock(database->mutex);
    const std::vector<std::string> table = database->tables["all"].texts();
    for (const std::string& row : rows) {
      missing += std::none_of(table.begin(), table.end(), [&](const std::string& one) { return one == row; }) ? 1 : 0;
    }
    return {};
  };
  ASSERT_TRUE(run(plan(), options()).ok());
  EXPECT_EQ(missing, 0);
}

TEST_F(OutletJob, IsGivenNothingOfAnEpochThatIsNotCommitted) {
  script->records["lines/0"] = {"a 1"};
  database->next_fate = [] { return Fate::fails_before; };
  auto job = Job::create(plan(), options());
  ASSERT_TRUE(job.ok());
  Status status;
  std::thread runs([&] { status = (*job)->run(); });
  while ((*job)->status().health.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_THAT(screen->rows(), IsEmpty());
  {
    const std::scoped_lock lock(database->mutex);
    database->next_fate = [] { return Fate::good; };
  }
  runs.join();
  EXPECT_TRUE(status.ok());
  EXPECT_THAT(screen->rows(), ElementsAre("a|1|"));
}

TEST_F(OutletJob, IsGivenTheLastRowOfEachKeyInTheOrderOfKeys) {
  script->records["lines/0"] = {"b 1", "a 1", "b 2", "c 1", "b 3"};
  JobOptions whole = options();
  whole.chunk_rows = 100;
  ASSERT_TRUE(run(plan({0}), whole).ok());
  EXPECT_THAT(screen->rows(), ElementsAre("a|1|", "b|3|", "c|1|"));
  EXPECT_EQ(books("screen").written, 3);
  EXPECT_EQ(books("screen").duplicates, 2);
}

TEST_F(OutletJob, IsTriedAgainWhileItIsAway) {
  *script = random_script(5, 2, 100);
  int failures = 5;
  screen->on_write = [&](const std::vector<std::string>&) -> Status {
    if (failures-- > 0) return Error{ErrorKind::service, "away"};
    return {};
  };
  ASSERT_TRUE(run(plan(), options()).ok());
  EXPECT_LT(failures, 0);
  EXPECT_THAT(screen->rows(), UnorderedElementsAreArray(good_rows()));
  EXPECT_EQ(last.health, "");
}

TEST_F(OutletJob, ShowsThatItWaits) {
  script->records["lines/0"] = {"a 1"};
  std::atomic<bool> is_away = true;
  screen->on_write = [&](const std::vector<std::string>&) -> Status {
    if (is_away) return Error{ErrorKind::service, "away"};
    return {};
  };
  auto job = Job::create(plan(), options());
  ASSERT_TRUE(job.ok());
  Status status;
  std::thread runs([&] { status = (*job)->run(); });
  while ((*job)->status().health.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ((*job)->status().health, "sink screen: away");
  is_away = false;
  runs.join();
  EXPECT_TRUE(status.ok());
}

TEST_F(OutletJob, EndsTheRunWhereNobodyWillEverTakeItsRows) {
  script->records["lines/0"] = {"a 1"};
  screen->on_write = [](const std::vector<std::string>&) -> Status { return Error{ErrorKind::fatal, "nobody reads"}; };
  const Status status = run(plan(), options());
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message(), "sink screen: nobody reads");
}

// A process that dies: the job breaks off where it stands, and the next one finds its leases run out.
class DyingOutletJob : public OutletJob {
 protected:
  Status die_and_run() {
    Status status = run(plan(), options());
    const std::scoped_lock lock(database->mutex);
    for (auto& [key, split] : database->splits) split.is_expired = true;
    return status;
  }
  std::size_t kept() {
    const std::scoped_lock lock(database->mutex);
    return database->tables["weir_state"].rows.size();
  }
  static Status dies() { return Error{ErrorKind::fatal, "dies"}; }
};

TEST_F(DyingOutletJob, WhatWasCommittedAndNotGivenComesAgain) {
  script->records["lines/0"] = {"a 1", "b 2"};
  screen->on_write = [](const std::vector<std::string>&) { return dies(); };
  EXPECT_FALSE(die_and_run().ok());
  EXPECT_EQ((database->splits[{"lines", "lines/0"}].position), "2") << "it is committed";
  EXPECT_THAT(screen->rows(), IsEmpty());
  EXPECT_EQ(kept(), 1u);
  screen->on_write = [](const std::vector<std::string>&) { return Status(); };
  ASSERT_TRUE(die_and_run().ok());
  EXPECT_THAT(screen->rows(), ElementsAre("a|1|", "b|2|"));
  EXPECT_EQ(kept(), 0u);
  ASSERT_TRUE(die_and_run().ok());
  EXPECT_THAT(screen->rows(), ElementsAre("a|1|", "b|2|")) << "once it has been given, it does not come again";
}

TEST_F(DyingOutletJob, ComesBeforeWhatIsReadAfterIt) {
  script->records["lines/0"] = {"a 1", "b 2", "c 3", "d 4"};
  script->visible = 2;
  screen->on_write = [](const std::vector<std::string>&) { return dies(); };
  EXPECT_FALSE(die_and_run().ok());
  script->visible = 4;
  screen->on_write = [](const std::vector<std::string>&) { return Status(); };
  ASSERT_TRUE(die_and_run().ok());
  EXPECT_THAT(screen->rows(), ElementsAre("a|1|", "b|2|", "c|3|", "d|4|"));
}

TEST_F(DyingOutletJob, LosesNothingHoweverOftenItDies) {
  int deaths = 0;
  for (unsigned seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    *script = random_script(seed, 3, 120);
    database = std::make_shared<MemoryDatabase>();
    screen = std::make_shared<MemoryScreen>();
    std::minstd_rand random{seed};
    // Dies with the rows on the screen, or without them.
    screen->on_write = [&](const std::vector<std::string>& rows) -> Status {
      if (random() % 3 != 0) return {};
      if (random() % 2 == 0) screen->writes.push_back(rows);
      return dies();
    };
    while (!die_and_run().ok()) ASSERT_LT(++deaths, 3000);
    const std::vector<std::string> shown = screen->rows(), rows = good_rows();
    const std::multiset<std::string> shown_rows(shown.begin(), shown.end()), good(rows.begin(), rows.end());
    EXPECT_TRUE(std::includes(shown_rows.begin(), shown_rows.end(), good.begin(), good.end()));
    EXPECT_EQ(std::set<std::string>(shown.begin(), shown.end()), std::set<std::string>(rows.begin(), rows.end()));
    EXPECT_EQ(kept(), 0u);
    EXPECT_EQ(books("screen").written, static_cast<std::int64_t>(rows.size())) << "what comes again is not counted again";
    expect_exactly(*script, *database);
  }
  EXPECT_GT(deaths, 30);
}

TEST_F(DyingOutletJob, LeavesOutRowsForASinkThatIsAnotherNow) {
  script->records["lines/0"] = {"a 1"};
  screen->on_write = [](const std::vector<std::string>&) { return dies(); };
  EXPECT_FALSE(die_and_run().ok());
  screen->on_write = [](const std::vector<std::string>&) { return Status(); };
  auto changed = std::make_shared<Plan>(*plan());
  changed->sinks[0].table.schema.fields[1].name = "renamed";
  ASSERT_TRUE(run(changed, options()).ok());
  EXPECT_THAT(screen->rows(), IsEmpty());
  EXPECT_EQ(kept(), 0u);
}

}  // namespace
}  // namespace weir::testing
