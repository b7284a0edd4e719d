// kafka_check.cpp — `check --connect` for Kafka: brokers, login, topics, permission to read.
#include <fmt/format.h>

#include "connectors/kafka/kafka_client.h"
#include "connectors/kafka/kafka_source.h"

namespace weir {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t memory_bytes = 2 << 20;

milliseconds left_until(steady_clock::time_point deadline) {
  return std::max(milliseconds(1), std::chrono::ceil<milliseconds>(deadline - steady_clock::now()));
}

// What only a person can mend is the user's error here; `run` tries all of them again.
Error for_person(Error error, const KafkaOptions& options) {
  if (error.code() == kafka_topic_missing || error.code() == kafka_not_authorized) {
    const char* mistake = error.code() == kafka_topic_missing ? "W0803" : "W0804";
    return Error{ErrorKind::user, error.message()}.as(mistake).with_code(error.code()).with_hint(error.hint());
  }
  if (error.code() != kafka_login_refused) return error;
  Error refused = Error{ErrorKind::user, fmt::format("brokers {} refuse the login of {}: {}", options.brokers, options.username, error.message())}.as("W0802");
  const bool is_scram = options.sasl_mechanism.starts_with("SCRAM") && rd_kafka_version() < 0x020601ff;
  if (!is_scram) return std::move(refused).with_code(error.code());
  return std::move(refused)
      .with_code(error.code())
      .with_hint(fmt::format("if the password is right: brokers from Kafka 4.0 on refuse SCRAM of librdkafka "
                             "before 2.6.1 (this is {}); use PLAIN over sasl_ssl",
                             rd_kafka_version_str()));
}

// Whether a fetch is allowed is known only from one: the first event of a partition read from its end.
Status check_reading(KafkaClient& client, const std::string& topic, std::int32_t partition,
                     steady_clock::time_point deadline) {
  WEIR_ASSIGN(const std::int64_t end,
              client.find_offset(topic, partition, offset_of_end, left_until(deadline)));
  WEIR_TRY(client.assign(topic, partition, end));
  while (steady_clock::now() < deadline) {
    const auto event = client.poll(std::min(left_until(deadline), milliseconds(200)));
    if (event == nullptr || event->rkt == nullptr) continue;
    client.unassign(topic, partition);
    if (event->err == RD_KAFKA_RESP_ERR_NO_ERROR || event->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) return {};
    Error error{ErrorKind::service,
                fmt::format("topic {} can't be read: {}", topic, rd_kafka_err2str(event->err))};
    return event->err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED
               ? std::move(error).with_code(kafka_not_authorized)
               : std::move(error);
  }
  return Error{ErrorKind::service,
               fmt::format("topic {}: partition {} did not answer in time", topic, partition)};
}

Status check_topics(KafkaClient& client, const KafkaOptions& options, steady_clock::time_point deadline) {
  for (const std::string& topic : options.topics) {
    WEIR_ASSIGN(const auto partitions, client.partitions(topic, left_until(deadline)));
    WEIR_TRY(check_reading(client, topic, partitions.front(), deadline));
  }
  return {};
}

}  // namespace

Status check_kafka(const KafkaOptions& options, milliseconds patience) {
  const auto deadline = steady_clock::now() + patience;
  WEIR_ASSIGN(const KafkaProperties properties, consumer_properties(options, "check", memory_bytes));
  WEIR_ASSIGN(auto client, KafkaClient::open(properties));
  auto status = check_topics(*client, options, deadline);
  if (status.ok()) return status;
  return for_person(std::move(status).error(), options);
}

}  // namespace weir
