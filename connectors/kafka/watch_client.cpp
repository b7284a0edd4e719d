// watch_client.cpp — the watch over partitions' ends.
#include "connectors/kafka/watch_client.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir {
namespace {

using namespace std::chrono_literals;

constexpr auto question_patience = 2s;
// Between two questions at least: each costs a request to every broker that leads a partition.
constexpr auto breath = 10ms;

std::chrono::nanoseconds since(std::int64_t moment) {
  return std::chrono::nanoseconds(WatchClient::now() - moment);
}

std::int64_t seconds(std::chrono::nanoseconds span) {
  return std::chrono::duration_cast<std::chrono::seconds>(span).count();
}

}  // namespace

WatchClient::WatchClient(KafkaClient& client, WatchTimes times, std::function<void()> each_time)
    : client_(client), times_(times), each_time_(std::move(each_time)), thread_([this] { run(); }) {}

void WatchClient::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wanted_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void WatchClient::add(std::shared_ptr<WatchedPartition> partition) {
  const std::lock_guard lock(mutex_);
  partitions_.push_back(std::move(partition));
}

void WatchClient::remove(const std::string& split) {
  const std::lock_guard lock(mutex_);
  std::erase_if(partitions_, [&](const auto& partition) { return partition->split == split; });
  troubles_.erase(split);
}

void WatchClient::report(const std::string& split, std::string trouble) {
  const std::lock_guard lock(mutex_);
  troubles_[split] = std::move(trouble);
}

void WatchClient::wake() {
  {
    const std::lock_guard lock(mutex_);
    is_awake_ = true;
  }
  wanted_.notify_all();
}

std::vector<std::shared_ptr<WatchedPartition>> WatchClient::partitions() const {
  const std::lock_guard lock(mutex_);
  return partitions_;
}

void WatchClient::run() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wanted_.wait_for(lock, times_.period, [&] { return is_awake_ || is_stopping_; });
      if (is_stopping_) return;
      is_awake_ = false;
    }
    ask();
    each_time_();
    std::this_thread::sleep_for(breath);
  }
}

void WatchClient::ask() {
  client_.serve();
  const auto watched = partitions();
  if (watched.empty()) return;
  std::vector<PartitionOffset> questions;
  for (const auto& partition : watched)
    questions.push_back({partition->topic, partition->partition, offset_of_end});
  if (!client_.find_offsets(questions, question_patience).ok())
    return;  // the reason is in the client's events
  for (std::size_t index = 0; index < watched.size(); ++index) note_answer(*watched[index], questions[index]);
}

void WatchClient::note_answer(WatchedPartition& partition, const PartitionOffset& answer) {
  const auto start_or_keep = [](std::atomic<std::int64_t>& since_when, bool holds) {
    if (!holds) since_when = 0;
    if (holds && since_when == 0) since_when = now();
  };
  start_or_keep(partition.missing_since, answer.error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
                                             answer.error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
                                             answer.error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION);
  if (answer.error != RD_KAFKA_RESP_ERR_NO_ERROR || answer.offset < 0) return;
  if (partition.end.exchange(answer.offset) != answer.offset) partition.held_since = 0;
  start_or_keep(partition.behind_since, partition.next < answer.offset);
  const bool is_held = partition.next == answer.offset &&
                       client_.seen_high_watermark(partition.topic, partition.partition) > answer.offset;
  start_or_keep(partition.held_since, is_held);
}

std::vector<SplitLag> WatchClient::lag() const {
  std::vector<SplitLag> lags;
  for (const auto& partition : partitions()) {
    const std::int64_t end = partition->end;
    lags.push_back({partition->split, end < 0 ? -1 : std::max<std::int64_t>(0, end - partition->next)});
  }
  return lags;
}

std::string WatchClient::health() const {
  if (std::string trouble = client_.events().trouble(); !trouble.empty()) return trouble;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [split, trouble] : troubles_) {
      if (!trouble.empty()) return fmt::format("partition {}: {}", split, trouble);
    }
  }
  for (const auto& partition : partitions()) {
    if (std::string stall = stall_of(*partition); !stall.empty()) return stall;
  }
  return {};
}

std::string WatchClient::stall_of(const WatchedPartition& partition) const {
  if (partition.missing_since != 0) return fmt::format("partition {} is not there any more", partition.split);
  const std::int64_t next = partition.next;
  if (const std::int64_t held = partition.held_since; held != 0 && since(held) > times_.stall) {
    return fmt::format(
        "partition {}: records from offset {} on are held back by a transaction that has been open for {} s",
        partition.split, next, seconds(since(held)));
  }
  const std::int64_t behind = partition.behind_since;
  const bool reader_waits = since(hungry_at_) < 2s;
  const auto idle = since(std::max<std::int64_t>(behind, partition.moved_at));
  if (behind != 0 && reader_waits && idle > times_.stall) {
    return fmt::format("partition {}: no record came for {} s although {} are there from offset {} on",
                       partition.split, seconds(idle), partition.end - next, next);
  }
  return {};
}

}  // namespace weir
