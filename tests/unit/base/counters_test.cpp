// counters_test.cpp — named counters are one per name and shown once they count.
#include "engine/base/counters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace weir {
namespace {

TEST(Counters, AreOnePerNameAndCountFromAnyThread) {
  Counter& one = counter("counters_test one");
  EXPECT_EQ(&one, &counter("counters_test one"));
  EXPECT_NE(&one, &counter("counters_test two"));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&one] {
      for (int n = 0; n < 1000; ++n) one.add(2);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(one.value(), 8000u);
}

TEST(Counters, AreShownByNameWhereTheyAreNotZero) {
  counter("counters_test zero");
  counter("counters_test b").add(1);
  counter("counters_test a").add(2);
  std::vector<std::pair<std::string, std::uint64_t>> ours;
  for (const auto& one : counters_above_zero()) {
    if (one.first == "counters_test zero" || one.first.size() == std::string("counters_test a").size())
      ours.push_back(one);
  }
  EXPECT_THAT(ours,
              testing::ElementsAre(testing::Pair("counters_test a", 2), testing::Pair("counters_test b", 1)));
}

}  // namespace
}  // namespace weir
