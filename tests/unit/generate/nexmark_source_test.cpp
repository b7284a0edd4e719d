// nexmark_source_test.cpp — the source nexmark keeps the contract of sources: positions join, reading goes on anywhere, it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "connectors/generate/nexmark.h"
#include "connectors/generate/nexmark_events.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Settings = std::vector<std::pair<std::string, std::string>>;

constexpr std::chrono::milliseconds patience{1};

Config config_of(const Settings& settings) {
  Config::Map map;
  for (const auto& [name, text] : settings) {
    Config value;
    value.value = text;
    map.emplace_back(name, value);
  }
  Config config;
  config.value = std::move(map);
  return config;
}

std::unique_ptr<Source> open(const Settings& settings, std::size_t chunk_rows = 1024) {
  Diagnostics diagnostics;
  const auto definition = nexmark_source().parse(config_of(settings), diagnostics);
  EXPECT_TRUE(diagnostics.ok());
  SourceContext context;
  context.chunk_rows = chunk_rows;
  return std::move(definition->open(context)).value();
}

std::string error_of(const Settings& settings) {
  Diagnostics diagnostics;
  EXPECT_EQ(nexmark_source().parse(config_of(settings), diagnostics), nullptr);
  return diagnostics.errors().empty() ? "" : diagnostics.errors().front().message();
}

struct Read {
  std::map<std::string, std::vector<std::string>> records;
  std::map<std::string, Position> positions;
  std::vector<std::string> at_end;
};

// Until every split has told its end; checks that chunks join and offsets ascend.
Read read_all(Source& source, std::map<std::string, Position> positions) {
  Read read;
  for (const auto& [split, position] : positions) EXPECT_TRUE(source.add_split(split, position).ok());
  std::map<std::string, std::int64_t> offsets;
  while (read.at_end.size() < positions.size()) {
    Polled polled = std::move(source.poll(patience)).value();
    if (polled.chunk != nullptr) {
      EXPECT_EQ(polled.chunk->from, positions[polled.chunk->split]);
      positions[polled.chunk->split] = polled.chunk->to;
      for (const Record& record : polled.chunk->records) {
        auto [latest, is_first] = offsets.try_emplace(polled.chunk->split, -1);
        EXPECT_GT(record.offset, latest->second);
        latest->second = record.offset;
        read.records[polled.chunk->split].emplace_back(record.value_text());
      }
    }
    for (const std::string& split : polled.at_end) read.at_end.push_back(split);
  }
  read.positions = positions;
  return read;
}

std::map<std::string, Position> starts(Source& source) {
  std::map<std::string, Position> positions;
  const auto splits = std::move(source.list_splits()).value();
  for (const std::string& split : splits) positions[split] = std::move(source.start_position(split, false)).value();
  return positions;
}

TEST(NexmarkSource, DealsRecordsToItsSplits) {
  const auto source = open({{"table", "bid"}, {"events", "1000"}, {"splits", "3"}});
  EXPECT_THAT(source->list_splits().value(), ElementsAre("bid/0", "bid/1", "bid/2"));
  const Read read = read_all(*source, starts(*source));
  const NexmarkEvents events({.table = NexmarkTable::bid, .events = 1000});
  std::map<std::string, std::vector<std::string>> expected;
  for (std::uint64_t number = 0; number < events.size(); ++number) {
    std::string record;
    events.write(number, record);
    expected["bid/" + std::to_string(number % 3)].push_back(record);
  }
  EXPECT_EQ(read.records, expected);
}

TEST(NexmarkSource, TheSameRecordsHoweverTheyAreCutIntoChunks) {
  const Settings settings{{"events", "2000"}, {"splits", "2"}, {"out_of_order", "5%"}};
  const auto whole = open(settings);
  const Read expected = read_all(*whole, starts(*whole));
  for (const std::size_t rows : {1, 7, 1000}) {
    const auto source = open(settings, rows);
    EXPECT_EQ(read_all(*source, starts(*source)).records, expected.records);
  }
}

TEST(NexmarkSource, GoesOnAtAnyPosition) {
  const Settings settings{{"table", "auction"}, {"events", "1000"}};
  const auto whole = open(settings);
  const std::vector<std::string> expected = read_all(*whole, starts(*whole)).records["auction/0"];
  const auto pieces = open(settings, 1);
  Position position = pieces->start_position("auction/0", false).value();
  for (const std::string& record : expected) {
    ASSERT_TRUE(pieces->add_split("auction/0", position).ok());
    Polled polled = std::move(pieces->poll(patience)).value();
    ASSERT_NE(polled.chunk, nullptr);
    ASSERT_EQ(polled.chunk->from, position);
    ASSERT_EQ(polled.chunk->records.size(), 1u);
    ASSERT_EQ(polled.chunk->records[0].value_text(), record);
    position = polled.chunk->to;
    pieces->remove_split("auction/0");
  }
}

TEST(NexmarkSource, ReadsTheSplitThatIsBehindFirst) {
  const auto source = open({{"events", "10000"}, {"splits", "2"}}, 100);
  const auto positions = starts(*source);
  ASSERT_TRUE(source->add_split("all/0", positions.at("all/0")).ok());
  for (int chunk = 0; chunk < 5; ++chunk) EXPECT_EQ(source->poll(patience).value().chunk->split, "all/0");
  ASSERT_TRUE(source->add_split("all/1", positions.at("all/1")).ok());
  for (int chunk = 0; chunk < 5; ++chunk) EXPECT_EQ(source->poll(patience).value().chunk->split, "all/1");
}

TEST(NexmarkSource, TellsItsEndOnceForEachAssignmentAndThenHasNothing) {
  const auto source = open({{"table", "person"}, {"events", "100"}, {"splits", "3"}});
  const Read read = read_all(*source, starts(*source));  // two people: the third split is empty
  EXPECT_THAT(read.at_end, ::testing::UnorderedElementsAre("person/0", "person/1", "person/2"));
  const Polled polled = std::move(source->poll(patience)).value();
  EXPECT_EQ(polled.chunk, nullptr);
  EXPECT_THAT(polled.at_end, IsEmpty());
  ASSERT_TRUE(source->add_split("person/0", read.positions.at("person/0")).ok());
  EXPECT_THAT(source->poll(patience).value().at_end, ElementsAre("person/0"));
}

TEST(NexmarkSource, MoreEventsCanBeAskedForLater) {
  const auto fewer = open({{"table", "bid"}, {"events", "1000"}, {"splits", "2"}});
  Read read = read_all(*fewer, starts(*fewer));
  const auto more = open({{"table", "bid"}, {"events", "3000"}, {"splits", "2"}});
  const Read rest = read_all(*more, read.positions);
  const auto whole = open({{"table", "bid"}, {"events", "3000"}, {"splits", "2"}});
  for (const auto& [split, records] : rest.records)
    read.records[split].insert(read.records[split].end(), records.begin(), records.end());
  EXPECT_EQ(read.records, read_all(*whole, starts(*whole)).records);
}

TEST(NexmarkSource, RefusesPositionsOfOtherOptions) {
  const Position position = open({{"table", "bid"}, {"events", "1000"}})->start_position("bid/0", false).value();
  for (const auto& [name, value] : Settings{{"seed", "2"}, {"first_event_rate", "10"}, {"base_time", "2020-01-01"}, {"splits", "2"}, {"out_of_order", "1%"}}) {
    const Status status = open({{"table", "bid"}, {"events", "1000"}, {name, value}})->add_split("bid/0", position);
    ASSERT_FALSE(status.ok()) << name;
    EXPECT_EQ(status.error().kind(), ErrorKind::fatal);
    EXPECT_THAT(status.error().message(), HasSubstr("was made with other options"));
  }
  const auto source = open({{"table", "bid"}, {"events", "1000"}, {"splits", "2"}});
  const auto positions = starts(*source);
  EXPECT_THAT(source->add_split("bid/0", positions.at("bid/1")).error().message(), HasSubstr("is not among its"));
  EXPECT_THAT(source->add_split("bid/0", "17").error().message(), HasSubstr("no position of a Nexmark split"));
  EXPECT_THAT(source->add_split("bid/2", positions.at("bid/0")).error().message(), HasSubstr("bid/2 is no split"));
}

TEST(NexmarkSource, KnowsHowFarItsEndIs) {
  const auto source = open({{"table", "bid"}, {"events", "1000"}, {"splits", "2"}}, 100);
  EXPECT_THAT(source->lag(), IsEmpty());
  ASSERT_TRUE(source->add_split("bid/1", starts(*source).at("bid/1")).ok());
  EXPECT_EQ(source->lag().at(0).rows, 460);
  ASSERT_NE(source->poll(patience).value().chunk, nullptr);
  EXPECT_EQ(source->lag().at(0).rows, 360);
  const auto endless = open({{"table", "bid"}});
  ASSERT_TRUE(endless->add_split("bid/0", starts(*endless).at("bid/0")).ok());
  EXPECT_EQ(endless->lag().at(0).rows, -1);
}

TEST(NexmarkSource, ExplainsWrongOptions) {
  EXPECT_THAT(error_of({{"table", "bids"}}), HasSubstr("bids"));
  EXPECT_THAT(error_of({{"base_time", "soon"}}), HasSubstr("base_time: soon is no time from 1971 to 2200"));
  EXPECT_THAT(error_of({{"out_of_order", "many"}}), HasSubstr("out_of_order: many is no share"));
  EXPECT_THAT(error_of({{"out_of_order", "101%"}}), HasSubstr("out_of_order: 101% is no share"));
  EXPECT_THAT(error_of({{"out_of_order_by", "0 s"}}), HasSubstr("out_of_order_by is a time from 1 ms to 1 day"));
  EXPECT_THAT(error_of({{"events", "10000000000"}, {"first_event_rate", "1"}}), HasSubstr("more than 100 years"));
  EXPECT_THAT(error_of({{"splits", "0"}}), HasSubstr("splits"));
}

}  // namespace
}  // namespace weir
