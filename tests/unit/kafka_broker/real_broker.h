// real_broker.h — a private Kafka broker for a test program, started by tests/services/kafka.py, and what
// tests do to its topics.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "connectors/kafka/kafka_source.h"
#include "connectors/kafka/producer.h"

namespace weir {

/// One broker of a version for the whole program; stopped at its end.
class RealBroker {
 public:
  /// The newest broker the tests know, or the last one that takes SCRAM from librdkafka 2.0.2.
  static RealBroker& newest();
  static RealBroker& for_scram();

  /// Empty: it runs. Else why it can't be had on this machine.
  const std::string& missing_reason() const { return missing_reason_; }
  const std::string& failure() const { return failure_; }
  const std::string& plaintext() const { return plaintext_; }
  const std::string& sasl() const { return sasl_; }
  void restart();

 private:
  explicit RealBroker(const std::string& version);
  ~RealBroker();
  std::string folder_;
  std::string missing_reason_;
  std::string failure_;
  std::string plaintext_;
  std::string sasl_;
};

/// Skips where there is no broker. Each test has a topic of its own name.
class BrokerTest : public testing::Test {
 protected:
  void SetUp() override;

  RealBroker& broker() { return RealBroker::newest(); }
  void create_topic(std::int32_t partitions);
  void delete_topic();
  void add_partitions(std::int32_t total);
  /// As retention does: records below `offset` are gone.
  void delete_records(std::int32_t partition, std::int64_t offset);
  void write(std::int32_t partition, const std::vector<std::string>& values, std::int64_t timestamp = 0);
  KafkaOptions options();
  std::unique_ptr<Source> open(SourceContext context = {}, WatchTimes times = {});
  std::unique_ptr<Source> open(const KafkaOptions& options, SourceContext context = {},
                               WatchTimes times = {});

  std::string topic_;
  std::unique_ptr<Producer> producer_;
};

/// A producer of transactions on partition 0.
class TransactionalProducer {
 public:
  TransactionalProducer(const std::string& brokers, const std::string& topic);
  ~TransactionalProducer();
  void begin();
  void write(const std::vector<std::string>& values);
  void commit();
  void abort();

 private:
  struct Handles;
  std::unique_ptr<Handles> handles_;
};

}  // namespace weir
