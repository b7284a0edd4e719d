// nexmark_test.cpp — the events of the generator nexmark: in the published proportions and distributions, and the same however they are asked for.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "connectors/generate/generate.h"
#include "connectors/generate/nexmark_events.h"
#include "engine/data/calendar.h"

namespace weir {
namespace {

constexpr std::int64_t base = 1'730'419'200'000;

std::vector<std::string> records(const NexmarkOptions& options) {
  const NexmarkEvents events(options);
  std::vector<std::string> all(events.size());
  for (std::size_t number = 0; number < all.size(); ++number) events.write(number, all[number]);
  return all;
}

std::vector<std::string> records(NexmarkTable table, std::uint64_t events) {
  return records(NexmarkOptions{.table = table, .events = events});
}

std::string field(const std::string& record, const std::string& name) {
  const std::string opening = "\"" + name + "\":";
  const std::size_t from = record.find(opening) + opening.size();
  if (record[from] == '"') return record.substr(from + 1, record.find('"', from + 1) - from - 1);
  return record.substr(from, record.find_first_of(",}", from) - from);
}

std::int64_t number_in(const std::string& record, const std::string& name) { return std::stoll(field(record, name)); }

std::int64_t millisecond_of(const std::string& record, const std::string& name = "dateTime") {
  return *parse_timestamp(field(record, name)) / 1000;
}

double share(const std::vector<std::string>& all, const std::function<bool(const std::string&)>& is) {
  return static_cast<double>(std::count_if(all.begin(), all.end(), is)) / static_cast<double>(all.size());
}

TEST(Nexmark, HasOnePersonAndThreeAuctionsInFiftyEvents) {
  std::map<std::string, int> kinds;
  const auto all = records(NexmarkTable::all, 5000);
  for (const std::string& event : all) ++kinds[field(event, "event_type")];
  EXPECT_EQ(kinds, (std::map<std::string, int>{{"0", 100}, {"1", 300}, {"2", 4600}}));
  for (const std::uint64_t events : {1, 2, 4, 5, 49, 50, 51, 54, 1234}) {
    std::size_t count = 0;
    for (const NexmarkTable table : {NexmarkTable::person, NexmarkTable::auction, NexmarkTable::bid})
      count += NexmarkEvents({.table = table, .events = events}).size();
    EXPECT_EQ(count, events);
  }
}

TEST(Nexmark, TablesTogetherAreAllEvents) {
  std::vector<std::string> whole = records(NexmarkTable::all, 1234);
  std::vector<std::string> parts;
  const auto add = [&](NexmarkTable table, const std::string& opening) {
    for (const std::string& record : records(table, 1234)) parts.push_back(opening + record + "}");
  };
  add(NexmarkTable::person, R"({"event_type":0,"person":)");
  add(NexmarkTable::auction, R"({"event_type":1,"auction":)");
  add(NexmarkTable::bid, R"({"event_type":2,"bid":)");
  std::sort(whole.begin(), whole.end());
  std::sort(parts.begin(), parts.end());
  EXPECT_EQ(whole, parts);
}

TEST(Nexmark, IsWrittenAsItsTables) {
  const std::string time = R"("2024-11-01T00:\d\d:\d\d\.\d{3}Z")";
  const std::regex person(
      R"~(\{"id":\d+,"name":"[A-Z][a-z]+ [A-Z][a-z]+","emailAddress":"[a-z ]*@[a-z ]*\.com","creditCard":"\d{4}( \d{4}){3}",)~"
      R"~("city":"[A-Z][A-Za-z ]+","state":"[A-Z]{2}","dateTime":)~" + time + R"~(,"extra":"[a-z]*"\})~");
  const std::regex auction(
      R"~(\{"id":\d+,"itemName":"[a-z ]*","description":"[a-z ]*","initialBid":\d+,"reserve":\d+,"dateTime":)~" + time +
      R"~(,"expires":)~" + time + R"~(,"seller":\d+,"category":1[0-4],"extra":"[a-z]*"\})~");
  const std::regex bid(
      R"~(\{"auction":\d+,"bidder":\d+,"price":\d+,"channel":"(Google|Facebook|Baidu|Apple|channel-\d{1,4})",)~"
      R"~("url":"https://www\.nexmark\.com(/[a-z_]{3,4}){3}/item\.htm\?query=1(&channel_id=\d+)?","dateTime":)~" + time +
      R"~(,"extra":"[a-z]*"\})~");
  for (const std::string& one : records(NexmarkTable::person, 20'000)) ASSERT_TRUE(std::regex_match(one, person)) << one;
  for (const std::string& one : records(NexmarkTable::auction, 20'000)) ASSERT_TRUE(std::regex_match(one, auction)) << one;
  for (const std::string& one : records(NexmarkTable::bid, 20'000)) ASSERT_TRUE(std::regex_match(one, bid)) << one;
}

TEST(Nexmark, PeopleAndAuctionsAreNumberedFromAThousand) {
  for (const NexmarkTable table : {NexmarkTable::person, NexmarkTable::auction}) {
    const auto all = records(table, 10'000);
    for (std::size_t number = 0; number < all.size(); ++number)
      ASSERT_EQ(number_in(all[number], "id"), 1000 + static_cast<std::int64_t>(number));
  }
}

TEST(Nexmark, HalfOfTheBidsAreOnHotAuctionsAndThreeQuartersByHotBidders) {
  const auto bids = records(NexmarkTable::bid, 500'000);
  // Any auction is hot by chance in one of 111 cases, any bidder in one of 1010.
  EXPECT_NEAR(share(bids, [](const auto& bid) { return number_in(bid, "auction") % 100 == 0; }), 0.505, 0.005);
  EXPECT_NEAR(share(bids, [](const auto& bid) { return number_in(bid, "bidder") % 100 == 1; }), 0.7525, 0.005);
}

TEST(Nexmark, ThreeQuartersOfTheAuctionsAreOfHotSellers) {
  const auto auctions = records(NexmarkTable::auction, 1'000'000);
  EXPECT_NEAR(share(auctions, [](const auto& auction) { return number_in(auction, "seller") % 100 == 0; }), 0.7525, 0.01);
}

TEST(Nexmark, BidsAreOnAuctionsThatAreOpenOrAFewToCome) {
  const auto bids = records(NexmarkTable::bid, 200'000);
  for (std::size_t number = 0; number < bids.size(); ++number) {
    const auto latest = static_cast<std::int64_t>(number / 46 * 3 + 2);
    const std::int64_t auction = number_in(bids[number], "auction") - 1000;
    ASSERT_GE(auction, auction % 100 == 0 ? latest / 100 * 100 - 100 : latest - 100);
    ASSERT_LE(auction, latest + 10);
    ASSERT_LE(number_in(bids[number], "bidder") - 1000, static_cast<std::int64_t>(number / 46) + 10);
  }
}

TEST(Nexmark, PricesAreLogUniform) {
  const auto bids = records(NexmarkTable::bid, 200'000);
  std::map<int, int> decades;
  for (const std::string& bid : bids) {
    const std::int64_t price = number_in(bid, "price");
    ASSERT_GE(price, 100);
    ASSERT_LE(price, 100'000'000);
    ++decades[std::min(7, static_cast<int>(field(bid, "price").size() - 1))];
  }
  for (int decade = 2; decade < 8; ++decade)
    EXPECT_NEAR(decades[decade] / static_cast<double>(bids.size()), 1.0 / 6, 0.005) << decade;
}

TEST(Nexmark, RowsAreAsLargeAsPublishedOnAnAverage) {
  const auto mean = [](NexmarkTable table, const std::vector<std::string>& texts, double fixed) {
    double bytes = 0;
    const auto all = records(table, 100'000);
    for (const std::string& one : all) {
      for (const std::string& text : texts) bytes += static_cast<double>(field(one, text).size());
    }
    return fixed + bytes / static_cast<double>(all.size());
  };
  EXPECT_NEAR(mean(NexmarkTable::person, {"name", "emailAddress", "creditCard", "city", "state", "extra"}, 8), 200, 2);
  EXPECT_NEAR(mean(NexmarkTable::auction, {"itemName", "description", "extra"}, 48), 500, 2);
  EXPECT_NEAR(mean(NexmarkTable::bid, {"extra"}, 32), 100, 1);
}

TEST(Nexmark, HalfOfTheBidsComeByHotChannelsAndMostOthersHaveAnId) {
  const auto bids = records(NexmarkTable::bid, 200'000);
  std::map<std::string, std::set<std::string>> urls;
  std::map<std::string, int> count;
  for (const std::string& bid : bids) {
    urls[field(bid, "channel")].insert(field(bid, "url"));
    ++count[field(bid, "channel")];
  }
  const auto with_id = std::count_if(urls.begin(), urls.end(), [](const auto& channel) {
    return channel.second.begin()->find("&channel_id=") != std::string::npos;
  });
  for (const char* hot : {"Google", "Facebook", "Baidu", "Apple"})
    EXPECT_NEAR(count[hot] / static_cast<double>(bids.size()), 0.125, 0.005) << hot;
  for (const auto& [channel, of_channel] : urls) EXPECT_EQ(of_channel.size(), 1u) << channel;
  EXPECT_GT(urls.size(), 9990u);
  EXPECT_NEAR(static_cast<double>(with_id) / 10'000, 0.9, 0.02);
}

TEST(Nexmark, TimeGoesOnByTheStepAndAuctionsEndAfterItsHorizon) {
  const NexmarkOptions options{.table = NexmarkTable::auction, .events = 50'000, .step_nanoseconds = 10'000'000};
  const auto auctions = records(options);
  double length = 0;
  for (std::size_t number = 0; number < auctions.size(); ++number) {
    const auto event = static_cast<std::int64_t>(number / 3 * 50 + 1 + number % 3);
    ASSERT_EQ(millisecond_of(auctions[number]), base + event * 10);
    const std::int64_t lasts = millisecond_of(auctions[number], "expires") - millisecond_of(auctions[number]);
    ASSERT_GE(lasts, 1);
    ASSERT_LE(lasts, 2 * 16'660);
    length += static_cast<double>(lasts);
  }
  // 100 auctions are 1,666 events.
  EXPECT_NEAR(length / static_cast<double>(auctions.size()), 16'660, 500);
}

TEST(Nexmark, IsOutOfOrderInTheStatedShare) {
  const NexmarkOptions options{.table = NexmarkTable::bid, .events = 100'000, .out_of_order = 0.1, .out_of_order_milliseconds = 500};
  const NexmarkEvents events(options);
  const auto bids = records(options);
  const auto in_order = records(NexmarkTable::bid, 100'000);
  int earlier = 0;
  for (std::size_t number = 0; number < bids.size(); ++number) {
    const std::int64_t by = events.arrival_of(number) / 1000 - millisecond_of(bids[number]);
    ASSERT_GE(by, 0);
    ASSERT_LE(by, 500);
    earlier += by > 0 ? 1 : 0;
    for (const char* name : {"auction", "bidder", "price", "url", "extra"})
      ASSERT_EQ(field(bids[number], name), field(in_order[number], name));
  }
  EXPECT_NEAR(earlier / static_cast<double>(bids.size()), 0.1, 0.005);
}

TEST(Nexmark, AnotherSeedMakesOtherEvents) {
  EXPECT_NE(records({.table = NexmarkTable::bid, .events = 100}), records({.table = NexmarkTable::bid, .events = 100, .seed = 2}));
}

TEST(Nexmark, TheCommandMakesTheSameEventsHoweverBatched) {
  const auto generators = event_generators();
  const auto spec = std::find_if(generators.begin(), generators.end(), [](const GeneratorSpec& one) { return one.name == "nexmark"; });
  ASSERT_NE(spec, generators.end());
  for (const std::string& table : spec->tables) {
    EventOptions options{.count = 1000, .step_nanoseconds = 100'000'000};
    options.table = table;
    const NexmarkOptions same{.table = nexmark_table(table), .events = 1000, .step_nanoseconds = 100'000'000};
    for (const std::size_t limit : {1, 17, 1000}) {
      const auto generator = spec->make(options);
      std::vector<std::string> made;
      EventBatch batch;
      for (generator->next(limit, batch); batch.size() != 0; generator->next(limit, batch)) {
        for (std::size_t i = 0; i < batch.size(); ++i) made.emplace_back(batch.event(i));
      }
      EXPECT_EQ(made, records(same)) << table;
    }
  }
}

}  // namespace
}  // namespace weir
