// embedded_broker.cpp — librdkafka's mock cluster as a broker inside this process, and the pump that feeds
// it.
#include "connectors/kafka/embedded_broker.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <algorithm>
#include <chrono>
#include <mutex>

#include "connectors/kafka/kafka_handle.h"
#include "connectors/kafka/producer.h"

namespace weir {
namespace {

using namespace std::chrono_literals;

// The mock cluster keeps 5 MB per partition. This many bytes may lie unread, over all partitions together.
constexpr std::int64_t unread_bytes = 3'000'000;

struct DestroyCluster {
  void operator()(rd_kafka_mock_cluster_t* cluster) const { rd_kafka_mock_cluster_destroy(cluster); }
};

// `brokers: embedded` in a pipeline file has to find the broker that its process runs; nothing else passes
// between the two.
struct Running {
  std::mutex mutex;
  std::optional<std::string> bootstrap;  // Guarded by mutex.
};

Running& running_broker() {
  static Running running;
  return running;
}

}  // namespace

struct EmbeddedBroker::Cluster {
  BrokerEvents events;
  KafkaPointer<rd_kafka_t> host;  // the mock cluster lives in a client's thread
  std::unique_ptr<rd_kafka_mock_cluster_t, DestroyCluster> cluster;
};

Result<std::unique_ptr<EmbeddedBroker>> EmbeddedBroker::start(std::int32_t partitions) {
  Running& running = running_broker();
  const std::lock_guard lock(running.mutex);
  if (running.bootstrap) return Error{ErrorKind::user, "this process runs an embedded broker already"};
  auto cluster = std::make_unique<Cluster>();
  WEIR_ASSIGN(cluster->host,
              make_kafka_handle(RD_KAFKA_PRODUCER, {{"client.id", "weir-embedded"}, {"log_level", "3"}},
                                cluster->events));
  cluster->cluster.reset(rd_kafka_mock_cluster_new(cluster->host.get(), 1));
  if (cluster->cluster == nullptr)
    return Error{ErrorKind::service, "the embedded broker could not be started"};
  std::unique_ptr<EmbeddedBroker> broker(new EmbeddedBroker(std::move(cluster), partitions));
  running.bootstrap = broker->bootstrap_;
  return broker;
}

EmbeddedBroker::EmbeddedBroker(std::unique_ptr<Cluster> cluster, std::int32_t partitions)
    : cluster_(std::move(cluster)),
      bootstrap_(rd_kafka_mock_cluster_bootstraps(cluster_->cluster.get())),
      partitions_(partitions) {}

EmbeddedBroker::~EmbeddedBroker() {
  Running& running = running_broker();
  const std::lock_guard lock(running.mutex);
  running.bootstrap.reset();
}

std::optional<std::string> EmbeddedBroker::running() {
  Running& running = running_broker();
  const std::lock_guard lock(running.mutex);
  return running.bootstrap;
}

Status EmbeddedBroker::create_topic(const std::string& topic) {
  const auto code = rd_kafka_mock_topic_create(cluster_->cluster.get(), topic.c_str(), partitions_, 1);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) return {};
  return Error{ErrorKind::service,
               fmt::format("topic {} can't be created: {}", topic, rd_kafka_err2str(code))};
}

void EmbeddedBroker::go_down() { rd_kafka_mock_broker_set_down(cluster_->cluster.get(), 1); }
void EmbeddedBroker::come_up() { rd_kafka_mock_broker_set_up(cluster_->cluster.get(), 1); }

struct EventPump::Work {
  std::unique_ptr<Producer> producer;
  std::string topic;
  std::int32_t partitions = 1;
  NextEvent next;
  std::function<std::int64_t()> rows_read;
  std::int64_t per_second = 0;
  std::int64_t largest = 1;  // bytes of the largest event so far
};

Result<std::unique_ptr<EventPump>> EventPump::start(EmbeddedBroker& broker, std::string topic, NextEvent next,
                                                    std::function<std::int64_t()> rows_read,
                                                    std::int64_t per_second) {
  WEIR_TRY(broker.create_topic(topic));
  auto work = std::make_unique<Work>();
  KafkaConnection connection;
  connection.brokers = broker.bootstrap();
  WEIR_ASSIGN(work->producer, Producer::open(connection));
  work->topic = std::move(topic);
  work->partitions = broker.partitions();
  work->next = std::move(next);
  work->rows_read = std::move(rows_read);
  work->per_second = per_second;
  std::unique_ptr<EventPump> pump(new EventPump(std::move(work)));
  pump->thread_ = std::thread([raw = pump.get()] { raw->run(); });
  return pump;
}

EventPump::EventPump(std::unique_ptr<Work> work) : work_(std::move(work)) {}

EventPump::~EventPump() { stop(); }

void EventPump::stop() {
  is_stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void EventPump::run() {
  outcome_ = produce_all();
  is_done_ = true;
}

Status EventPump::produce_all() {
  const auto started = std::chrono::steady_clock::now();
  Event event;
  while (!is_stopping_ && work_->next(event)) {
    work_->largest =
        std::max(work_->largest, static_cast<std::int64_t>(event.key.size() + event.value.size()) + 100);
    if (!wait_for_reader()) break;
    OutgoingMessage message;
    message.value = event.value;
    if (!event.key.empty()) message.key = event.key;
    message.partition = static_cast<std::int32_t>(produced_ % work_->partitions);
    WEIR_TRY(work_->producer->produce(work_->topic, message));
    ++produced_;
    if (work_->per_second > 0) {
      std::this_thread::sleep_until(started +
                                    std::chrono::microseconds(produced_ * 1'000'000 / work_->per_second));
    }
  }
  return work_->producer->flush(10s);
}

// Waits until so little lies unread that the broker is sure to keep it; false: asked to stop.
bool EventPump::wait_for_reader() {
  const std::int64_t window = std::max<std::int64_t>(1, unread_bytes / work_->largest);
  while (produced_ - work_->rows_read() >= window) {
    if (is_stopping_) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

}  // namespace weir
