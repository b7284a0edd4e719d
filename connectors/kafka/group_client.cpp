// group_client.cpp — commits offsets to a consumer group without being its member.
#include "connectors/kafka/group_client.h"

#include "engine/base/log.h"

namespace weir {

using namespace std::chrono_literals;

void GroupClient::note(const std::string& topic, std::int32_t partition, std::int64_t next) {
  const std::lock_guard lock(mutex_);
  noted_[{topic, partition}] = next;
}

void GroupClient::tick() {
  if (answers_ != nullptr) rd_kafka_queue_poll_callback(answers_.get(), 0);
  if (client_ != nullptr) rd_kafka_poll(client_.get(), 0);
  if (under_way_ == 0 && std::chrono::steady_clock::now() - sent_at_ >= 5s) send();
}

void GroupClient::warm_up() { open(); }

void GroupClient::finish() {
  send();
  const auto deadline = std::chrono::steady_clock::now() + 1s;
  while (under_way_ > 0 && std::chrono::steady_clock::now() < deadline)
    rd_kafka_queue_poll_callback(answers_.get(), 50);
}

bool GroupClient::open() {
  if (client_ != nullptr) return true;
  if (is_given_up_) return false;
  auto client = make_kafka_handle(RD_KAFKA_CONSUMER, properties_, events_);
  if (!client.ok()) {
    is_given_up_ = true;
    log::debug("group {}: {}", group_, client.error().message());
    return false;
  }
  client_ = std::move(client).value();
  answers_.reset(rd_kafka_queue_new(client_.get()));
  return true;
}

void GroupClient::send() {
  std::map<std::pair<std::string, std::int32_t>, std::int64_t> offsets;
  {
    const std::lock_guard lock(mutex_);
    offsets.swap(noted_);
  }
  if (offsets.empty() || !open()) return;
  const KafkaPointer<rd_kafka_topic_partition_list_t> list(
      rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const auto& [partition, next] : offsets) {
    rd_kafka_topic_partition_list_add(list.get(), partition.first.c_str(), partition.second)->offset = next;
  }
  sent_at_ = std::chrono::steady_clock::now();
  if (rd_kafka_commit_queue(client_.get(), list.get(), answers_.get(), on_commit, this) ==
      RD_KAFKA_RESP_ERR_NO_ERROR)
    ++under_way_;
}

void GroupClient::on_commit(rd_kafka_t*, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t*,
                            void* self) {
  auto& client = *static_cast<GroupClient*>(self);
  --client.under_way_;
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR || client.has_complained_) return;
  client.has_complained_ = true;
  log::info("positions are not mirrored to consumer group {}, which only dashboards look at: {}",
            client.group_, rd_kafka_err2str(code));
}

}  // namespace weir
