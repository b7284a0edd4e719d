// group_client.h — mirrors committed positions to a consumer group, so that lag shows in Kafka's own tools.
//
// A client of its own: in librdkafka a commit that waits for the group's coordinator holds up every new
// assignment of its client. Nothing in Weir ever reads these offsets.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "connectors/kafka/kafka_handle.h"

namespace weir {

class GroupClient {
 public:
  GroupClient(KafkaProperties properties, std::string group)
      : properties_(std::move(properties)), group_(std::move(group)) {}
  /// Remembers that everything before `next` is committed. Any thread; never waits.
  void note(const std::string& topic, std::int32_t partition, std::int64_t next);
  /// Sends what is noted, at most every five seconds. Never waits. Called by one thread at a time, as
  /// finish().
  void tick();
  /// Begins to look for the group's coordinator, so that finish() need not wait for it. Called before the first tick().
  void warm_up();
  /// Sends what is left and waits a moment for the answer.
  void finish();

 private:
  bool open();
  void send();
  static void on_commit(rd_kafka_t*, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t*, void* self);

  const KafkaProperties properties_;
  const std::string group_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::int32_t>, std::int64_t> noted_;  // Guarded by mutex_.
  BrokerEvents events_;
  KafkaPointer<rd_kafka_t> client_;
  KafkaPointer<rd_kafka_queue_t> answers_;
  std::chrono::steady_clock::time_point sent_at_{};
  bool is_given_up_ = false;
  bool has_complained_ = false;
  int under_way_ = 0;
};

}  // namespace weir
