// watch_client.h — asks the brokers, on a thread of its own, where partitions end; so knows lag and stalls.
//
// Its questions also wake librdkafka's fetching: see docs/decisions/kafka_fetch_queue.md.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "connectors/kafka/kafka_client.h"
#include "engine/component/source.h"

namespace weir {

/// What the reader and the watch share of a partition.
struct WatchedPartition {
  std::string split;
  std::string topic;
  std::int32_t partition = 0;
  std::atomic<std::int64_t> next{0};           // the reader's: the offset it reads next
  std::atomic<std::int64_t> moved_at{0};       // the reader's: steady nanoseconds of the last record or end
  std::atomic<std::int64_t> end{-1};           // the watch's: the last stable offset; -1: not known
  std::atomic<std::int64_t> missing_since{0};  // the watch's: steady nanoseconds; 0: the partition is there
  std::atomic<std::int64_t> behind_since{0};   // the watch's: there are records that the reader has not got
  std::atomic<std::int64_t> held_since{0};     // the watch's: records lie behind an open transaction
};

struct WatchTimes {
  std::chrono::milliseconds period{1'000};
  std::chrono::milliseconds stall{60'000};  // lag and no record for so long is unhealthy
};

class WatchClient {
 public:
  /// `each_time` is called on the watch's thread after every question. `client` outlives the watch.
  WatchClient(KafkaClient& client, WatchTimes times, std::function<void()> each_time);
  ~WatchClient() { stop(); }
  WatchClient(const WatchClient&) = delete;
  WatchClient& operator=(const WatchClient&) = delete;

  /// Ends the thread; called once or more, by one thread.
  void stop();
  // Any thread.
  void add(std::shared_ptr<WatchedPartition> partition);
  void remove(const std::string& split);
  /// Asks now rather than at the end of the period. Does not wait.
  void wake();
  /// Tells that the reader waits for records and has none.
  void reader_is_hungry() { hungry_at_ = now(); }
  /// What is wrong with a partition; empty: nothing any more.
  void report(const std::string& split, std::string trouble);
  std::vector<SplitLag> lag() const;
  std::string health() const;

  static std::int64_t now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

 private:
  void run();
  void ask();
  void note_answer(WatchedPartition& partition, const PartitionOffset& answer);
  std::string stall_of(const WatchedPartition& partition) const;
  std::vector<std::shared_ptr<WatchedPartition>> partitions() const;

  KafkaClient& client_;
  const WatchTimes times_;
  const std::function<void()> each_time_;
  std::atomic<std::int64_t> hungry_at_{0};
  mutable std::mutex mutex_;
  std::condition_variable wanted_;
  std::vector<std::shared_ptr<WatchedPartition>> partitions_;  // Guarded by mutex_, as the next three.
  std::map<std::string, std::string> troubles_;                // by split
  bool is_awake_ = false;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace weir
