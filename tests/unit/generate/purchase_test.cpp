// purchase_test.cpp — the events of the generator purchase: the same every time, late, repeated and spoiled
// in the shares asked for, and written as the tills write them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "connectors/generate/bad_rows.h"
#include "connectors/generate/generate.h"
#include "engine/data/calendar.h"

namespace weir {
namespace {

constexpr std::int64_t start = 1730419200;

std::vector<std::string> generate(const EventOptions& options, std::size_t batch_size = 1000) {
  const auto generators = event_generators();
  const auto spec = std::find_if(generators.begin(), generators.end(),
                                 [](const GeneratorSpec& one) { return one.name == "purchase"; });
  const auto generator = spec->make(options);
  std::vector<std::string> events;
  EventBatch batch;
  for (generator->next(batch_size, batch); batch.size() != 0; generator->next(batch_size, batch)) {
    for (std::size_t i = 0; i < batch.size(); ++i) events.emplace_back(batch.event(i));
  }
  return events;
}

std::string field(const std::string& event, const std::string& name) {
  const std::string opening = "\"" + name + "\":";
  const std::size_t from = event.find(opening) + opening.size();
  return event.substr(from, event.find_first_of(",}", from) - from);
}

std::int64_t second_of(const std::string& event) {
  const std::string time = field(event, "ts");
  return *parse_timestamp(time.substr(1, time.size() - 2)) / microseconds_per_second;
}

TEST(Purchase, IsTheSameHoweverBatched) {
  const EventOptions options{.count = 3000, .seed = 7, .duplicates = 0.1, .bad_per_million = 10'000};
  const auto events = generate(options, 1000);
  EXPECT_EQ(events.size(), 3000u);
  EXPECT_EQ(events, generate(options, 17));
  EXPECT_NE(events, generate({.count = 3000, .seed = 8, .duplicates = 0.1, .bad_per_million = 10'000}));
}

TEST(Purchase, IsWrittenAsTheTillsWriteIt) {
  const std::regex form(
      R"~(\{"transaction_id":"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}","customer_id":[1-9]\d{0,4},)~"
      R"~("category":"[A-Z][A-Za-z &]+","brand":"Brand[0-3]\d","product_name":"[A-Z][a-z]+",)~"
      R"~("quantity":[1-5],"price":([2-9]|[1-9]\d|1\d\d|200)\.(\d|\d[1-9]),)~"
      R"~("payment_method":"(Cash on Delivery|Credit Card|Debit Card|Gift Card|PayPal)",)~"
      R"~("ts":"2024-1[01]-\d\dT\d\d:\d\d:\d\dZ"\})~");
  for (const std::string& event : generate({.count = 5000}))
    ASSERT_TRUE(std::regex_match(event, form)) << event;
}

TEST(Purchase, HasUniqueTransactionsAndEveryKindOfValue) {
  std::map<std::string, std::map<std::string, int>> seen;
  const auto events = generate({.count = 50'000});
  for (const std::string& event : events) {
    for (const char* name : {"transaction_id", "customer_id", "category", "brand", "product_name", "quantity",
                             "payment_method"})
      ++seen[name][field(event, name)];
  }
  EXPECT_EQ(seen["transaction_id"].size(), 50'000u);
  EXPECT_GT(seen["customer_id"].size(), 25'000u);
  EXPECT_EQ(seen["brand"].size(), 30u);
  EXPECT_EQ(seen["product_name"].size(), 10u);
  for (const char* name : {"category", "quantity", "payment_method"}) {
    EXPECT_EQ(seen[name].size(), 5u);
    for (const auto& [value, count] : seen[name]) EXPECT_NEAR(count, 10'000, 500) << value;
  }
}

TEST(Purchase, IsLateInTheStatedShares) {
  const auto events = generate({.count = 100'000, .late = 0.2, .too_late = 0.01, .late_by_seconds = 600});
  std::map<std::string, int> share;
  for (std::size_t number = 0; number < events.size(); ++number) {
    const auto on_time = start + static_cast<std::int64_t>(number) * 432 / 10'000;
    const std::int64_t late_by = on_time - second_of(events[number]);
    const bool is_too_late = late_by >= 61 * 60 && late_by <= 120 * 60;
    const bool is_late = late_by >= 1 && late_by <= 600;
    ++share[late_by == 0 ? "on time" : is_late ? "late" : is_too_late ? "too late" : "odd"];
  }
  EXPECT_NEAR(share["late"], 20'000, 600);
  EXPECT_NEAR(share["too late"], 1000, 150);
  EXPECT_EQ(share["odd"], 0);
}

TEST(Purchase, IsLateByDefaultAsItsPipelineExpects) {
  const auto events = generate({.count = 100'000});
  std::int64_t late = 0, too_late = 0, latest = 0;
  for (const std::string& event : events) {
    const std::int64_t second = second_of(event);
    latest = std::max(latest, second);
    late += second < latest ? 1 : 0;
    too_late += second < latest - 3600 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(late), 30'000, 600);
  EXPECT_NEAR(static_cast<double>(too_late), 500, 100);
}

TEST(Purchase, TakesSixHoursForHalfAMillionEvents) {
  const auto events = generate({.count = 500'000, .late = 0, .too_late = 0});
  EXPECT_EQ(second_of(events.front()), start);
  EXPECT_EQ(second_of(events.back()), start + 6 * 3600 - 1);
  EXPECT_TRUE(std::is_sorted(events.begin(), events.end(), [](const auto& one, const auto& other) {
    return field(one, "ts") < field(other, "ts");
  }));
}

TEST(Purchase, GoesOnByTheStepAskedFor) {
  const auto events = generate({.count = 100,
                                .start_seconds = 1'000'000,
                                .step_nanoseconds = 1'500'000'000,
                                .late = 0,
                                .too_late = 0});
  EXPECT_EQ(second_of(events[0]), 1'000'000);
  EXPECT_EQ(second_of(events[1]), 1'000'001);
  EXPECT_EQ(second_of(events[99]), 1'000'148);
}

TEST(Purchase, RepeatsTheStatedShareByteForByteWithinMinutes) {
  const auto events = generate({.count = 100'000, .duplicates = 0.02});
  std::map<std::string, std::size_t> last;
  std::size_t repeated = 0;
  for (std::size_t number = 0; number < events.size(); ++number) {
    const auto [found, is_new] = last.emplace(events[number], number);
    if (is_new) continue;
    ++repeated;
    EXPECT_LE(number - found->second, 10'000u);
    found->second = number;
  }
  EXPECT_NEAR(static_cast<double>(repeated), 2000, 200);
}

TEST(Purchase, SpoilsTheStatedShareInEveryWay) {
  const std::size_t ways = bad_purchases().size();
  const std::uint64_t count = 2000 * ways;
  const auto good = generate({.count = count});
  const auto mixed = generate({.count = count, .bad_per_million = 500});
  std::size_t bad = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (mixed[i] == good[i]) continue;
    ++bad;
    EXPECT_EQ(mixed[i].find('\n'), std::string::npos);
  }
  EXPECT_EQ(bad, ways);
}

}  // namespace
}  // namespace weir
