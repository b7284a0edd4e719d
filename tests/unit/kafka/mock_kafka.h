// mock_kafka.h — a topic of the embedded broker, with what tests do to it: write, read, compare.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "connectors/kafka/embedded_broker.h"
#include "connectors/kafka/kafka_source.h"
#include "connectors/kafka/producer.h"
#include "tests/unit/kafka/read.h"

namespace weir {

inline KafkaOptions options_for(const std::string& brokers, const std::string& topic) {
  KafkaOptions options;
  options.brokers = brokers;
  options.topic = topic;
  options.topics = {topic};
  options.start.kind = KafkaStart::Kind::earliest;
  options.mirror_offsets = false;
  return options;
}

class MockKafka : public testing::Test {
 protected:
  void SetUp() override {
    auto broker = EmbeddedBroker::start(1);
    ASSERT_TRUE(broker.ok()) << broker.error().message();
    broker_ = std::move(broker).value();
    ASSERT_TRUE(broker_->create_topic("views").ok());
    KafkaConnection connection;
    connection.brokers = embedded_brokers;
    auto producer = Producer::open(connection);
    ASSERT_TRUE(producer.ok()) << producer.error().message();
    producer_ = std::move(producer).value();
  }

  void write(const std::vector<std::string>& values, const std::string& topic = "views") {
    for (const std::string& value : values) {
      OutgoingMessage message;
      if (value != "-") message.value = value;
      message.key = "k";
      message.timestamp = 1'730'419'200'000;
      message.partition = 0;
      ASSERT_TRUE(producer_->produce(topic, message).ok());
    }
    const Status flushed = producer_->flush(std::chrono::seconds(10));
    ASSERT_TRUE(flushed.ok()) << flushed.error().message();
  }

  std::unique_ptr<Source> open(SourceContext context = {}, WatchTimes times = {}) {
    context.pipeline = "test";
    auto source = open_kafka_source(options_for(embedded_brokers, "views"), context, times);
    EXPECT_TRUE(source.ok()) << (source.ok() ? "" : source.error().message());
    return source.ok() ? std::move(source).value() : nullptr;
  }

  std::unique_ptr<EmbeddedBroker> broker_;
  std::unique_ptr<Producer> producer_;
};

}  // namespace weir
