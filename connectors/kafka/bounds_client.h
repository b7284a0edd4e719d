// bounds_client.h — where the records of a partition begin and end, asked for all partitions of the topic at once.
//
// A broker answers the questions of a connection in their order: once one partition is read, a question about the next waits for the fetch before it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "connectors/kafka/kafka_client.h"

namespace weir {

struct PartitionBounds {
  std::int64_t low = 0;   // the first record that retention has left
  std::int64_t high = 0;  // the last stable offset
};

/// Any thread.
class BoundsClient {
 public:
  explicit BoundsClient(KafkaClient& client) : client_(client) {}
  /// These are likely to be asked for soon.
  void listed(const std::string& topic, const std::vector<std::int32_t>& partitions);
  /// Asks for all that were listed, so that whoever needs one soon has it at hand.
  void ask_ahead(const std::string& topic, std::chrono::milliseconds patience);
  /// As they stood at most a second ago; an answer is given once. Errors are those of KafkaClient::find_offset.
  Result<PartitionBounds> ask(const std::string& topic, std::int32_t partition, std::chrono::milliseconds patience);
  /// What the next ask() will be answered at once; nothing where it would have to ask the broker.
  std::optional<PartitionBounds> known(const std::string& topic, std::int32_t partition) const;

 private:
  struct Answer {
    PartitionBounds bounds;
    std::chrono::steady_clock::time_point when;
  };
  std::optional<PartitionBounds> take_answer(const std::string& topic, std::int32_t partition);

  KafkaClient& client_;
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<std::int32_t>> listed_;         // Guarded by mutex_.
  std::map<std::pair<std::string, std::int32_t>, Answer> answers_;  // Guarded by mutex_.
};

}  // namespace weir
