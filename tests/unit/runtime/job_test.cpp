// job_test.cpp — what a job does at its edges: error policies, sharing, the end.
#include <gtest/gtest.h>

#include <thread>

#include "engine/runtime/job.h"
#include "engine/runtime/process_identity.h"
#include "engine/runtime/seen_keys.h"
#include "tests/unit/runtime/test_job.h"

namespace weir::testing {
namespace {

JobOptions quick() {
  JobOptions options{.until_end = true, .workers = 2, .writers = 2};
  options.chunk_rows = 5;
  options.retry_pause = std::chrono::milliseconds(1);
  options.lease = std::chrono::milliseconds(100);
  return options;
}

Status run(const std::shared_ptr<const Plan>& plan, const JobOptions& options) {
  auto job = Job::create(plan, options);
  if (!job.ok()) return std::move(job).error();
  return (*job)->run();
}

TEST(Job, ReadsToTheEndAndStops) {
  auto script = std::make_shared<Script>(random_script(5, 4, 500));
  auto database = std::make_shared<MemoryDatabase>();
  ASSERT_TRUE(run(lines_plan(script, database), quick()).ok());
  expect_exactly(*script, *database);
}

TEST(Job, WaitsLongerAndLongerForASourceThatIsNotThereYet) {
  auto script = std::make_shared<Script>(random_script(5, 2, 100));
  std::vector<std::chrono::steady_clock::time_point> attempts;
  script->on_list = [&]() -> Status {
    attempts.push_back(std::chrono::steady_clock::now());
    if (attempts.size() < 4) return Error{ErrorKind::service, "no such topic"};
    return {};
  };
  auto database = std::make_shared<MemoryDatabase>();
  JobOptions options = quick();
  options.lease = std::chrono::seconds(10);
  ASSERT_TRUE(run(lines_plan(script, database), options).ok());
  expect_exactly(*script, *database);
  ASSERT_GE(attempts.size(), 4u);
  EXPECT_GE(attempts[1] - attempts[0], std::chrono::milliseconds(240));
  EXPECT_GE(attempts[2] - attempts[1], std::chrono::milliseconds(490));
  EXPECT_GE(attempts[3] - attempts[2], std::chrono::milliseconds(990));
}

TEST(Job, StopsAtTheFirstBadRowIfOnErrorIsFail) {
  auto script = std::make_shared<Script>();
  script->records["lines/0"] = {"a 1", "bad", "b 2"};
  auto database = std::make_shared<MemoryDatabase>();
  const Status status = run(lines_plan(script, database, {OnRowError::fail, {}}), quick());
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(
      status.error().message(),
      "source lines: a row is wrong and on_error is fail: lines/0 offset 1: no_blank: expected KEY VALUE");
  EXPECT_TRUE(database->rejects.empty());
}

TEST(Job, StopsWhenTooLargeAShareIsRejected) {
  auto script = std::make_shared<Script>();
  for (int i = 0; i < 1200; ++i)
    script->records["lines/0"].emplace_back(i % 5 == 0 ? "bad" : "k" + std::to_string(i) + " v");
  auto database = std::make_shared<MemoryDatabase>();
  JobOptions options = quick();
  options.chunk_rows = 2000;
  const Status status = run(lines_plan(script, database, {OnRowError::reject, 0.1}), options);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message(),
            "source lines: 240 of the latest 1200 rows would be rejected, more than stop_above (10%) allows; "
            "the first: lines/0 offset 0: "
            "no_blank: expected KEY VALUE");
  EXPECT_EQ(database->commits, 0);
}

TEST(Job, TwoProcessesShareTheSplits) {
  auto script = std::make_shared<Script>(random_script(9, 4, 400));
  auto database = std::make_shared<MemoryDatabase>();
  const auto plan = lines_plan(script, database);
  Status other;
  std::thread second([&] { other = run(plan, quick()); });
  const Status first = run(plan, quick());
  second.join();
  ASSERT_TRUE(first.ok() && other.ok());
  ASSERT_TRUE(run(plan, quick()).ok());  // what one had just given up when the other ended
  expect_exactly(*script, *database);
}

TEST(Job, AShardReadsItsOwnSplitsOnly) {
  auto script = std::make_shared<Script>(random_script(11, 4, 50));
  auto database = std::make_shared<MemoryDatabase>();
  const auto plan = lines_plan(script, database);
  JobOptions options = quick();
  options.shard = Shard{1, 2};
  ASSERT_TRUE(run(plan, options).ok());
  EXPECT_EQ((database->splits[{"lines", "lines/0"}].position), "0");
  EXPECT_EQ((database->splits[{"lines", "lines/1"}].position), "50");
  options.shard = Shard{0, 2};
  ASSERT_TRUE(run(plan, options).ok());
  expect_exactly(*script, *database);
}

TEST(Job, WaitsWhileTheDatabaseIsAwayAndLosesNothing) {
  auto script = std::make_shared<Script>(random_script(13, 2, 100));
  auto database = std::make_shared<MemoryDatabase>();
  int failures = 8;
  database->next_fate = [&failures] { return failures-- > 0 ? Fate::fails_before : Fate::good; };
  JobOptions options = quick();
  options.chunk_rows = 1000;
  ASSERT_TRUE(run(lines_plan(script, database), options).ok());
  expect_exactly(*script, *database);
}

TEST(SeenKeys, KnowsWhatWasAddedAndForgetsTheOldestGeneration) {
  SeenKeys seen(100);
  std::vector<Hash128> keys;
  for (std::uint64_t i = 1; i <= 250; ++i) keys.push_back({i * 0x9E3779B97F4A7C15u, i});
  seen.add(keys);
  std::vector<EncodedRow> rows(3);
  rows[0].key = keys[0];    // two generations ago
  rows[1].key = keys[150];  // the older generation
  rows[2].key = keys[249];  // the younger one
  EXPECT_EQ(seen.keep_unknown(rows), 1u);
  EXPECT_EQ(rows[0].key, keys[0]);
}

TEST(ProcessIdentity, ThisProcessLivesAndAMadeUpOneOfThisMachineDoesNot) {
  const std::string owner = make_owner();
  EXPECT_FALSE(is_surely_dead(owner));
  const auto last = owner.rfind('/');
  EXPECT_TRUE(is_surely_dead(owner.substr(0, last) + "/1"));  // same pid, another start
  EXPECT_FALSE(is_surely_dead("0123456789abcdef@elsewhere/12345678/pid:[1]/1/1"));
  EXPECT_FALSE(is_surely_dead("nonsense"));
}

}  // namespace
}  // namespace weir::testing
