// kafka_client.h — a consumer of assigned partitions: questions to the brokers, messages from them.
//
// assign() with explicit positions only: 2.0.2 has known faults in rebalances. Messages are taken many at a time, but handed out one by one and never
// beside a change of the assignment, where its batch calls have faults too (docs/decisions/kafka_by_assignment.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "connectors/kafka/kafka_handle.h"

namespace weir {

inline constexpr std::int64_t offset_of_end =
    RD_KAFKA_OFFSET_END;  // the last stable offset: what can be read
inline constexpr std::int64_t offset_of_beginning =
    RD_KAFKA_OFFSET_BEGINNING;  // the first record that retention has left

/// A question (`offset` is offset_of_end, offset_of_beginning or a timestamp in milliseconds) and its answer
/// (`offset` is an offset, or -1 where no record is that young).
struct PartitionOffset {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
};

/// Error codes (Error::code) of what a person must mend, although trying again may help.
inline constexpr const char* kafka_topic_missing = "topic_missing";
inline constexpr const char* kafka_login_refused = "login_refused";
inline constexpr const char* kafka_not_authorized = "not_authorized";

/// assign, unassign, poll: one thread. The rest: any.
class KafkaClient {
 public:
  static Result<std::unique_ptr<KafkaClient>> open(const KafkaProperties& properties);

  /// The partitions of a topic, ascending. Service errors, with one of the codes above where a person must
  /// act.
  Result<std::vector<std::int32_t>> partitions(const std::string& topic, std::chrono::milliseconds patience);
  /// Answers all questions or fails as a whole; single partitions may carry an error.
  Status find_offsets(std::vector<PartitionOffset>& questions, std::chrono::milliseconds patience);
  Result<std::int64_t> find_offset(const std::string& topic, std::int32_t partition, std::int64_t at,
                                   std::chrono::milliseconds patience);

  Status assign(const std::string& topic, std::int32_t partition, std::int64_t offset);
  /// What was fetched of the partition and not polled yet is gone when this returns.
  void unassign(const std::string& topic, std::int32_t partition);
  /// A message or an event of a partition (its `err` says which), or null.
  KafkaPointer<rd_kafka_message_t> poll(std::chrono::milliseconds patience);
  /// Messages fetched and not polled.
  std::size_t queued() const { return rd_kafka_queue_length(queue_.get()) + batch_.size() - next_in_batch_; }
  /// The high watermark as the last fetch saw it, without asking; -1: not known.
  std::int64_t seen_high_watermark(const std::string& topic, std::int32_t partition) const;

  /// Lets librdkafka call back with errors.
  void serve() { rd_kafka_poll(client_.get(), 0); }

  BrokerEvents& events() { return *events_; }
  const BrokerEvents& events() const { return *events_; }
  /// Why librdkafka has given up for good; empty: it has not.
  std::string fatal_reason() const;

 private:
  KafkaClient(std::unique_ptr<BrokerEvents> events, KafkaPointer<rd_kafka_t> client)
      : events_(std::move(events)),
        client_(std::move(client)),
        queue_(rd_kafka_queue_get_consumer(client_.get())) {}
  rd_kafka_resp_err_t read_metadata(rd_kafka_topic_t* topic, std::chrono::milliseconds patience,
                                    const rd_kafka_metadata_t*& answer);
  void take_batch();
  Error unreachable(const std::string& what, rd_kafka_resp_err_t code);

  std::unique_ptr<BrokerEvents> events_;
  KafkaPointer<rd_kafka_t> client_;
  KafkaPointer<rd_kafka_queue_t> queue_;
  // The poller's own: taken from the queue at once, without the locks and looks at the clock that each poll of one takes.
  std::vector<KafkaPointer<rd_kafka_message_t>> batch_;
  std::size_t next_in_batch_ = 0;
};

}  // namespace weir
