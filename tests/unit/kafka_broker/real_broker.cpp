// real_broker.cpp — starts brokers and administers topics.
#include "tests/unit/kafka_broker/real_broker.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "connectors/kafka/kafka_handle.h"

namespace weir {
namespace {

using namespace std::chrono_literals;

struct Outcome {
  int code = -1;
  std::string text;
};

Outcome run_service(const std::string& arguments) {
  const std::string command =
      fmt::format("python3 {}/tests/services/kafka.py {} 2>&1", WEIR_SOURCE_DIR, arguments);
  Outcome outcome;
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return outcome;
  std::array<char, 4096> buffer;
  while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe))
    outcome.text.append(buffer.data(), got);
  const int status = pclose(pipe);
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

// Of one line of JSON: {"plaintext": "127.0.0.1:1", "sasl": "127.0.0.1:2"}.
std::string value_of(const std::string& json, const std::string& name) {
  const auto start = json.find("\"" + name + "\": \"");
  if (start == std::string::npos) return {};
  const auto first = start + name.size() + 5;
  return json.substr(first, json.find('"', first) - first);
}

struct DestroyRequest {
  void operator()(rd_kafka_DeleteTopic_t* request) const { rd_kafka_DeleteTopic_destroy(request); }
  void operator()(rd_kafka_NewPartitions_t* request) const { rd_kafka_NewPartitions_destroy(request); }
  void operator()(rd_kafka_DeleteRecords_t* request) const { rd_kafka_DeleteRecords_destroy(request); }
};

/// A client that only administers.
struct Administrator {
  explicit Administrator(const std::string& brokers)
      : client(std::move(make_kafka_handle(RD_KAFKA_PRODUCER, {{"bootstrap.servers", brokers}}, events))
                   .value()),
        answers(rd_kafka_queue_new(client.get())) {}

  void wait() {
    const KafkaPointer<rd_kafka_event_t> answer(rd_kafka_queue_poll(answers.get(), 20'000));
    ASSERT_NE(answer, nullptr);
    ASSERT_EQ(rd_kafka_event_error(answer.get()), RD_KAFKA_RESP_ERR_NO_ERROR)
        << rd_kafka_event_error_string(answer.get());
  }

  BrokerEvents events;
  KafkaPointer<rd_kafka_t> client;
  KafkaPointer<rd_kafka_queue_t> answers;
};

}  // namespace

RealBroker& RealBroker::newest() {
  static RealBroker broker("4.2.0");
  return broker;
}

RealBroker& RealBroker::for_scram() {
  static RealBroker broker("3.9.1");
  return broker;
}

RealBroker::RealBroker(const std::string& version) {
  std::string folder = (std::filesystem::temp_directory_path() / "weir-kafka-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    failure_ = "no temporary folder";
    return;
  }
  folder_ = folder;
  const Outcome started = run_service(fmt::format("start {} --sasl --version {}", folder_, version));
  if (started.code == 77) {
    missing_reason_ = started.text;
  } else if (started.code != 0) {
    failure_ = started.text;
  }
  plaintext_ = value_of(started.text, "plaintext");
  sasl_ = value_of(started.text, "sasl");
}

RealBroker::~RealBroker() {
  if (folder_.empty()) return;
  run_service("kill " + folder_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void RealBroker::restart() {
  const Outcome outcome = run_service("restart " + folder_);
  ASSERT_EQ(outcome.code, 0) << outcome.text;
}

void BrokerTest::SetUp() {
  if (!broker().missing_reason().empty()) GTEST_SKIP() << broker().missing_reason();
  ASSERT_EQ(broker().failure(), "");
  topic_ = testing::UnitTest::GetInstance()->current_test_info()->name();
  KafkaConnection connection;
  connection.brokers = broker().plaintext();
  producer_ = std::move(Producer::open(connection)).value();
}

void BrokerTest::create_topic(std::int32_t partitions) {
  const auto created = producer_->create_topic(topic_, partitions, 20s);
  ASSERT_TRUE(created.ok()) << created.error().message();
  auto source = open();
  for (int attempt = 0; attempt < 100; ++attempt) {  // until it has leaders
    const auto splits = source->list_splits();
    if (splits.ok() && splits->size() == static_cast<std::size_t>(partitions) &&
        source->start_position(splits->back(), true).ok())
      return;
    std::this_thread::sleep_for(50ms);
  }
  FAIL() << "topic " << topic_ << " did not come";
}

void BrokerTest::delete_topic() {
  Administrator administrator(broker().plaintext());
  const std::unique_ptr<rd_kafka_DeleteTopic_t, DestroyRequest> request(
      rd_kafka_DeleteTopic_new(topic_.c_str()));
  rd_kafka_DeleteTopic_t* list[] = {request.get()};
  rd_kafka_DeleteTopics(administrator.client.get(), list, 1, nullptr, administrator.answers.get());
  administrator.wait();
}

void BrokerTest::add_partitions(std::int32_t total) {
  Administrator administrator(broker().plaintext());
  char reason[256];
  const std::unique_ptr<rd_kafka_NewPartitions_t, DestroyRequest> request(
      rd_kafka_NewPartitions_new(topic_.c_str(), static_cast<std::size_t>(total), reason, sizeof reason));
  rd_kafka_NewPartitions_t* list[] = {request.get()};
  rd_kafka_CreatePartitions(administrator.client.get(), list, 1, nullptr, administrator.answers.get());
  administrator.wait();
}

void BrokerTest::delete_records(std::int32_t partition, std::int64_t offset) {
  Administrator administrator(broker().plaintext());
  const KafkaPointer<rd_kafka_topic_partition_list_t> before(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(before.get(), topic_.c_str(), partition)->offset = offset;
  const std::unique_ptr<rd_kafka_DeleteRecords_t, DestroyRequest> request(
      rd_kafka_DeleteRecords_new(before.get()));
  rd_kafka_DeleteRecords_t* list[] = {request.get()};
  rd_kafka_DeleteRecords(administrator.client.get(), list, 1, nullptr, administrator.answers.get());
  administrator.wait();
}

void BrokerTest::write(std::int32_t partition, const std::vector<std::string>& values,
                       std::int64_t timestamp) {
  for (const std::string& value : values) {
    OutgoingMessage message;
    message.value = value;
    message.partition = partition;
    message.timestamp = timestamp;
    const Status produced = producer_->produce(topic_, message);
    ASSERT_TRUE(produced.ok()) << produced.error().message();
  }
  const Status flushed = producer_->flush(20s);
  ASSERT_TRUE(flushed.ok()) << flushed.error().message();
}

KafkaOptions BrokerTest::options() {
  KafkaOptions options;
  options.brokers = broker().plaintext();
  options.topics = {topic_};
  options.start.kind = KafkaStart::Kind::earliest;
  options.mirror_offsets = false;
  return options;
}

std::unique_ptr<Source> BrokerTest::open(SourceContext context, WatchTimes times) {
  return open(options(), std::move(context), times);
}

std::unique_ptr<Source> BrokerTest::open(const KafkaOptions& options, SourceContext context,
                                         WatchTimes times) {
  context.pipeline = "test";
  auto source = open_kafka_source(options, context, times);
  EXPECT_TRUE(source.ok()) << (source.ok() ? "" : source.error().message());
  return source.ok() ? std::move(source).value() : nullptr;
}

struct TransactionalProducer::Handles {
  BrokerEvents events;
  KafkaPointer<rd_kafka_t> client;
  KafkaPointer<rd_kafka_topic_t> topic;
};

namespace {

void expect_done(rd_kafka_error_t* error) {
  const KafkaPointer<rd_kafka_error_t> owned(error);
  EXPECT_EQ(error, nullptr) << rd_kafka_error_string(error);
}

}  // namespace

TransactionalProducer::TransactionalProducer(const std::string& brokers, const std::string& topic)
    : handles_(std::make_unique<Handles>()) {
  const KafkaProperties properties = {
      {"bootstrap.servers", brokers}, {"transactional.id", topic}, {"linger.ms", "1"}};
  handles_->client = std::move(make_kafka_handle(RD_KAFKA_PRODUCER, properties, handles_->events)).value();
  handles_->topic.reset(rd_kafka_topic_new(handles_->client.get(), topic.c_str(), nullptr));
  expect_done(rd_kafka_init_transactions(handles_->client.get(), 30'000));
}

TransactionalProducer::~TransactionalProducer() = default;

void TransactionalProducer::begin() { expect_done(rd_kafka_begin_transaction(handles_->client.get())); }

void TransactionalProducer::write(const std::vector<std::string>& values) {
  for (const std::string& value : values) {
    EXPECT_EQ(rd_kafka_produce(handles_->topic.get(), 0, RD_KAFKA_MSG_F_COPY, const_cast<char*>(value.data()),
                               value.size(), nullptr, 0, nullptr),
              0);
  }
  EXPECT_EQ(rd_kafka_flush(handles_->client.get(), 20'000), RD_KAFKA_RESP_ERR_NO_ERROR);
}

void TransactionalProducer::commit() {
  expect_done(rd_kafka_commit_transaction(handles_->client.get(), 20'000));
}
void TransactionalProducer::abort() {
  expect_done(rd_kafka_abort_transaction(handles_->client.get(), 20'000));
}

}  // namespace weir
