// kafka_client.cpp — wraps librdkafka's consumer.
#include "connectors/kafka/kafka_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace weir {
namespace {

KafkaPointer<rd_kafka_topic_partition_list_t> list_of(const std::string& topic, std::int32_t partition,
                                                      std::int64_t offset) {
  KafkaPointer<rd_kafka_topic_partition_list_t> list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
  return list;
}

constexpr std::size_t most_in_batch = 128;

bool is_missing(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
         code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION || code == RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION;
}

Error topic_error(const std::string& topic, rd_kafka_resp_err_t code) {
  if (is_missing(code)) {
    return Error{ErrorKind::service, fmt::format("the brokers have no topic {}", topic)}
        .with_code(kafka_topic_missing)
        .with_hint("topics are not created by reading them; check the name and the brokers");
  }
  Error error{ErrorKind::service, fmt::format("topic {}: {}", topic, rd_kafka_err2str(code))};
  if (code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
    return std::move(error).with_code(kafka_not_authorized);
  return error;
}

}  // namespace

Result<std::unique_ptr<KafkaClient>> KafkaClient::open(const KafkaProperties& properties) {
  auto events = std::make_unique<BrokerEvents>();
  WEIR_ASSIGN(auto client, make_kafka_handle(RD_KAFKA_CONSUMER, properties, *events));
  return std::unique_ptr<KafkaClient>(new KafkaClient(std::move(events), std::move(client)));
}

Error KafkaClient::unreachable(const std::string& what, rd_kafka_resp_err_t code) {
  serve();
  events_->failed(code, {});
  Error error{ErrorKind::service, fmt::format("{}: {}", what, events_->reason_for(code))};
  if (events_->login_was_refused()) return std::move(error).with_code(kafka_login_refused);
  return error;
}

// In slices, so that a refused login or connection does not cost all of the patience.
rd_kafka_resp_err_t KafkaClient::read_metadata(rd_kafka_topic_t* topic, std::chrono::milliseconds patience,
                                               const rd_kafka_metadata_t*& answer) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    const auto slice = std::clamp(left, std::chrono::milliseconds(1), std::chrono::milliseconds(2'000));
    const auto code = rd_kafka_metadata(client_.get(), 0, topic, &answer, static_cast<int>(slice.count()));
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || left <= slice) return code;
    serve();
    if (events_->login_was_refused() || events_->all_are_down()) return code;
  }
}

Result<std::vector<std::int32_t>> KafkaClient::partitions(const std::string& topic,
                                                          std::chrono::milliseconds patience) {
  const KafkaPointer<rd_kafka_topic_t> handle(rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
  if (handle == nullptr) return topic_error(topic, rd_kafka_last_error());
  const rd_kafka_metadata_t* answer = nullptr;
  const auto code = read_metadata(handle.get(), patience, answer);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return unreachable("the partitions of topic " + topic + " can't be read", code);
  const KafkaPointer<const rd_kafka_metadata_t> owned(answer);
  events_->worked();
  if (answer->topic_cnt != 1) return topic_error(topic, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  const rd_kafka_metadata_topic_t& found = answer->topics[0];
  if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR) return topic_error(topic, found.err);
  std::vector<std::int32_t> partitions;
  for (int index = 0; index < found.partition_cnt; ++index) partitions.push_back(found.partitions[index].id);
  std::sort(partitions.begin(), partitions.end());
  return partitions;
}

Status KafkaClient::find_offsets(std::vector<PartitionOffset>& questions,
                                 std::chrono::milliseconds patience) {
  KafkaPointer<rd_kafka_topic_partition_list_t> list(
      rd_kafka_topic_partition_list_new(static_cast<int>(questions.size())));
  for (const PartitionOffset& question : questions) {
    rd_kafka_topic_partition_list_add(list.get(), question.topic.c_str(), question.partition)->offset =
        question.offset;
  }
  // Not rd_kafka_query_watermark_offsets: it ignores its time-out in 2.0.2. The two special timestamps ask
  // the same.
  const auto code = rd_kafka_offsets_for_times(client_.get(), list.get(), static_cast<int>(patience.count()));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR && !is_missing(code))
    return unreachable("offsets can't be read", code);
  for (PartitionOffset& question : questions) {
    const auto* answer =
        rd_kafka_topic_partition_list_find(list.get(), question.topic.c_str(), question.partition);
    question.error = answer->err != RD_KAFKA_RESP_ERR_NO_ERROR ? answer->err : code;
    question.offset = answer->offset;
  }
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) events_->worked();
  return {};
}

Result<std::int64_t> KafkaClient::find_offset(const std::string& topic, std::int32_t partition,
                                              std::int64_t at, std::chrono::milliseconds patience) {
  std::vector<PartitionOffset> questions{{topic, partition, at}};
  if (auto status = find_offsets(questions, patience); !status.ok()) {
    return std::move(status).error().in(fmt::format("partition {}/{}", topic, partition));
  }
  if (questions[0].error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return topic_error(topic, questions[0].error).in(fmt::format("partition {}", partition));
  }
  return questions[0].offset;
}

Status KafkaClient::assign(const std::string& topic, std::int32_t partition, std::int64_t offset) {
  const auto list = list_of(topic, partition, offset);
  const KafkaPointer<rd_kafka_error_t> error(rd_kafka_incremental_assign(client_.get(), list.get()));
  if (error == nullptr) return {};
  return Error{ErrorKind::fatal, fmt::format("partition {}/{} can't be assigned: {}", topic, partition,
                                             rd_kafka_error_string(error.get()))};
}

void KafkaClient::unassign(const std::string& topic, std::int32_t partition) {
  const auto list = list_of(topic, partition, RD_KAFKA_OFFSET_INVALID);
  // Fails only where the partition was not assigned, which is what is wanted.
  const KafkaPointer<rd_kafka_error_t> error(rd_kafka_incremental_unassign(client_.get(), list.get()));
  // What librdkafka still has of it is dropped by its version; what was taken from it has none any more.
  batch_.erase(batch_.begin(), batch_.begin() + static_cast<std::ptrdiff_t>(std::exchange(next_in_batch_, 0)));
  std::erase_if(batch_, [&](const auto& message) {
    return message->rkt != nullptr && message->partition == partition && topic == rd_kafka_topic_name(message->rkt);
  });
}

KafkaPointer<rd_kafka_message_t> KafkaClient::poll(std::chrono::milliseconds patience) {
  if (next_in_batch_ == batch_.size()) take_batch();
  if (next_in_batch_ < batch_.size()) return std::move(batch_[next_in_batch_++]);
  if (patience.count() == 0) return nullptr;
  return KafkaPointer<rd_kafka_message_t>(rd_kafka_consumer_poll(client_.get(), static_cast<int>(patience.count())));
}

// Without waiting: the call would wait until it has all it may take.
void KafkaClient::take_batch() {
  std::array<rd_kafka_message_t*, most_in_batch> messages;
  const ssize_t count = rd_kafka_consume_batch_queue(queue_.get(), 0, messages.data(), messages.size());
  batch_.clear();
  next_in_batch_ = 0;
  for (ssize_t i = 0; i < count; ++i) batch_.emplace_back(messages[static_cast<std::size_t>(i)]);
}

std::int64_t KafkaClient::seen_high_watermark(const std::string& topic, std::int32_t partition) const {
  std::int64_t low = -1;
  std::int64_t high = -1;
  if (rd_kafka_get_watermark_offsets(client_.get(), topic.c_str(), partition, &low, &high) !=
      RD_KAFKA_RESP_ERR_NO_ERROR)
    return -1;
  return high < 0 ? -1 : high;
}

std::string KafkaClient::fatal_reason() const {
  char reason[512];
  if (rd_kafka_fatal_error(client_.get(), reason, sizeof reason) == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return reason;
}

}  // namespace weir
