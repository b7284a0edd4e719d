// source_test.cpp — the Kafka source against a real broker: what the mock cluster cannot do.
#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>
#include <thread>

#include "connectors/kafka/kafka_client.h"
#include "tests/unit/kafka/read.h"
#include "tests/unit/kafka_broker/real_broker.h"

namespace weir {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

std::string first(int partition) { return std::to_string(partition); }

TEST_F(BrokerTest, ATopicThatExistsKeepsItsPartitions) {
  create_topic(2);
  EXPECT_EQ(producer_->create_topic(topic_, 4, 20s).value(), 2);
}

TEST_F(BrokerTest, ReadsEveryPartitionToItsEnd) {
  create_topic(4);
  for (int partition = 0; partition < 4; ++partition)
    write(partition, std::vector<std::string>(100, first(partition)));
  auto source = open();
  for (const std::string& split : source->list_splits().value()) {
    ASSERT_TRUE(source->add_split(split, source->start_position(split, false).value()).ok());
  }
  const ReadResult result = read(*source, 400, 4);
  EXPECT_EQ(result.values.size(), 400U);
  for (int partition = 0; partition < 4; ++partition)
    EXPECT_EQ(std::count(result.values.begin(), result.values.end(), first(partition)), 100);
  EXPECT_EQ(result.at_end.size(), 4U);
}

TEST_F(BrokerTest, StartsAtATimestamp) {
  create_topic(1);
  write(0, {"a", "b"}, 1'700'000'000'000);
  write(0, {"c", "d"}, 1'700'000'010'000);
  KafkaOptions from_then = options();
  from_then.start = {KafkaStart::Kind::timestamp, 1'700'000'005'000};
  EXPECT_EQ(open(from_then)->start_position(topic_ + "/0", false).value(), "2");
  from_then.start.milliseconds = 1'800'000'000'000;
  EXPECT_EQ(open(from_then)->start_position(topic_ + "/0", false).value(), "4");
}

TEST_F(BrokerTest, ATopicThatIsMissingIsAServiceErrorWhenRunAndTheUsersWhenChecked) {
  const auto splits = open()->list_splits();
  ASSERT_FALSE(splits.ok());
  EXPECT_EQ(splits.error().kind(), ErrorKind::service);
  EXPECT_EQ(splits.error().code(), kafka_topic_missing);
  const Status checked = check_kafka(options(), 10s);
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().kind(), ErrorKind::user);
  EXPECT_EQ(checked.error().mistake(), "W0803");
  EXPECT_THAT(checked.error().message(), HasSubstr("the brokers have no topic " + topic_));
}

TEST_F(BrokerTest, ATopicMayComeLater) {
  auto source = open();
  EXPECT_FALSE(source->list_splits().ok());
  create_topic(2);
  auto splits = source->list_splits();
  for (int attempt = 0; attempt < 50 && !splits.ok(); ++attempt) splits = source->list_splits();
  ASSERT_TRUE(splits.ok()) << splits.error().message();
  EXPECT_EQ(splits->size(), 2U);
}

TEST_F(BrokerTest, PartitionsThatAppearAreReadFromTheirBeginning) {
  create_topic(1);
  KafkaOptions latest = options();
  latest.start.kind = KafkaStart::Kind::latest;
  auto source = open(latest);
  const std::string old = topic_ + "/0";
  ASSERT_TRUE(source->add_split(old, source->start_position(old, false).value()).ok());
  add_partitions(3);
  std::vector<std::string> splits;
  for (int attempt = 0; attempt < 100 && splits.size() < 3; ++attempt) {
    splits = source->list_splits().value();
    std::this_thread::sleep_for(50ms);
  }
  ASSERT_EQ(splits.size(), 3U);
  KafkaConnection connection;
  connection.brokers = broker().plaintext();
  producer_ = std::move(Producer::open(connection)).value();  // one that knows the new partitions
  write(1, {"b"});
  write(2, {"c"});
  for (const std::string& split : {splits[1], splits[2]}) {
    const auto start = source->start_position(split, true);
    ASSERT_TRUE(start.ok()) << start.error().message();
    EXPECT_EQ(*start, "0");
    ASSERT_TRUE(source->add_split(split, *start).ok());
  }
  EXPECT_THAT(read(*source, 2).values, UnorderedElementsAre("b", "c"));
}

TEST_F(BrokerTest, RecordsLostToRetentionBeforeTheStartStopItWithTheLostRange) {
  create_topic(1);
  write(0, std::vector<std::string>(100, "x"));
  delete_records(0, 60);
  auto source = open();
  const Status added = source->add_split(topic_ + "/0", "10");
  ASSERT_FALSE(added.ok());
  EXPECT_EQ(added.error().kind(), ErrorKind::fatal);
  EXPECT_THAT(added.error().message(), HasSubstr("offsets 10 to 59 are lost"));
  EXPECT_THAT(added.error().hint(), HasSubstr("weir reset FILE --position " + topic_ + "/0=60"));
  EXPECT_TRUE(source->add_split(topic_ + "/0", "60").ok());
  EXPECT_EQ(read(*source, 40).values.size(), 40U);
}

TEST_F(BrokerTest, RecordsLostToRetentionWhileItReadsStopIt) {
  create_topic(1);
  for (int batch = 0; batch < 40; ++batch) write(0, std::vector<std::string>(10, std::string(100'000, 'x')));
  SourceContext context;
  context.memory_bytes = 2 << 20;
  auto source = open(context);
  ASSERT_TRUE(source->add_split(topic_ + "/0", "0").ok());
  ASSERT_FALSE(read(*source, 1).values.empty());
  delete_records(0, 390);
  const ReadResult result = read(*source, 400);
  EXPECT_THAT(result.error, HasSubstr("to 389 are lost"));
  EXPECT_LT(result.values.size(), 390U);
}

TEST_F(BrokerTest, ASlightlyOutdatedPrintIsNoReasonToStop) {
  create_topic(1);
  write(0, {"a", "b", "c"});
  auto source = open();
  ASSERT_TRUE(source->add_split(topic_ + "/0", "0").ok());
  const Position position = read(*source, 3).position;
  delete_records(0, 3);  // the record that the print is of is gone, but everything after it is there
  write(0, {"d"});
  ASSERT_TRUE(source->add_split(topic_ + "/0", position).ok());
  EXPECT_THAT(read(*source, 1).values, ElementsAre("d"));
}

TEST_F(BrokerTest, AbortedRecordsAreNotReadAndThePositionPassesThem) {
  create_topic(1);
  TransactionalProducer writer(broker().plaintext(), topic_);
  writer.begin();
  writer.write({"kept 1", "kept 2"});
  writer.commit();
  writer.begin();
  writer.write({"aborted 1", "aborted 2"});
  writer.abort();
  auto source = open();
  ASSERT_TRUE(source->add_split(topic_ + "/0", "0").ok());
  ReadResult result = read(*source, 2, 1);
  EXPECT_THAT(result.values, ElementsAre("kept 1", "kept 2"));
  // Two records and a commit mark, two records and an abort mark.
  EXPECT_THAT(result.position, HasSubstr("6;1:"));
  EXPECT_EQ(source->lag().at(0).rows, 0);
  // The stored print is of a record well before the position.
  ASSERT_TRUE(source->add_split(topic_ + "/0", result.position).ok());
  writer.begin();
  writer.write({"kept 3"});
  writer.commit();
  EXPECT_THAT(read(*source, 1).values, ElementsAre("kept 3"));
}

TEST_F(BrokerTest, AnOpenTransactionHoldsRecordsBackAndShowsInHealth) {
  create_topic(1);
  auto source = open({}, {.period = 50ms, .stall = 500ms});
  ASSERT_TRUE(source->add_split(topic_ + "/0", "0").ok());
  TransactionalProducer writer(broker().plaintext(), topic_);
  writer.begin();
  writer.write({"held"});
  std::string health;
  for (int attempt = 0; attempt < 100 && health.empty(); ++attempt) {
    const auto polled = source->poll(50ms);
    ASSERT_TRUE(polled.ok());
    ASSERT_TRUE(polled->chunk == nullptr || polled->chunk->records.empty());
    health = source->health();
  }
  EXPECT_THAT(health, HasSubstr("held back by a transaction"));
  writer.commit();
  EXPECT_THAT(read(*source, 1).values, ElementsAre("held"));
  for (int attempt = 0; attempt < 100 && !source->health().empty(); ++attempt)
    std::this_thread::sleep_for(50ms);
  EXPECT_EQ(source->health(), "");
}

TEST_F(BrokerTest, ATopicMadeAnewIsRecognisedByItsRecords) {
  create_topic(1);
  write(0, {"a", "b", "c"});
  Position position;
  {
    auto source = open();
    ASSERT_TRUE(source->add_split(topic_ + "/0", "0").ok());
    position = read(*source, 3).position;
  }
  delete_topic();
  create_topic(1);
  {
    const Status added = open()->add_split(topic_ + "/0", position);
    ASSERT_FALSE(added.ok());
    EXPECT_THAT(added.error().message(), HasSubstr("ends at offset 0"));
  }
  KafkaConnection connection;
  connection.brokers = broker().plaintext();
  producer_ = std::move(Producer::open(connection)).value();
  write(0, {"d", "e", "f", "g"});
  const Status added = open()->add_split(topic_ + "/0", position);
  ASSERT_FALSE(added.ok());
  EXPECT_EQ(added.error().kind(), ErrorKind::fatal);
  EXPECT_THAT(added.error().message(), HasSubstr("is not the one that was read before"));
}

TEST_F(BrokerTest, ATopicMadeAnewWhileItIsReadStopsIt) {
  create_topic(1);
  write(0, {"a", "b", "c"});
  auto source = open({}, {.period = 50ms});
  ASSERT_TRUE(source->add_split(topic_ + "/0", "0").ok());
  read(*source, 3);
  delete_topic();
  std::string health;
  for (int attempt = 0; attempt < 400 && health.empty(); ++attempt) {
    ASSERT_TRUE(source->poll(50ms).ok());
    health = source->health();
  }
  EXPECT_THAT(health, HasSubstr(topic_));
  create_topic(1);
  const ReadResult result = read(*source, 1, 0, 40s);
  EXPECT_THAT(result.error, HasSubstr("ends at offset 0"));
}

TEST_F(BrokerTest, ReadingGoesOnAfterTheBrokerRestarts) {
  create_topic(1);
  write(0, {"a"});
  auto source = open();
  ASSERT_TRUE(source->add_split(topic_ + "/0", "0").ok());
  read(*source, 1);
  broker().restart();
  write(0, {"b"});
  const ReadResult result = read(*source, 1);
  EXPECT_EQ(result.error, "");
  EXPECT_THAT(result.values, ElementsAre("b"));
}

TEST_F(BrokerTest, AMessageThatIsTooLargeToReceiveShowsInHealth) {
  create_topic(1);
  KafkaOptions small = options();
  small.properties = {{"message.max.bytes", "1000"},
                      {"fetch.max.bytes", "1000"},
                      {"fetch.message.max.bytes", "1000"},
                      {"receive.message.max.bytes", "2000"}};
  auto source = open(small);
  ASSERT_TRUE(source->add_split(topic_ + "/0", "0").ok());
  write(0, {std::string(50'000, 'x')});
  std::string health;
  for (int attempt = 0; attempt < 200 && health.empty(); ++attempt) {
    ASSERT_TRUE(source->poll(50ms).ok());
    health = source->health();
  }
  EXPECT_THAT(health, HasSubstr("receive.message.max.bytes"));
}

}  // namespace
}  // namespace weir
