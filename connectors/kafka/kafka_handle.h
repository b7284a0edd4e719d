// kafka_handle.h — librdkafka's C handles as owning pointers, and what its threads report between answers.
#pragma once

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "connectors/kafka/kafka_connection.h"
#include "engine/base/error.h"

namespace weir {

struct DestroyKafkaObject {
  // Offsets live in the sink's database, so there is no group to leave and nothing to commit on the way out.
  void operator()(rd_kafka_t* client) const {
    rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  }
  void operator()(rd_kafka_conf_t* configuration) const { rd_kafka_conf_destroy(configuration); }
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
  void operator()(rd_kafka_error_t* error) const { rd_kafka_error_destroy(error); }
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
  void operator()(const rd_kafka_metadata_t* metadata) const { rd_kafka_metadata_destroy(metadata); }
  void operator()(rd_kafka_NewTopic_t* topic) const { rd_kafka_NewTopic_destroy(topic); }
};
template <typename Object>
using KafkaPointer = std::unique_ptr<Object, DestroyKafkaObject>;

/// Remembers why brokers could not be reached. Any thread.
class BrokerEvents {
 public:
  void failed(rd_kafka_resp_err_t code, std::string reason);
  void oversized(std::string reason);
  void worked();
  /// Why the brokers can't be reached now; empty when the last attempt worked.
  std::string trouble() const;
  /// The last reason of librdkafka, or the meaning of `code` where there is none.
  std::string reason_for(rd_kafka_resp_err_t code) const;
  bool login_was_refused() const;
  /// No broker could be connected to, and none has answered since.
  bool all_are_down() const;

 private:
  mutable std::mutex mutex_;
  std::string reason_;  // Guarded by mutex_, as the rest.
  bool is_troubled_ = false;
  bool login_refused_ = false;
  bool all_down_ = false;
  std::string oversized_;
  std::chrono::steady_clock::time_point oversized_at_{};
};

/// A consumer or producer with its events. `events` outlives it.
Result<KafkaPointer<rd_kafka_t>> make_kafka_handle(rd_kafka_type_t type, const KafkaProperties& properties,
                                                   BrokerEvents& events,
                                                   void (*prepare)(rd_kafka_conf_t*) = nullptr);

/// Sets one property; the reason why not, without the value of a secret.
Status set_property(rd_kafka_conf_t* configuration, const std::string& name, const std::string& value);

}  // namespace weir
