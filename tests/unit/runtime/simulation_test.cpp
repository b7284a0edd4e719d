// simulation_test.cpp — seeded histories of a job whose database fails in every way, which is stopped, robbed
// of its splits and started again: at the end the tables, the books and the rejects must be exact.
// WEIR_SEED=n runs one history, WEIR_HISTORIES=n more of them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <thread>

#include "engine/runtime/job.h"
#include "tests/unit/runtime/test_job.h"

namespace weir::testing {
namespace {

JobOptions random_options(std::minstd_rand& random) {
  JobOptions options{.until_end = true};
  options.workers = 1 + random() % 3;
  options.writers = 1 + random() % 2;
  options.chunk_rows = 1 + random() % 7;
  options.epoch_rows = 1 + random() % 40;
  options.memory_bytes = random() % 2 == 0 ? 1 : 1 << 20;  // one chunk at a time, or many
  options.retry_pause = std::chrono::milliseconds(1);
  options.lease = std::chrono::milliseconds(40);
  return options;
}

Fate random_fate(std::minstd_rand& random) {
  switch (random() % 8) {
    case 0:
      return Fate::fails_before;
    case 1:
      return Fate::commits_but_fails;
    default:
      return Fate::good;
  }
}

void rob(MemoryDatabase& database, const std::string& thief) {
  const std::scoped_lock lock(database.mutex);
  for (auto& [key, split] : database.splits) split.owner = thief;
}

// One process: runs until the end, or is stopped, or loses its splits for a while.
void live(const std::shared_ptr<const Plan>& plan, const std::shared_ptr<MemoryDatabase>& database,
          std::minstd_rand& random) {
  auto job = Job::create(plan, random_options(random));
  ASSERT_TRUE(job.ok());
  const unsigned mischief = random() % 4;
  const auto moment = std::chrono::microseconds(random() % 4000);
  std::thread outside([&, mischief, moment] {
    std::this_thread::sleep_for(moment);
    if (mischief == 0) (*job)->stop();
    if (mischief == 1) rob(*database, "thief");
    if (mischief != 1) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    rob(*database, "");
  });
  const Status status = (*job)->run();
  outside.join();
  ASSERT_TRUE(status.ok()) << render(status.error());
}

void run_history(unsigned seed) {
  SCOPED_TRACE("WEIR_SEED=" + std::to_string(seed));
  std::minstd_rand random{seed};
  auto script = std::make_shared<Script>(random_script(seed, 1 + random() % 3, 20 + random() % 60));
  auto database = std::make_shared<MemoryDatabase>();
  database->writers = 1 + random() % 2;
  auto fates = std::make_shared<std::minstd_rand>(seed * 31 + 7);
  database->next_fate = [fates] { return random_fate(*fates); };
  const auto plan = lines_plan(script, database);
  for (unsigned lives = 1 + random() % 4; lives > 0; --lives)
    ASSERT_NO_FATAL_FAILURE(live(plan, database, random));
  rob(*database, "");
  database->next_fate = [] { return Fate::good; };
  auto last = Job::create(plan, random_options(random));
  ASSERT_TRUE(last.ok());
  const Status status = (*last)->run();
  ASSERT_TRUE(status.ok()) << render(status.error());
  expect_exactly(*script, *database);
}

TEST(Simulation, EveryHistoryEndsWithExactTables) {
  if (const char* seed = std::getenv("WEIR_SEED"); seed != nullptr && *seed != 0) return run_history(static_cast<unsigned>(std::atoi(seed)));
  const char* wanted = std::getenv("WEIR_HISTORIES");
  const unsigned histories = wanted != nullptr ? static_cast<unsigned>(std::atoi(wanted)) : 300;
  for (unsigned seed = 1; seed <= histories && !::testing::Test::HasFailure(); ++seed) run_history(seed);
}

}  // namespace
}  // namespace weir::testing
