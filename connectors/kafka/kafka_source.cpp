// kafka_source.cpp — reads assigned partitions from given positions and cuts them into chunks.
#include "connectors/kafka/kafka_source.h"

#include <fmt/format.h>

#include <deque>
#include <future>
#include <map>

#include "connectors/kafka/bounds_client.h"
#include "connectors/kafka/group_client.h"
#include "connectors/kafka/kafka_split.h"
#include "engine/base/log.h"

namespace weir {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds question_patience = 10s;
// A partition whose position the broker refuses may be in the middle of an election: how long and how often
// before it is believed.
constexpr milliseconds election_patience = 5s;
constexpr int most_restarts = 5;
constexpr auto missing_patience = 60s;
// What is asked while the job opens its store keeps a job that cannot be started no longer than this, and is good for so long.
constexpr milliseconds patience_ahead = 1s;
constexpr auto freshness_ahead = 5s;

bool is_missing(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
         code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
}

// librdkafka skips what it could not read after it has told so.
bool skips_records(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR__BAD_MSG || code == RD_KAFKA_RESP_ERR__BAD_COMPRESSION ||
         code == RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED || code == RD_KAFKA_RESP_ERR__UNDERFLOW;
}

class KafkaSource final : public Source {
 public:
  KafkaSource(const KafkaOptions& options, const SourceContext& context, std::unique_ptr<KafkaClient> client,
              std::unique_ptr<GroupClient> group, WatchTimes times)
      : topics_(options.topics),
        start_(options.start),
        context_(context),
        client_(std::move(client)),
        bounds_(*client_),
        group_(std::move(group)),
        watch_(*client_, times, [this] {
          if (group_ != nullptr) group_->tick();
        }),
        listed_ahead_(std::async(std::launch::async, [this] { return list_ahead(); })) {}

  ~KafkaSource() override {
    watch_.stop();
    if (group_ != nullptr) group_->finish();
  }

  Result<std::vector<std::string>> list_splits() override {
    if (listed_ahead_.valid()) {
      auto listed = listed_ahead_.get();
      if (listed.ok() && steady_clock::now() - opened_ < freshness_ahead) return listed;
    }
    return list(question_patience);
  }

  Result<Position> start_position(const std::string& split, bool appeared_later) override {
    const auto name = parse_split(split);
    if (!name) return Error{ErrorKind::fatal, fmt::format("{} is no partition's name", split)};
    const auto& [topic, partition] = *name;
    if (const auto position = begin_of_known(topic, partition, appeared_later)) return *position;
    std::int64_t at = offset_of_beginning;
    if (!appeared_later && start_.kind == KafkaStart::Kind::latest) at = offset_of_end;
    if (!appeared_later && start_.kind == KafkaStart::Kind::timestamp) at = start_.milliseconds;
    WEIR_ASSIGN(std::int64_t offset, client_->find_offset(topic, partition, at, question_patience));
    if (offset < 0) {  // no record is that young
      WEIR_ASSIGN(offset, client_->find_offset(topic, partition, offset_of_end, question_patience));
    }
    return to_text(KafkaPosition{offset, {}});
  }

  Status add_split(const std::string& split, const Position& position) override;
  void remove_split(const std::string& split) override;
  Result<Polled> poll(milliseconds patience) override;

  void committed(const std::string& split, const Position& position) override {
    if (group_ == nullptr) return;
    const auto name = parse_split(split);
    const auto place = parse_kafka_position(position);
    if (name && place) group_->note(name->first, name->second, place->next);
  }

  std::vector<SplitLag> lag() const override { return watch_.lag(); }
  std::string health() const override { return watch_.health(); }

 private:
  struct Ready {
    std::string split;
    std::unique_ptr<RawChunk> chunk;  // null: only the end is to be told
    bool is_end = false;
  };

  Result<std::vector<std::string>> list(milliseconds patience);
  Result<std::vector<std::string>> list_ahead();
  std::optional<Position> begin_of_known(const std::string& topic, std::int32_t partition, bool appeared_later) const;
  Status check_bounds(const KafkaSplit& split, std::int64_t& low, std::int64_t& high);
  Status begin(KafkaSplit& split, std::int64_t low);
  Status restart(KafkaSplit& split, std::int64_t low = 0);
  Status settle_refused();
  KafkaSplit* find(const rd_kafka_message_t& message);
  Status take(const rd_kafka_message_t& message);
  Status take_record(KafkaSplit& split, const rd_kafka_message_t& message);
  Status take_event(const rd_kafka_message_t& message);
  void reach_end(KafkaSplit& split, std::int64_t offset);
  Status verify(KafkaSplit& split, const rd_kafka_message_t& message, bool& is_old);
  Status out_of_range(KafkaSplit& split);
  void move_to(KafkaSplit& split, std::int64_t next);
  void open_chunk(KafkaSplit& split);
  void close_all();
  void close(KafkaSplit& split, bool is_end);
  Status check_missing() const;
  void keep_fetching();
  milliseconds next_nap();

  const std::vector<std::string> topics_;
  const KafkaStart start_;
  const SourceContext context_;
  const std::unique_ptr<KafkaClient> client_;
  BoundsClient bounds_;
  const std::unique_ptr<GroupClient> group_;  // null: not wanted
  // The reader's own.
  std::map<std::pair<std::string, std::int32_t>, KafkaSplit, std::less<>> splits_;
  KafkaSplit* latest_ = nullptr;  // messages of a partition come in bursts
  rd_kafka_topic_t* latest_topic_ = nullptr;
  std::deque<Ready> ready_;
  std::size_t open_chunks_ = 0;
  std::size_t most_queued_ = 0;
  int naps_ = 0;  // waits for a record since the last one
  bool has_refused_ = false;
  WatchClient watch_;  // its thread uses what stands above,
  const steady_clock::time_point opened_ = steady_clock::now();
  std::future<Result<std::vector<std::string>>> listed_ahead_;  // and so does this one's
};

Result<std::vector<std::string>> KafkaSource::list(milliseconds patience) {
  std::vector<std::string> splits;
  for (const std::string& topic : topics_) {
    WEIR_ASSIGN(const auto partitions, client_->partitions(topic, patience));
    for (const std::int32_t partition : partitions) splits.push_back(split_name(topic, partition));
    bounds_.listed(topic, partitions);
  }
  return splits;
}

Result<std::vector<std::string>> KafkaSource::list_ahead() {
  auto splits = list(patience_ahead);
  for (const std::string& topic : topics_) {
    if (splits.ok()) bounds_.ask_ahead(topic, patience_ahead);
  }
  return splits;
}

std::optional<Position> KafkaSource::begin_of_known(const std::string& topic, std::int32_t partition, bool appeared_later) const {
  if (!appeared_later && start_.kind == KafkaStart::Kind::timestamp) return std::nullopt;
  const std::optional<PartitionBounds> bounds = bounds_.known(topic, partition);
  if (!bounds) return std::nullopt;
  const bool is_at_end = !appeared_later && start_.kind == KafkaStart::Kind::latest;
  return to_text(KafkaPosition{is_at_end ? bounds->high : bounds->low, {}});
}

Status KafkaSource::add_split(const std::string& split, const Position& position) {
  const auto name = parse_split(split);
  if (!name) return Error{ErrorKind::fatal, fmt::format("{} is no partition's name", split)};
  const auto place = parse_kafka_position(position);
  if (!place)
    return Error{ErrorKind::fatal,
                 fmt::format("partition {}: {} is no position of a Kafka partition", split, position)};
  remove_split(split);
  KafkaSplit added;
  added.watched = std::make_shared<WatchedPartition>();
  added.watched->split = split;
  std::tie(added.watched->topic, added.watched->partition) = *name;
  added.watched->next = place->next;
  added.watched->moved_at = WatchClient::now();
  added.position = position;
  added.next = *place;
  std::int64_t low = 0;
  std::int64_t high = 0;
  WEIR_TRY(check_bounds(added, low, high));
  added.watched->end = high;
  KafkaSplit& kept = splits_.emplace(*name, std::move(added)).first->second;
  if (auto status = begin(kept, low); !status.ok()) {
    splits_.erase(*name);
    return status;
  }
  watch_.add(kept.watched);
  // What comes of other partitions meanwhile is kept for the next polls. Should that become too much, poll()
  // goes on to compare.
  const auto deadline = steady_clock::now() + 2s;
  while (kept.expected && ready_.size() < 8 && steady_clock::now() < deadline) {
    const auto message = client_->poll(20ms);
    if (message == nullptr) continue;
    if (auto status = take(*message); !status.ok()) {
      remove_split(split);
      return status;
    }
  }
  return {};
}

// Fatal where the position lies outside of what the broker has, and stays so while a new leader may still be
// catching up.
Status KafkaSource::check_bounds(const KafkaSplit& split, std::int64_t& low, std::int64_t& high) {
  const auto deadline = steady_clock::now() + election_patience;
  for (;;) {
    WEIR_ASSIGN(const PartitionBounds bounds, bounds_.ask(split.topic(), split.partition(), question_patience));
    low = bounds.low;
    high = bounds.high;
    if (split.next.next < low) return lost_to_retention(split, low);
    if (split.next.next <= high) return {};
    if (steady_clock::now() >= deadline) return ends_before(split, high);
    std::this_thread::sleep_for(200ms);
  }
}

// Reads the last record again, where there is one to compare with.
Status KafkaSource::begin(KafkaSplit& split, std::int64_t low) {
  const KafkaPosition place = split.current();
  split.expected.reset();
  if (place.last && place.last->offset >= low) split.expected = place.last;
  return client_->assign(split.topic(), split.partition(),
                         split.expected ? split.expected->offset : place.next);
}

Status KafkaSource::restart(KafkaSplit& split, std::int64_t low) {
  client_->unassign(split.topic(), split.partition());
  ++split.restarts;
  return begin(split, low);
}

void KafkaSource::remove_split(const std::string& split) {
  const auto name = parse_split(split);
  const auto found = name ? splits_.find(*name) : splits_.end();
  if (found == splits_.end()) return;
  client_->unassign(found->second.topic(), found->second.partition());
  watch_.remove(split);
  if (found->second.chunk) --open_chunks_;
  std::erase_if(ready_, [&](const Ready& ready) { return ready.split == split; });
  if (latest_ == &found->second) latest_ = nullptr;
  splits_.erase(found);
}

Result<Polled> KafkaSource::poll(milliseconds patience) {
  WEIR_TRY(settle_refused());
  const auto deadline = steady_clock::now() + patience;
  while (ready_.empty()) {
    auto message = client_->poll(0ms);
    if (message == nullptr && open_chunks_ > 0) {
      close_all();
      break;
    }
    if (message == nullptr) {
      watch_.reader_is_hungry();
      WEIR_TRY(check_missing());
      const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
      if (left <= 0ms) return Polled{};
      message = client_->poll(std::min(left, next_nap()));
    }
    if (message == nullptr) continue;
    naps_ = 0;
    WEIR_TRY(take(*message));
  }
  keep_fetching();
  Ready next = std::move(ready_.front());
  ready_.pop_front();
  Polled polled;
  polled.chunk = std::move(next.chunk);
  if (next.is_end) polled.at_end.push_back(next.split);
  return polled;
}

KafkaSplit* KafkaSource::find(const rd_kafka_message_t& message) {
  if (message.rkt == nullptr) return nullptr;
  if (latest_ != nullptr && latest_topic_ == message.rkt && latest_->partition() == message.partition)
    return latest_;
  const auto found =
      splits_.find(std::pair{std::string(rd_kafka_topic_name(message.rkt)), message.partition});
  if (found == splits_.end()) return nullptr;
  latest_ = &found->second;
  latest_topic_ = message.rkt;
  return latest_;
}

Status KafkaSource::take(const rd_kafka_message_t& message) {
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) return take_event(message);
  KafkaSplit* split = find(message);
  return split == nullptr ? Status() : take_record(*split, message);
}

Status KafkaSource::take_record(KafkaSplit& split, const rd_kafka_message_t& message) {
  if (split.expected) {
    bool is_old = false;
    WEIR_TRY(verify(split, message, is_old));
    if (is_old) return {};
  }
  if (message.offset < split.next.next) return {};
  if (!split.chunk) open_chunk(split);
  split.chunk->append(message, context_.needs_headers);
  split.restarts = 0;
  split.is_at_end = false;
  if (split.is_in_trouble) {
    split.is_in_trouble = false;
    watch_.report(split.name(), {});
  }
  move_to(split, message.offset + 1);
  if (split.chunk->is_full(context_.chunk_rows, context_.chunk_bytes)) close(split, false);
  return {};
}

// The first record after the start is the last one read before, unless compaction or an aborted transaction
// took it away.
Status KafkaSource::verify(KafkaSplit& split, const rd_kafka_message_t& message, bool& is_old) {
  const RecordPrint stored = *split.expected;
  is_old = message.offset < split.next.next;
  split.expected.reset();
  if (!is_old) return {};
  rd_kafka_timestamp_type_t type;
  const std::string_view key(static_cast<const char*>(message.key), message.key_len);
  const RecordPrint found{message.offset,
                          std::max<std::int64_t>(-1, rd_kafka_message_timestamp(&message, &type)),
                          record_checksum(key, static_cast<const char*>(message.payload), message.len)};
  return found == stored ? Status() : record_changed(split, stored, found);
}

Status KafkaSource::take_event(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR__FATAL) {
    return Error{ErrorKind::fatal, fmt::format("librdkafka gives up: {}", client_->fatal_reason())};
  }
  const std::string reason =
      message.payload == nullptr ? rd_kafka_err2str(message.err) : rd_kafka_message_errstr(&message);
  KafkaSplit* split = find(message);
  if (split == nullptr) {  // mostly of the group's coordinator, which is not needed for reading
    log::debug("librdkafka: {}", reason);
    return {};
  }
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    reach_end(*split, message.offset);
    return {};
  }
  if (message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
    split->is_refused = has_refused_ = true;
    return settle_refused();
  }
  log::warning("partition {}: {}", split->name(), reason);
  if (skips_records(message.err)) {
    // Once may be the network's fault.
    return split->restarts >= 2 ? Status(unreadable_records(*split, message.offset, reason))
                                : restart(*split);
  }
  // Should the topic come again, its records are compared with what was read.
  if (is_missing(message.err)) return restart(*split);
  split->is_in_trouble = true;
  watch_.report(split->name(), reason);
  return {};
}

void KafkaSource::reach_end(KafkaSplit& split, std::int64_t offset) {
  split.expected.reset();
  if (offset > split.next.next) {  // control records and aborted ones lie in between
    if (!split.chunk) open_chunk(split);
    move_to(split, offset);
  }
  split.watched->moved_at = WatchClient::now();
  split.is_at_end = true;
  if (split.end_reported) return;
  split.end_reported = true;
  close(split, true);
}

Status KafkaSource::out_of_range(KafkaSplit& split) {
  std::int64_t low = 0;
  std::int64_t high = 0;
  WEIR_TRY(check_bounds(split, low, high));
  if (split.restarts >= most_restarts) return ends_before(split, high);
  split.is_refused = false;
  return restart(split, low);
}

// A service error leaves the rest for the next time.
Status KafkaSource::settle_refused() {
  if (!has_refused_) return {};
  for (auto& [name, split] : splits_) {
    if (split.is_refused) WEIR_TRY(out_of_range(split));
  }
  has_refused_ = false;
  return {};
}

void KafkaSource::move_to(KafkaSplit& split, std::int64_t next) {
  split.next.next = next;
  split.watched->next.store(next, std::memory_order_relaxed);
}

void KafkaSource::open_chunk(KafkaSplit& split) {
  split.chunk.emplace(split.name(), split.topic(), split.partition(), split.position);
  // Once a chunk: a record takes less than asking the clock.
  split.watched->moved_at.store(WatchClient::now(), std::memory_order_relaxed);
  ++open_chunks_;
}

void KafkaSource::close_all() {
  for (auto& [name, split] : splits_) {
    if (split.chunk) close(split, false);
  }
}

void KafkaSource::close(KafkaSplit& split, bool is_end) {
  Ready ready{split.name(), nullptr, is_end};
  if (split.chunk) {
    ready.chunk = split.close();
    --open_chunks_;
  }
  ready_.push_back(std::move(ready));
}

Status KafkaSource::check_missing() const {
  for (const auto& [name, split] : splits_) {
    const std::int64_t since = split.watched->missing_since;
    if (since == 0 || std::chrono::nanoseconds(WatchClient::now() - since) < missing_patience) continue;
    return Error{ErrorKind::fatal, fmt::format("partition {} was deleted while it was read, at offset {}",
                                               split.name(), split.next.next)};
  }
  return {};
}

// When its queue is full, librdkafka 2.0.2 stops fetching and looks again only after up to a second, however
// fast the queue is drained. A question to the partitions' leaders makes it look at once.
void KafkaSource::keep_fetching() {
  const std::size_t queued = client_->queued();
  most_queued_ = std::max(most_queued_, queued);
  if (queued * 4 > most_queued_ * 3 || most_queued_ < 2) return;
  most_queued_ = queued;
  std::int64_t unread = 0;
  for (const auto& [name, split] : splits_) {
    unread += std::max<std::int64_t>(
        0, client_->seen_high_watermark(split.topic(), split.partition()) - split.next.next);
  }
  if (unread > static_cast<std::int64_t>(queued)) watch_.wake();
}

// How long to wait for a record, or for the news that there is none, where nothing is queued. The fetch that was the last to fill the queue left librdkafka
// asleep: what comes longer than fetches take is asked for, more and more rarely.
milliseconds KafkaSource::next_nap() {
  constexpr milliseconds longest{1'000};
  const bool has_all = std::all_of(splits_.begin(), splits_.end(), [](const auto& entry) { return entry.second.is_at_end; });
  if (has_all) return longest;
  if (naps_ > 0) watch_.wake();
  return std::min(longest, milliseconds(5LL << std::min(naps_++, 8)));
}

}  // namespace

Result<std::unique_ptr<Source>> open_kafka_source(const KafkaOptions& options, const SourceContext& context,
                                                  WatchTimes times) {
  WEIR_ASSIGN(const KafkaProperties properties,
              consumer_properties(options, context.pipeline, context.memory_bytes, context.ends ? 10ms : 100ms));
  WEIR_ASSIGN(auto client, KafkaClient::open(properties));
  std::unique_ptr<GroupClient> group;
  if (options.mirror_offsets) {
    group = std::make_unique<GroupClient>(properties, group_name(options, context.pipeline));
    if (context.ends) group->warm_up();
  }
  return std::unique_ptr<Source>(
      std::make_unique<KafkaSource>(options, context, std::move(client), std::move(group), times));
}

}  // namespace weir
