// kafka_bare_loop.cpp — what reading purchases costs without an engine: librdkafka's batch consumer and
// simdjson's ondemand parser over the fields that the pipeline uses, from the topic's start to its end.
//
//   kafka_bare_loop BROKERS TOPIC
//
// Needs a broker (purchase_speed.py starts one). Prints events, those that did not parse, seconds from
// creating the consumer to the last event, and events per second.
#include <fmt/format.h>
#include <librdkafka/rdkafka.h>
#include <simdjson.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr int patience_ms = 10'000;
constexpr int wait_ms = 2;
constexpr std::size_t batch_size = 1000;

[[noreturn]] void fail(std::string_view sentence) {
  fmt::print(stderr, "kafka_bare_loop: {}\n", sentence);
  std::exit(1);
}

struct DestroyClient {
  void operator()(rd_kafka_t* client) const {
    rd_kafka_consumer_close(client);
    rd_kafka_destroy(client);
  }
};
struct DestroyList {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
struct DestroyMetadata {
  void operator()(const rd_kafka_metadata_t* metadata) const { rd_kafka_metadata_destroy(metadata); }
};
struct DestroyQueue {
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};
using ClientPtr = std::unique_ptr<rd_kafka_t, DestroyClient>;
using ListPtr = std::unique_ptr<rd_kafka_topic_partition_list_t, DestroyList>;

// Everything is fetched ahead, nothing is checked twice and nobody waits: the most that the library gives.
ClientPtr open_consumer(const std::string& brokers) {
  const std::array<std::pair<const char*, const char*>, 10> wanted{{{"bootstrap.servers", brokers.c_str()},
                                                                    {"group.id", "kafka_bare_loop"},
                                                                    {"enable.auto.commit", "false"},
                                                                    {"enable.partition.eof", "true"},
                                                                    {"check.crcs", "false"},
                                                                    {"queued.min.messages", "10000000"},
                                                                    {"queued.max.messages.kbytes", "1048576"},
                                                                    {"fetch.max.bytes", "67108864"},
                                                                    {"fetch.message.max.bytes", "8388608"},
                                                                    {"fetch.wait.max.ms", "5"}}};
  rd_kafka_conf_t* settings = rd_kafka_conf_new();
  char why[512];
  for (const auto& [name, value] : wanted) {
    if (rd_kafka_conf_set(settings, name, value, why, sizeof why) != RD_KAFKA_CONF_OK) fail(why);
  }
  ClientPtr client(rd_kafka_new(RD_KAFKA_CONSUMER, settings, why, sizeof why));
  if (client == nullptr) fail(why);
  rd_kafka_poll_set_consumer(client.get());
  return client;
}

ListPtr partitions_of(rd_kafka_t* client, const std::string& topic) {
  const std::unique_ptr<rd_kafka_topic_t, void (*)(rd_kafka_topic_t*)> handle(
      rd_kafka_topic_new(client, topic.c_str(), nullptr), rd_kafka_topic_destroy);
  const rd_kafka_metadata_t* found = nullptr;
  const auto code = rd_kafka_metadata(client, 0, handle.get(), &found, patience_ms);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) fail(rd_kafka_err2str(code));
  const std::unique_ptr<const rd_kafka_metadata_t, DestroyMetadata> metadata(found);
  if (metadata->topic_cnt != 1 || metadata->topics[0].partition_cnt == 0) fail("no such topic: " + topic);
  ListPtr list(rd_kafka_topic_partition_list_new(metadata->topics[0].partition_cnt));
  for (int i = 0; i < metadata->topics[0].partition_cnt; ++i) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), i)->offset = RD_KAFKA_OFFSET_BEGINNING;
  }
  return list;
}

struct Totals {
  std::int64_t events = 0, broken = 0, quantity = 0;
  std::size_t bytes_of_texts = 0;
  double amount = 0;
};

/// The fields of a purchase, read where they stand.
class PurchaseReader {
 public:
  PurchaseReader() { buffer_.resize(1 << 20); }

  void read(std::string_view event, Totals& totals) {
    ++totals.events;
    if (!sum_up(event, totals)) ++totals.broken;
  }

 private:
  bool sum_up(std::string_view event, Totals& totals) {
    if (event.size() + simdjson::SIMDJSON_PADDING > buffer_.size()) return false;
    std::memcpy(buffer_.data(), event.data(), event.size());  // simdjson reads beyond the end
    simdjson::ondemand::document document;
    simdjson::ondemand::object object;
    if (parser_.iterate(buffer_.data(), event.size(), buffer_.size()).get(document) ||
        document.get_object().get(object)) {
      return false;
    }
    std::string_view transaction, category, payment_method, time;
    std::int64_t quantity = 0;
    double price = 0;
    if (object["transaction_id"].get(transaction) || object["category"].get(category) ||
        object["quantity"].get(quantity) || object["price"].get(price) ||
        object["payment_method"].get(payment_method) || object["ts"].get(time)) {
      return false;
    }
    totals.quantity += quantity;
    totals.amount += static_cast<double>(quantity) * price;
    totals.bytes_of_texts += transaction.size() + category.size() + payment_method.size() + time.size();
    return true;
  }

  simdjson::ondemand::parser parser_;
  std::vector<char> buffer_;
};

Totals read_to_end(rd_kafka_t* client, int partitions) {
  const std::unique_ptr<rd_kafka_queue_t, DestroyQueue> queue(rd_kafka_queue_get_consumer(client));
  std::vector<rd_kafka_message_t*> messages(batch_size);
  PurchaseReader reader;
  Totals totals;
  for (int silence = 0; partitions > 0;) {
    // Returns when the batch is full or the time is over, not before.
    const ssize_t count = rd_kafka_consume_batch_queue(queue.get(), wait_ms, messages.data(), batch_size);
    silence = count > 0 ? 0 : silence + wait_ms;
    if (count < 0 || silence > patience_ms) fail("the broker is silent");
    for (ssize_t i = 0; i < count; ++i) {
      rd_kafka_message_t* message = messages[static_cast<std::size_t>(i)];
      if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        --partitions;
      } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        fail(rd_kafka_message_errstr(message));
      } else {
        reader.read({static_cast<const char*>(message->payload), message->len}, totals);
      }
      rd_kafka_message_destroy(message);
    }
  }
  return totals;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) fail("usage: kafka_bare_loop BROKERS TOPIC");
  const auto start = std::chrono::steady_clock::now();
  const ClientPtr client = open_consumer(arguments[1]);
  const ListPtr partitions = partitions_of(client.get(), arguments[2]);
  if (rd_kafka_assign(client.get(), partitions.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) fail("cannot assign");
  const Totals totals = read_to_end(client.get(), partitions->cnt);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  fmt::print("events {} broken {} quantity {} amount {:.2f} text {} seconds {:.3f} events_per_second {:.0f}\n",
             totals.events, totals.broken, totals.quantity, totals.amount, totals.bytes_of_texts, seconds,
             static_cast<double>(totals.events) / seconds);
  return 0;
}
