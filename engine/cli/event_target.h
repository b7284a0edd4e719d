// event_target.h — where generated events go: Kafka, a file of lines, or stdout.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "connectors/generate/generate.h"
#include "connectors/kafka/kafka_connection.h"
#include "engine/base/error.h"

namespace weir {

/// One thread.
class EventTarget {
 public:
  virtual ~EventTarget() = default;
  virtual Status write(const EventBatch& batch) = 0;
  /// Waits until everything is where it belongs. Called once, at the end.
  virtual Status finish() = 0;
};

/// Lines to `path`, or to stdout where it is empty.
Result<std::unique_ptr<EventTarget>> file_target(const std::string& path);
/// How events are spread over partitions: round them, or each gets half as many as the one before it.
enum class Spread { even, halving };
/// Messages without key to a topic, which is created where it is missing.
Result<std::unique_ptr<EventTarget>> kafka_target(const KafkaConnection& connection, const std::string& topic,
                                                  std::int32_t partitions, Spread spread);

}  // namespace weir
