// speed_test.cpp — the source keeps its fetches going behind a slow reader, and hands a single record on
// within milliseconds.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "tests/unit/kafka_broker/real_broker.h"

namespace weir {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

// WEIR_KAFKA_MESSAGES=1000000 gives the figures of docs/decisions/kafka_fetch_queue.md (in the release
// preset).
int message_count() {
  const char* const given = std::getenv("WEIR_KAFKA_MESSAGES");
  return given == nullptr ? 150'000 : std::atoi(given);
}

std::int64_t wall_milliseconds() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

TEST_F(BrokerTest, ASlowReaderIsNeverLeftWaiting) {
  create_topic(4);
  const int messages = message_count();
  for (int partition = 0; partition < 4; ++partition) {
    write(partition, std::vector<std::string>(static_cast<std::size_t>(messages) / 4, std::string(700, 'x')));
  }
  SourceContext context;
  context.memory_bytes = 8 << 20;
  auto source = open(context);
  for (const std::string& split : source->list_splits().value())
    ASSERT_TRUE(source->add_split(split, "0").ok());
  constexpr std::size_t burst =
      15'000;  // 120,000 a second, as a database that commits eight times a second takes them
  std::chrono::duration<double> waited{0};
  std::size_t rows = 0;
  std::size_t bursts = 0;
  while (rows < static_cast<std::size_t>(messages)) {
    const auto started = steady_clock::now();
    const auto polled = source->poll(1s);
    const auto wait = steady_clock::now() - started;
    if (wait > 50ms) waited += wait;
    ASSERT_TRUE(polled.ok());
    if (polled->chunk == nullptr) continue;
    rows += polled->chunk->records.size();
    if (rows / burst == bursts) continue;
    bursts = rows / burst;
    std::this_thread::sleep_for(125ms);
  }
  // Without the remedy it is 3 s for 150,000 messages.
  EXPECT_LT(waited.count(), 2.0 * messages / 150'000);
  RecordProperty("waited_ms", static_cast<int>(waited.count() * 1000));
}

// The last fetch may be more than the queue is to hold; that nothing is behind it is told at once all the same.
TEST_F(BrokerTest, AFastReaderIsNeverLeftWaiting) {
  create_topic(4);
  constexpr std::size_t messages = 28'000;  // all of them in one fetch
  for (int partition = 0; partition < 4; ++partition) write(partition, std::vector<std::string>(messages / 4, std::string(100, 'x')));
  const auto read_all = [&] {
    steady_clock::duration longest{};
    SourceContext context;
    context.memory_bytes = 16 << 20;
    auto source = open(context);
    for (const std::string& split : source->list_splits().value()) EXPECT_TRUE(source->add_split(split, "0").ok());
    // Time for the fetch to come and for librdkafka to go to sleep behind it, which is when the fault shows; without that the test only proves less.
    std::this_thread::sleep_for(100ms);
    std::size_t rows = 0, ended = 0;
    while (ended < 4) {
      const auto started = steady_clock::now();
      const auto polled = source->poll(2s);
      if (!polled.ok()) {
        ADD_FAILURE() << polled.error().message();
        break;
      }
      if (rows > 0) longest = std::max(longest, steady_clock::now() - started);
      if (polled->chunk != nullptr) rows += polled->chunk->records.size();
      ended += polled->at_end.size();
    }
    EXPECT_EQ(rows, messages);
    return longest;
  };
  // Without the remedy it is about a second in every round; a machine that is busy otherwise may stop for as long in one.
  steady_clock::duration least = read_all();
  for (int round = 1; round < 4 && least >= 700ms; ++round) least = std::min(least, read_all());
  EXPECT_LT(least, 700ms);
}

TEST_F(BrokerTest, ARecordIsPolledWithinMilliseconds) {
  create_topic(4);
  auto source = open();
  for (const std::string& split : source->list_splits().value())
    ASSERT_TRUE(source->add_split(split, "0").ok());
  constexpr std::size_t records = 200;
  // From handing a record to the producer until it is polled: of half of them at most so many milliseconds.
  const auto median_latency = [&] {
    std::thread writer([&] {
      for (std::size_t number = 0; number < records; ++number) {
        OutgoingMessage message;
        message.value = "x";
        message.partition = static_cast<std::int32_t>(number % 4);
        message.timestamp = wall_milliseconds();
        EXPECT_TRUE(producer_->produce(topic_, message).ok());
        std::this_thread::sleep_for(2ms);  // so that each record comes alone
      }
      EXPECT_TRUE(producer_->flush(10s).ok());
    });
    std::vector<std::int64_t> latencies;
    const auto deadline = steady_clock::now() + 20s;
    while (latencies.size() < records && steady_clock::now() < deadline) {
      const auto polled = source->poll(100ms);
      if (!polled.ok() || polled->chunk == nullptr) continue;
      for (const Record& record : polled->chunk->records)
        latencies.push_back(wall_milliseconds() - record.timestamp / 1000);
    }
    writer.join();
    EXPECT_EQ(latencies.size(), records);
    std::sort(latencies.begin(), latencies.end());
    return latencies.empty() ? std::int64_t{20'000} : latencies[latencies.size() / 2];
  };
  // A reader that sleeps between its fetches is slow in every round, a machine that is busy otherwise is not.
  std::int64_t best = median_latency();
  for (int round = 1; round < 8 && best >= 25; ++round) best = std::min(best, median_latency());
  RecordProperty("p50_ms", static_cast<int>(best));
  EXPECT_LT(best, 25);
}

}  // namespace
}  // namespace weir
