// producer.cpp — librdkafka's idempotent producer behind values.
#include "connectors/kafka/producer.h"

#include <fmt/format.h>

#include <thread>

#include "connectors/kafka/kafka_handle.h"

namespace weir {
namespace {

using namespace std::chrono_literals;

// Outcomes of messages; written by delivery reports, which come on the thread that polls, the producer's only
// one.
struct Deliveries {
  std::int64_t delivered = 0;
  std::int64_t failed = 0;
  std::string first_failure;
};

class IdempotentProducer final : public Producer {
 public:
  static Result<std::unique_ptr<Producer>> open(const KafkaConnection& connection) {
    KafkaProperties properties = {{"client.id", "weir"},
                                  {"enable.idempotence", "true"},
                                  {"linger.ms", "1"},
                                  {"compression.type", "none"},
                                  {"socket.nagle.disable", "true"},
                                  {"reconnect.backoff.max.ms", "2000"},
                                  {"partitioner", "murmur2_random"},
                                  {"log.connection.close", "false"}};
    WEIR_ASSIGN(KafkaProperties more, connection_properties(connection));
    properties.insert(properties.end(), more.begin(), more.end());
    std::unique_ptr<IdempotentProducer> producer(new IdempotentProducer);
    WEIR_ASSIGN(producer->client_,
                make_kafka_handle(RD_KAFKA_PRODUCER, properties, producer->events_, prepare));
    return std::unique_ptr<Producer>(std::move(producer));
  }

  ~IdempotentProducer() override {
    if (client_ == nullptr) return;
    // Whoever wants what is queued to arrive has called flush().
    rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(client_.get(), 100);
  }

  Result<std::int32_t> create_topic(const std::string& topic, std::int32_t partitions,
                      std::chrono::milliseconds patience) override {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    char reason[256];
    const KafkaPointer<rd_kafka_NewTopic_t> wanted(
        rd_kafka_NewTopic_new(topic.c_str(), partitions, -1, reason, sizeof reason));
    if (wanted == nullptr)
      return Error{ErrorKind::user, fmt::format("topic {} can't be created: {}", topic, reason)};
    const KafkaPointer<rd_kafka_queue_t> answers(rd_kafka_queue_new(client_.get()));
    rd_kafka_NewTopic_t* list[] = {wanted.get()};
    rd_kafka_CreateTopics(client_.get(), list, 1, nullptr, answers.get());
    const KafkaPointer<rd_kafka_event_t> answer(
        rd_kafka_queue_poll(answers.get(), static_cast<int>(patience.count())));
    rd_kafka_poll(client_.get(), 0);
    if (answer == nullptr) return unreachable(topic, RD_KAFKA_RESP_ERR__TIMED_OUT);
    if (const auto code = rd_kafka_event_error(answer.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR)
      return unreachable(topic, code);
    std::size_t count = 0;
    const auto* results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer.get()), &count);
    const auto code = count == 1 ? rd_kafka_topic_result_error(results[0]) : RD_KAFKA_RESP_ERR_UNKNOWN;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
      return count_partitions(topic, deadline);
    return Error{ErrorKind::service,
                 fmt::format("topic {} can't be created: {}", topic, rd_kafka_err2str(code))};
  }

  Status produce(const std::string& topic, const OutgoingMessage& message) override {
    rd_kafka_topic_t* handle = topic_handle(topic);
    if (handle == nullptr) return Error{ErrorKind::user, fmt::format("{} is no topic's name", topic)};
    rd_kafka_resp_err_t code;
    while ((code = enqueue(handle, message)) == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      rd_kafka_poll(client_.get(), 20);
      WEIR_TRY(delivery_status());
    }
    if (++since_poll_ >= 256) {
      since_poll_ = 0;
      rd_kafka_poll(client_.get(), 0);
    }
    if (code == RD_KAFKA_RESP_ERR__FATAL) return Error{ErrorKind::fatal, fatal_reason()};
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return Error{ErrorKind::service, fmt::format("topic {}: {}", topic, rd_kafka_err2str(code))};
    }
    return delivery_status();
  }

  Status flush(std::chrono::milliseconds patience) override {
    const auto code = rd_kafka_flush(client_.get(), static_cast<int>(patience.count()));
    WEIR_TRY(delivery_status());
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    return Error{ErrorKind::service, fmt::format("{} messages are not delivered yet: {}",
                                                 rd_kafka_outq_len(client_.get()), events_.reason_for(code))};
  }

  std::int64_t delivered() const override { return deliveries_.delivered; }

 private:
  IdempotentProducer() = default;

  static void prepare(rd_kafka_conf_t* configuration) {
    rd_kafka_conf_set_dr_msg_cb(configuration, on_delivery);
  }

  static void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
    auto& deliveries = *static_cast<Deliveries*>(message->_private);
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      ++deliveries.delivered;
    } else if (message->err != RD_KAFKA_RESP_ERR__PURGE_QUEUE &&
               message->err != RD_KAFKA_RESP_ERR__PURGE_INFLIGHT) {
      if (deliveries.failed++ == 0) deliveries.first_failure = rd_kafka_message_errstr(message);
    }
  }

  // A new topic is known to all brokers only some time after its creation.
  Result<std::int32_t> count_partitions(const std::string& topic,
                                        std::chrono::steady_clock::time_point deadline) {
    rd_kafka_topic_t* handle = topic_handle(topic);
    if (handle == nullptr) return Error{ErrorKind::user, fmt::format("{} is no topic's name", topic)};
    for (;;) {
      const rd_kafka_metadata_t* raw = nullptr;
      auto code = rd_kafka_metadata(client_.get(), 0, handle, &raw, 2'000);
      const KafkaPointer<const rd_kafka_metadata_t> answer(raw);
      if (code == RD_KAFKA_RESP_ERR_NO_ERROR && answer->topic_cnt == 1) {
        const rd_kafka_metadata_topic_t& found = answer->topics[0];
        if (found.err == RD_KAFKA_RESP_ERR_NO_ERROR && found.partition_cnt > 0) return found.partition_cnt;
        code = found.err;
      }
      rd_kafka_poll(client_.get(), 0);
      if (std::chrono::steady_clock::now() >= deadline) {
        return Error{ErrorKind::service, fmt::format("the partitions of topic {} can't be read: {}", topic,
                                                     events_.reason_for(code))};
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  // Takes the headers over where it succeeds.
  rd_kafka_resp_err_t enqueue(rd_kafka_topic_t* topic, const OutgoingMessage& message,
                              rd_kafka_headers_t* headers) {
    const auto bytes = [](const auto& text) { return text ? const_cast<char*>(text->data()) : nullptr; };
    const auto size = [](const auto& text) { return text ? text->size() : 0; };
    return rd_kafka_producev(
        client_.get(), RD_KAFKA_V_RKT(topic),
        RD_KAFKA_V_PARTITION(message.partition.value_or(RD_KAFKA_PARTITION_UA)),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_VALUE(bytes(message.value), size(message.value)),
        RD_KAFKA_V_KEY(bytes(message.key), size(message.key)), RD_KAFKA_V_TIMESTAMP(message.timestamp),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(&deliveries_), RD_KAFKA_V_END);
  }

  rd_kafka_resp_err_t enqueue(rd_kafka_topic_t* topic, const OutgoingMessage& message) {
    if (message.headers.empty()) return enqueue(topic, message, nullptr);
    rd_kafka_headers_t* headers = rd_kafka_headers_new(message.headers.size());
    for (const auto& [name, value] : message.headers) {
      rd_kafka_header_add(headers, name.c_str(), -1, value ? value->data() : nullptr,
                          value ? static_cast<ssize_t>(value->size()) : 0);
    }
    const auto code = enqueue(topic, message, headers);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_headers_destroy(headers);
    return code;
  }

  rd_kafka_topic_t* topic_handle(const std::string& topic) {
    if (topic_ != nullptr && topic == topic_name_) return topic_.get();
    topic_name_ = topic;
    topic_.reset(rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
    return topic_.get();
  }

  Status delivery_status() const {
    if (deliveries_.failed == 0) return {};
    return Error{ErrorKind::service, fmt::format("{} messages were not delivered: {}", deliveries_.failed,
                                                 deliveries_.first_failure)};
  }

  Error unreachable(const std::string& topic, rd_kafka_resp_err_t code) const {
    return Error{ErrorKind::service,
                 fmt::format("topic {} can't be created: {}", topic, events_.reason_for(code))};
  }

  std::string fatal_reason() const {
    char reason[512] = "";
    rd_kafka_fatal_error(client_.get(), reason, sizeof reason);
    return reason;
  }

  BrokerEvents events_;
  Deliveries deliveries_;
  KafkaPointer<rd_kafka_t> client_;
  std::string topic_name_;
  KafkaPointer<rd_kafka_topic_t> topic_;
  int since_poll_ = 0;
};

}  // namespace

Result<std::unique_ptr<Producer>> Producer::open(const KafkaConnection& connection) {
  return IdempotentProducer::open(connection);
}

}  // namespace weir
