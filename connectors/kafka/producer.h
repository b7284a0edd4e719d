// producer.h — writes messages to Kafka: for `weir generate`, the demo and tests.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/kafka/kafka_connection.h"
#include "engine/base/error.h"

namespace weir {

/// One message as given; views are read during produce() only.
struct OutgoingMessage {
  std::optional<std::string_view> value;  // nothing: a tombstone
  std::optional<std::string_view> key;
  std::optional<std::int32_t> partition;  // nothing: by the key's hash, or any
  std::int64_t timestamp = 0;             // milliseconds; 0: now
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;
};

/// Each message arrives once and in order (the idempotent producer). One thread.
class Producer {
 public:
  virtual ~Producer() = default;
  /// Does not wait for the brokers.
  static Result<std::unique_ptr<Producer>> open(const KafkaConnection& connection);

  /// Waits for the brokers until the topic exists and returns how many partitions it has: those asked for, or
  /// those that it had already.
  virtual Result<std::int32_t> create_topic(const std::string& topic, std::int32_t partitions,
                              std::chrono::milliseconds patience) = 0;
  /// Queues a copy; waits while the queue is full. Reports the first message that could not be delivered so
  /// far.
  virtual Status produce(const std::string& topic, const OutgoingMessage& message) = 0;
  /// Waits until everything is delivered.
  virtual Status flush(std::chrono::milliseconds patience) = 0;
  virtual std::int64_t delivered() const = 0;
};

}  // namespace weir
