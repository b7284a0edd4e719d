// embedded_broker.h — a Kafka broker inside this process (librdkafka's mock cluster), for the demo and for
// tests.
//
// It keeps about 5 MB per partition and drops older records for good, so that whoever produces must not run
// ahead of the reader: EventPump.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "engine/base/error.h"

namespace weir {

/// `brokers: embedded` means the running one; there is at most one in a process.
class EmbeddedBroker {
 public:
  /// `partitions` is what each of its topics has.
  static Result<std::unique_ptr<EmbeddedBroker>> start(std::int32_t partitions = 4);
  ~EmbeddedBroker();
  EmbeddedBroker(const EmbeddedBroker&) = delete;
  EmbeddedBroker& operator=(const EmbeddedBroker&) = delete;

  /// Bootstrap servers of the running broker. Any thread.
  static std::optional<std::string> running();

  const std::string& bootstrap() const { return bootstrap_; }
  std::int32_t partitions() const { return partitions_; }
  /// No error where the topic exists.
  Status create_topic(const std::string& topic);
  /// Closes its connections and refuses new ones, and the reverse.
  void go_down();
  void come_up();

 private:
  struct Cluster;
  EmbeddedBroker(std::unique_ptr<Cluster> cluster, std::int32_t partitions);
  std::unique_ptr<Cluster> cluster_;
  std::string bootstrap_;
  std::int32_t partitions_;
};

/// Produces to the embedded broker on a thread of its own, no further ahead of the reader than the broker can
/// keep.
class EventPump {
 public:
  struct Event {
    std::string key;
    std::string value;
  };
  /// Fills the next event; false: there are no more. Called on the pump's thread.
  using NextEvent = std::function<bool(Event& event)>;

  /// Creates the topic. `rows_read`: rows of the topic that its reader has taken so far; called on the pump's
  /// thread. Events go round the partitions. `per_second`: how many at most; 0: as many as are read.
  static Result<std::unique_ptr<EventPump>> start(EmbeddedBroker& broker, std::string topic, NextEvent next,
                                                  std::function<std::int64_t()> rows_read,
                                                  std::int64_t per_second = 0);
  ~EventPump();
  EventPump(const EventPump&) = delete;
  EventPump& operator=(const EventPump&) = delete;

  /// Any thread.
  std::int64_t produced() const { return produced_; }
  bool is_done() const { return is_done_; }
  /// Valid once done: why it ended, if not because the events did.
  const Status& outcome() const { return outcome_; }
  /// Ends after the event at hand and waits for the thread.
  void stop();

 private:
  struct Work;
  explicit EventPump(std::unique_ptr<Work> work);
  void run();
  Status produce_all();
  bool wait_for_reader();

  std::unique_ptr<Work> work_;
  std::atomic<std::int64_t> produced_{0};
  std::atomic<bool> is_done_{false};
  std::atomic<bool> is_stopping_{false};
  Status outcome_;
  std::thread thread_;
};

}  // namespace weir
