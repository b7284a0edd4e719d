// product_view_test.cpp — the events of the generator product_view: the same every time, skewed, repeated and
// spoiled as asked.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "connectors/generate/bad_rows.h"
#include "connectors/generate/generate.h"

namespace weir {
namespace {

std::vector<std::string> generate(const EventOptions& options, std::size_t batch_size = 1000) {
  const auto generator = event_generators().front().make(options);
  std::vector<std::string> events;
  EventBatch batch;
  for (generator->next(batch_size, batch); batch.size() != 0; generator->next(batch_size, batch)) {
    for (std::size_t i = 0; i < batch.size(); ++i) events.emplace_back(batch.event(i));
  }
  return events;
}

std::string field(const std::string& event, const std::string& name) {
  const std::string start = "\"" + name + "\":";
  const std::size_t from = event.find(start) + start.size();
  return event.substr(from, event.find(",\"", from) - from);
}

TEST(ProductView, IsTheSameHoweverBatched) {
  const EventOptions options{.count = 3000, .seed = 7, .duplicates = 0.1, .bad_per_million = 10'000};
  const auto events = generate(options, 1000);
  EXPECT_EQ(events.size(), 3000u);
  EXPECT_EQ(events, generate(options, 17));
  EXPECT_NE(events, generate({.count = 3000, .seed = 8, .duplicates = 0.1, .bad_per_million = 10'000}));
}

TEST(ProductView, HasUniqueIdsAndSkewedValues) {
  std::map<std::string, std::map<std::string, int>> seen;
  std::size_t bytes = 0;
  const auto events = generate({.count = 50'000});
  for (const std::string& event : events) {
    bytes += event.size();
    for (const char* name : {"id", "product_id", "ip", "user_agent", "referrer_url", "store_id"})
      ++seen[name][field(event, name)];
  }
  EXPECT_EQ(seen["id"].size(), 50'000u);
  EXPECT_GT(seen["product_id"].size(), 3000u);
  EXPECT_LE(seen["product_id"].size(), 4000u);
  EXPECT_GT(seen["ip"].size(), 20'000u);
  EXPECT_GT(seen["user_agent"].size(), 200u);
  EXPECT_LE(seen["user_agent"].size(), 300u);
  EXPECT_EQ(seen["referrer_url"].size(), 8u);
  EXPECT_GT(seen["store_id"]["\"6\""], 20'000);
  EXPECT_NEAR(static_cast<double>(bytes) / 50'000, 750, 100);
}

TEST(ProductView, CoversSeveralDates) {
  std::set<std::string> dates;
  for (const std::string& event : generate({.count = 5000}))
    dates.insert(field(event, "local_time").substr(1, 10));
  EXPECT_EQ(dates.size(), 7u);
  EXPECT_EQ(*dates.rbegin(), "2024-11-01");
}

TEST(ProductView, RepeatsTheStatedShareByteForByte) {
  const auto events = generate({.count = 100'000, .duplicates = 0.02});
  const std::set<std::string> distinct(events.begin(), events.end());
  EXPECT_NEAR(static_cast<double>(events.size() - distinct.size()), 2000, 200);
}

TEST(ProductView, SpoilsTheStatedShareInEveryWay) {
  const std::uint64_t count = 2000 * bad_product_views().size();
  const auto good = generate({.count = count});
  const auto mixed = generate({.count = count, .bad_per_million = 500});
  std::set<std::string> fates;
  std::size_t bad = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (mixed[i] == good[i]) continue;
    ++bad;
    EXPECT_EQ(mixed[i].find('\n'), std::string::npos);
  }
  EXPECT_EQ(bad, bad_product_views().size());
}

}  // namespace
}  // namespace weir
