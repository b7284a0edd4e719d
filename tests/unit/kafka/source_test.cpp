// source_test.cpp — the Kafka source against the embedded broker.
#include <gmock/gmock.h>

#include <numeric>
#include <thread>

#include "tests/unit/kafka/mock_kafka.h"

namespace weir {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> numbers(int first, int last) {
  std::vector<std::string> values;
  for (int number = first; number <= last; ++number) values.push_back("value " + std::to_string(number));
  return values;
}

TEST_F(MockKafka, ListsPartitionsAsSplits) {
  auto source = open();
  const auto splits = source->list_splits();
  ASSERT_TRUE(splits.ok()) << splits.error().message();
  EXPECT_THAT(*splits, ElementsAre("views/0"));
}

TEST_F(MockKafka, ReadsFromTheBeginningToTheEnd) {
  write(numbers(1, 100));
  auto source = open();
  const auto start = source->start_position("views/0", false);
  ASSERT_TRUE(start.ok()) << start.error().message();
  EXPECT_EQ(*start, "0");
  ASSERT_TRUE(source->add_split("views/0", *start).ok());
  const ReadResult result = read(*source, 100, 1);
  EXPECT_EQ(result.values, numbers(1, 100));
  EXPECT_THAT(result.at_end, ElementsAre("views/0"));
  EXPECT_EQ(source->health(), "");
}

TEST_F(MockKafka, LatestStartsAtTheEndAndLaterPartitionsAtTheirBeginning) {
  write(numbers(1, 5));
  KafkaOptions options = options_for(embedded_brokers, "views");
  options.start.kind = KafkaStart::Kind::latest;
  auto source = std::move(open_kafka_source(options, {})).value();
  EXPECT_EQ(source->start_position("views/0", false).value(), "5");
  EXPECT_EQ(source->start_position("views/0", true).value(), "0");
}

TEST_F(MockKafka, ATimestampAfterEveryRecordStartsAtTheEnd) {
  write(numbers(1, 5));
  KafkaOptions options = options_for(embedded_brokers, "views");
  options.start = {KafkaStart::Kind::timestamp, 4'000'000'000'000};
  auto source = std::move(open_kafka_source(options, {})).value();
  EXPECT_EQ(source->start_position("views/0", false).value(), "5");
}

TEST_F(MockKafka, ChunksJoinPositionToPosition) {
  write(numbers(1, 50));
  SourceContext context;
  context.chunk_rows = 7;
  auto source = open(context);
  ASSERT_TRUE(source->add_split("views/0", "0").ok());
  const ReadResult result = read(*source, 50);
  Position position = "0";
  for (const auto& chunk : result.chunks) {
    EXPECT_LE(chunk->records.size(), 7U);
    EXPECT_EQ(chunk->from, position);
    EXPECT_EQ(chunk->split, "views/0");
    EXPECT_EQ(chunk->topic, "views");
    position = chunk->to;
  }
  EXPECT_THAT(position, HasSubstr("50;49:1730419200000:"));
}

TEST_F(MockKafka, AChunkEndsAtItsBytes) {
  write(std::vector<std::string>(20, std::string(1000, 'x')));
  SourceContext context;
  context.chunk_bytes = 4000;
  auto source = open(context);
  ASSERT_TRUE(source->add_split("views/0", "0").ok());
  const ReadResult result = read(*source, 20);
  EXPECT_EQ(result.values.size(), 20U);
  for (const auto& chunk : result.chunks) EXPECT_LE(chunk->value_bytes, 4000U);
}

TEST_F(MockKafka, GoesOnAtAStoredPositionWithoutRepeatingTheComparedRecord) {
  write(numbers(1, 10));
  Position position;
  {
    auto source = open();
    ASSERT_TRUE(source->add_split("views/0", "0").ok());
    position = read(*source, 10).position;
  }
  write(numbers(11, 15));
  auto source = open();
  const Status added = source->add_split("views/0", position);
  ASSERT_TRUE(added.ok()) << added.error().message();
  const ReadResult result = read(*source, 5, 1);
  EXPECT_EQ(result.values, numbers(11, 15));
  ASSERT_FALSE(result.chunks.empty());
  EXPECT_EQ(result.chunks.front()->from, position);
}

TEST_F(MockKafka, AddingAPartitionAtItsEndReadsNothing) {
  write(numbers(1, 3));
  auto source = open();
  ASSERT_TRUE(source->add_split("views/0", "0").ok());
  const Position position = read(*source, 3).position;
  source->remove_split("views/0");
  ASSERT_TRUE(source->add_split("views/0", position).ok());
  const ReadResult result = read(*source, 0, 1);
  EXPECT_TRUE(result.values.empty());
  EXPECT_THAT(result.at_end, ElementsAre("views/0"));
  EXPECT_EQ(source->lag().at(0).rows, 0);
}

TEST_F(MockKafka, AnotherRecordAtTheStoredOffsetIsFatal) {
  write(numbers(1, 10));
  auto source = open();
  const Status added = source->add_split("views/0", "5;4:1730419200000:00000001");
  ASSERT_FALSE(added.ok());
  EXPECT_EQ(added.error().kind(), ErrorKind::fatal);
  EXPECT_THAT(added.error().message(), HasSubstr("truncated or made anew"));
  EXPECT_THAT(added.error().hint(), HasSubstr("--position views/0=5"));
}

TEST_F(MockKafka, APositionBehindTheEndIsFatal) {
  write(numbers(1, 3));
  auto source = open();
  const Status added = source->add_split("views/0", "17");
  ASSERT_FALSE(added.ok());
  EXPECT_EQ(added.error().kind(), ErrorKind::fatal);
  EXPECT_THAT(added.error().message(), HasSubstr("ends at offset 3"));
}

TEST_F(MockKafka, APositionLostToRetentionNamesTheLostRange) {
  // The mock cluster keeps about 5 MB of a partition.
  for (int batch = 0; batch < 12; ++batch) write(std::vector<std::string>(8, std::string(100'000, 'x')));
  auto source = open();
  const Position low = source->start_position("views/0", true).value();
  ASSERT_NE(low, "0");
  const Status added = source->add_split("views/0", "1");
  ASSERT_FALSE(added.ok());
  EXPECT_EQ(added.error().kind(), ErrorKind::fatal);
  EXPECT_THAT(added.error().message(),
              HasSubstr("offsets 1 to " + std::to_string(std::stoll(low) - 1) + " are lost"));
  EXPECT_THAT(added.error().hint(), HasSubstr("--position views/0=" + low));
}

TEST_F(MockKafka, TextThatIsNoPositionIsFatal) {
  auto source = open();
  EXPECT_EQ(source->add_split("views/0", "next tuesday").error().kind(), ErrorKind::fatal);
  EXPECT_EQ(source->add_split("views", "0").error().kind(), ErrorKind::fatal);
}

TEST_F(MockKafka, TellsTombstonesFromEmptyValues) {
  write({"a", "-", "", "b"});
  auto source = open();
  ASSERT_TRUE(source->add_split("views/0", "0").ok());
  EXPECT_THAT(read(*source, 4).values, ElementsAre("a", "-", "", "b"));
}

TEST_F(MockKafka, KeepsKeyTimestampAndHeaders) {
  OutgoingMessage message;
  message.value = "v";
  message.timestamp = 1'700'000'000'123;
  message.headers = {
      {"a", "1"}, {"b\"", "\x01\xC3\xA4"}, {"none", std::nullopt}, {"raw", "\xFF\xFE"}, {"a", "2"}};
  ASSERT_TRUE(producer_->produce("views", message).ok());
  ASSERT_TRUE(producer_->flush(10s).ok());
  SourceContext context;
  context.needs_headers = true;
  auto source = open(context);
  ASSERT_TRUE(source->add_split("views/0", "0").ok());
  const ReadResult result = read(*source, 1);
  ASSERT_EQ(result.chunks.size(), 1U);
  const RawChunk& chunk = *result.chunks[0];
  const Record& record = chunk.records.at(0);
  EXPECT_EQ(record.key, nullptr);
  EXPECT_EQ(record.timestamp, 1'700'000'000'123'000);
  EXPECT_EQ(chunk.arena.text(record.headers),
            "{\"b\\\"\":\"\\u0001\xC3\xA4\",\"none\":null,\"raw\":\"//4=\",\"a\":\"2\"}");
}

TEST_F(MockKafka, ViewsOfValuesLieInTheChunksArena) {
  write({std::string(300, 'a'), std::string(2'000'00, 'b'), "short", std::string(50, 'c')});
  auto source = open();
  ASSERT_TRUE(source->add_split("views/0", "0").ok());
  for (const auto& chunk : read(*source, 4).chunks) {
    for (const Record& record : chunk->records) {
      const View view = chunk->arena.view_in(record.value_block, record.value, record.value_size);
      EXPECT_EQ(chunk->arena.text(view), record.value_text());
    }
  }
}

TEST_F(MockKafka, AnEmptyPollReturnsWithinItsPatience) {
  auto source = open();
  ASSERT_TRUE(source->add_split("views/0", "0").ok());
  read(*source, 0, 1);
  const auto started = std::chrono::steady_clock::now();
  const auto polled = source->poll(100ms);
  ASSERT_TRUE(polled.ok());
  EXPECT_EQ(polled->chunk, nullptr);
  EXPECT_LT(std::chrono::steady_clock::now() - started, 1s);
}

TEST_F(MockKafka, TheEndIsToldOncePerAssignment) {
  write(numbers(1, 3));
  auto source = open();
  ASSERT_TRUE(source->add_split("views/0", "0").ok());
  ASSERT_EQ(read(*source, 3, 1).at_end.size(), 1U);
  write(numbers(4, 6));
  EXPECT_TRUE(read(*source, 3).at_end.empty());
  EXPECT_TRUE(read(*source, 0, 1, 500ms).at_end.empty());
}

TEST_F(MockKafka, LagIsWhatLiesBetweenTheReaderAndTheEnd) {
  auto source = open({}, {.period = 50ms});
  ASSERT_TRUE(source->add_split("views/0", "0").ok());
  read(*source, 0, 1);
  source->remove_split("views/0");
  EXPECT_TRUE(source->lag().empty());
  write(numbers(1, 30));
  ASSERT_TRUE(source->add_split("views/0", "10").ok());
  EXPECT_EQ(source->lag().at(0).rows, 20);
  read(*source, 20);
  EXPECT_EQ(source->lag().at(0).rows, 0);
}

TEST_F(MockKafka, ABrokerThatIsDownShowsInHealthAndReadingGoesOnAfterwards) {
  write(numbers(1, 5));
  auto source = open({}, {.period = 50ms});
  ASSERT_TRUE(source->add_split("views/0", "0").ok());
  read(*source, 5);
  broker_->go_down();
  std::string health;
  for (int attempt = 0; attempt < 200 && health.find("127.0.0.1") == std::string::npos; ++attempt) {
    ASSERT_TRUE(source->poll(50ms).ok());
    health = source->health();
  }
  EXPECT_THAT(health, HasSubstr("127.0.0.1"));
  broker_->come_up();
  write(numbers(6, 9));
  EXPECT_EQ(read(*source, 4).values, numbers(6, 9));
  for (int attempt = 0; attempt < 100 && !source->health().empty(); ++attempt)
    std::this_thread::sleep_for(50ms);
  EXPECT_EQ(source->health(), "");
}

TEST_F(MockKafka, RemovingAPartitionDropsWhatWasNotPolled) {
  write(numbers(1, 100));
  SourceContext context;
  context.chunk_rows = 10;
  auto source = open(context);
  ASSERT_TRUE(source->add_split("views/0", "0").ok());
  const ReadResult first = read(*source, 10);
  source->remove_split("views/0");
  source->remove_split("views/0");
  EXPECT_EQ(read(*source, 1, 0, 300ms).values.size(), 0U);
  ASSERT_TRUE(source->add_split("views/0", first.position).ok());
  EXPECT_EQ(read(*source, 90).values, numbers(11, 100));
}

TEST_F(MockKafka, ManyQuickReassignmentsNeverSkipOrRepeat) {
  write(numbers(1, 400));
  SourceContext context;
  context.chunk_rows = 9;
  auto source = open(context);
  Position position = "0";
  std::vector<std::string> values;
  while (values.size() < 400) {
    ASSERT_TRUE(source->add_split("views/0", position).ok());
    const ReadResult result = read(*source, 1);
    ASSERT_EQ(result.error, "");
    for (const std::string& value : result.values) values.push_back(value);
    position = result.position;
    source->remove_split("views/0");
  }
  EXPECT_EQ(values, numbers(1, 400));
}

TEST_F(MockKafka, CommittedPositionsAreMirroredToTheGroup) {
  write(numbers(1, 5));
  KafkaOptions options = options_for(embedded_brokers, "views");
  options.mirror_offsets = true;
  SourceContext context;
  context.pipeline = "mirrored";
  auto source = std::move(open_kafka_source(options, context)).value();
  ASSERT_TRUE(source->add_split("views/0", "0").ok());
  source->committed("views/0", read(*source, 5).position);
  source.reset();  // sends what is left
  BrokerEvents events;
  auto client =
      std::move(make_kafka_handle(
                    RD_KAFKA_CONSUMER,
                    {{"bootstrap.servers", broker_->bootstrap()}, {"group.id", "weir-mirrored"}}, events))
          .value();
  KafkaPointer<rd_kafka_topic_partition_list_t> list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), "views", 0);
  ASSERT_EQ(rd_kafka_committed(client.get(), list.get(), 10'000), RD_KAFKA_RESP_ERR_NO_ERROR);
  EXPECT_EQ(list->elems[0].offset, 5);
}

TEST_F(MockKafka, ThePumpNeverRunsAheadOfWhatTheBrokerKeeps) {
  std::atomic<std::int64_t> rows_read{0};
  int left = 30'000;
  auto pump = EventPump::start(
      *broker_, "views",
      [&](EventPump::Event& event) {
        event.value = std::string(700, 'e') + std::to_string(left);
        return left-- > 0;
      },
      [&] { return rows_read.load(); });
  ASSERT_TRUE(pump.ok()) << pump.error().message();
  auto source = open();
  ASSERT_TRUE(source->add_split("views/0", "0").ok());
  std::vector<std::string> values;
  while (values.size() < 30'000) {
    const ReadResult result = read(*source, 1);
    ASSERT_EQ(result.error, "");
    ASSERT_FALSE(result.values.empty());
    values.insert(values.end(), result.values.begin(), result.values.end());
    rows_read = static_cast<std::int64_t>(values.size());
  }
  (*pump)->stop();
  EXPECT_TRUE((*pump)->is_done());
  EXPECT_TRUE((*pump)->outcome().ok());
  for (int index = 0; index < 30'000; ++index)
    ASSERT_EQ(values[static_cast<std::size_t>(index)],
              std::string(700, 'e') + std::to_string(30'000 - index));
}

TEST(EmbeddedBrokers, OneAtATimeAndNamedOnlyWhileItRuns) {
  EXPECT_EQ(EmbeddedBroker::running(), std::nullopt);
  const auto refused = open_kafka_source(options_for(embedded_brokers, "views"), {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind(), ErrorKind::user);
  EXPECT_THAT(refused.error().hint(), HasSubstr("weir demo"));
  {
    auto broker = EmbeddedBroker::start();
    ASSERT_TRUE(broker.ok());
    EXPECT_FALSE(EmbeddedBroker::start().ok());
    EXPECT_EQ(EmbeddedBroker::running(), (*broker)->bootstrap());
  }
  EXPECT_EQ(EmbeddedBroker::running(), std::nullopt);
}

TEST_F(MockKafka, CheckFindsNothingWrong) {
  write({"a"});
  const Status checked = check_kafka(options_for(embedded_brokers, "views"), 10s);
  EXPECT_TRUE(checked.ok()) << checked.error().message();
}

TEST(Check, ABrokerThatIsNotThereIsAServiceErrorWithItsReason) {
  const Status checked = check_kafka(options_for("127.0.0.1:9", "views"), 1'500ms);
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().kind(), ErrorKind::service);
  EXPECT_THAT(checked.error().message(), HasSubstr("127.0.0.1:9"));
  EXPECT_THAT(checked.error().message(), HasSubstr("Connection refused"));
}

}  // namespace
}  // namespace weir
