// nexmark_source.cpp — the source `type: nexmark`: a table of the benchmark, dealt out to splits record by record.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstring>
#include <limits>
#include <optional>
#include <thread>

#include "connectors/generate/nexmark.h"
#include "connectors/generate/nexmark_events.h"
#include "engine/data/calendar.h"
#include "engine/data/hash.h"

namespace weir {
namespace {

constexpr std::int64_t most_events = std::int64_t{1} << 50;
constexpr std::int64_t longest_span_seconds = std::int64_t{100} * 365 * 86'400;
constexpr std::int64_t earliest_base = 365 * microseconds_per_day;    // 1971
constexpr std::int64_t latest_base = 84'006 * microseconds_per_day;  // 2200
constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;

struct SourceOptions {
  std::string table = "all";
  std::int64_t events = 0;
  std::int64_t first_event_rate = 10'000;
  std::int64_t seed = 1;
  std::int64_t splits = 1;
  NexmarkOptions of_events;
  Duration out_of_order_by = std::chrono::seconds(3);
};

void set_base_time(SourceOptions& options, const Config& value, Diagnostics& diagnostics) {
  const auto text = option_parsing::text(value, OptionDoc{}, diagnostics);
  if (!text) return;
  const auto time = parse_timestamp(*text);
  if (time && *time >= earliest_base && *time <= latest_base) {
    options.of_events.base_milliseconds = *time / 1000;
  } else {
    diagnostics.error(Error{ErrorKind::user, fmt::format("base_time: {} is no time from 1971 to 2200", *text), value.where}.as("W0702")
                          .with_hint("write it as 2024-11-01T00:00:00Z"));
  }
}

void set_out_of_order(SourceOptions& options, const Config& value, Diagnostics& diagnostics) {
  const auto text = option_parsing::text(value, OptionDoc{}, diagnostics);
  if (!text) return;
  double number = 0;
  const char* const last = text->data() + text->size();
  const auto [end, error] = std::from_chars(text->data(), last, number);
  const bool is_percent = last - end == 1 && *end == '%';
  const double share = is_percent ? number / 100 : number;
  if (error == std::errc{} && (is_percent || end == last) && share >= 0 && share <= 1) {
    options.of_events.out_of_order = share;
  } else {
    diagnostics.error(
        Error{ErrorKind::user, fmt::format("out_of_order: {} is no share of the events", *text), value.where}.as("W0702").with_hint(
            "write it as 1%"));
  }
}

OptionTable<SourceOptions> make_table() {
  OptionTable<SourceOptions> table;
  table.choice("table", &SourceOptions::table, {"all", "person", "auction", "bid"},
               "What the records are; all: objects with event_type 0, 1 or 2 and the struct person, auction or bid");
  table.integer("events", &SourceOptions::events, 0, most_events,
                "How many events there are, of all three kinds (1 in 50 is a person, 3 are auctions, 46 are bids); 0: without end");
  table.integer("first_event_rate", &SourceOptions::first_event_rate, 1, nanoseconds_per_second,
                "Events per second of event time; they are made as fast as they are taken");
  table.integer("seed", &SourceOptions::seed, 0, std::numeric_limits<std::int64_t>::max(),
                "The same seed makes the same events, whichever table is read");
  table.custom({"base_time", "timestamp", "2024-11-01T00:00:00Z", "Event time of the first event"}, set_base_time);
  table.integer("splits", &SourceOptions::splits, 1, 1024, "Splits to read side by side; record n belongs to split n % splits");
  table.custom({"out_of_order", "share", "0%", "Share of the events whose time is earlier than when they come"},
               set_out_of_order);
  table.duration("out_of_order_by", &SourceOptions::out_of_order_by, "How much earlier at most, 1 ms to 1 day");
  return table;
}

const OptionTable<SourceOptions>& option_table() {
  static const OptionTable<SourceOptions> table = make_table();
  return table;
}

Location place_of(const Config& config, const std::string& name) {
  const Config* value = config.find(name);
  return value == nullptr ? config.where : value->where;
}

/// What makes the records what they are and deals them out. The number of events is not part of it: more can be asked for later.
std::string print_of(const NexmarkOptions& options, std::uint64_t splits) {
  const std::string text =
      fmt::format("{} {} {} {} {} {} {}", name_of(options.table), options.seed, options.base_milliseconds,
                  options.step_nanoseconds, options.out_of_order, options.out_of_order_milliseconds, splits);
  return fmt::format("{:016x}", hash_bytes(text).low);
}

class NexmarkSource final : public Source {
 public:
  NexmarkSource(const NexmarkOptions& options, std::uint64_t splits, const SourceContext& context)
      : table_(name_of(options.table)),
        events_(options),
        print_(print_of(options, splits)),
        chunk_rows_(context.chunk_rows),
        chunk_bytes_(context.chunk_bytes),
        splits_(splits) {}

  Result<std::vector<std::string>> list_splits() override {
    std::vector<std::string> names;
    for (std::size_t index = 0; index < splits_.size(); ++index) names.push_back(name_of_split(index));
    return names;
  }

  Result<Position> start_position(const std::string& split, bool) override {
    const auto index = index_of(split);
    if (!index) return unknown_split(split);
    return position_at(*index);
  }

  Status add_split(const std::string& split, const Position& position) override {
    const auto index = index_of(split);
    if (!index) return unknown_split(split);
    WEIR_ASSIGN(const std::uint64_t next, parse_position(split, position));
    if (next % splits_.size() != *index || next > events_.size() + splits_.size() - 1) {
      return Error{ErrorKind::fatal, fmt::format("split {}: position {} is not among its {} records", split, next,
                                                 count_from(*index))}
          .with_hint("events was larger when it was written; put it back, or weir reset");
    }
    splits_[*index].next = next;
    splits_[*index].has_told_end = false;
    return {};
  }

  void remove_split(const std::string& split) override {
    if (const auto index = index_of(split)) splits_[*index].next = not_read;
  }

  Result<Polled> poll(std::chrono::milliseconds patience) override {
    Polled polled;
    const auto behind = std::min_element(splits_.begin(), splits_.end(),
                                         [](const Split& one, const Split& other) { return one.next < other.next; });
    if (behind->next < events_.size()) polled.chunk = read(static_cast<std::size_t>(behind - splits_.begin()));
    for (std::size_t index = 0; index < splits_.size(); ++index) {
      Split& split = splits_[index];
      if (split.has_told_end || split.next == not_read || split.next < events_.size()) continue;
      polled.at_end.push_back(name_of_split(index));
      split.has_told_end = true;
    }
    // There will never be more: the caller wants to do something else meanwhile.
    if (polled.chunk == nullptr && polled.at_end.empty()) std::this_thread::sleep_for(patience);
    return polled;
  }

  void committed(const std::string&, const Position&) override {}

  std::vector<SplitLag> lag() const override {
    std::vector<SplitLag> lags;
    for (std::size_t index = 0; index < splits_.size(); ++index) {
      const std::uint64_t next = splits_[index].next;
      if (next == not_read) continue;
      const bool is_endless = events_.size() == NexmarkEvents::no_end;
      lags.push_back({name_of_split(index), is_endless ? -1 : static_cast<std::int64_t>(count_from(next))});
    }
    return lags;
  }

  std::string health() const override { return {}; }

 private:
  static constexpr std::uint64_t not_read = std::numeric_limits<std::uint64_t>::max();
  struct Split {
    std::atomic<std::uint64_t> next{not_read};  // lag() looks at it from other threads
    bool has_told_end = false;
  };

  std::string name_of_split(std::size_t index) const { return fmt::format("{}/{}", table_, index); }

  std::optional<std::size_t> index_of(std::string_view split) const {
    if (!split.starts_with(table_) || split.size() <= table_.size() + 1 || split[table_.size()] != '/') return std::nullopt;
    std::size_t index = 0;
    const char* const last = split.data() + split.size();
    const auto [end, error] = std::from_chars(split.data() + table_.size() + 1, last, index);
    if (error != std::errc{} || end != last || index >= splits_.size()) return std::nullopt;
    return index;
  }

  Error unknown_split(const std::string& split) const {
    return Error{ErrorKind::fatal, fmt::format("{} is no split: there are {}/0 to {}/{}", split, table_, table_, splits_.size() - 1)};
  }

  std::uint64_t count_from(std::uint64_t next) const {
    return next >= events_.size() ? 0 : (events_.size() - next + splits_.size() - 1) / splits_.size();
  }

  Position position_at(std::uint64_t next) const { return fmt::format("{} {}", next, print_); }

  Result<std::uint64_t> parse_position(const std::string& split, const Position& position) const {
    std::uint64_t next = 0;
    const char* const last = position.data() + position.size();
    const auto [end, error] = std::from_chars(position.data(), last, next);
    if (error != std::errc{} || end == last || *end != ' ')
      return Error{ErrorKind::fatal, fmt::format("split {}: {} is no position of a Nexmark split", split, position)};
    if (std::string_view(end + 1, last) != print_) {
      return Error{ErrorKind::fatal,
                   fmt::format("split {}: what was read up to record {} was made with other options", split, next)}
          .with_hint("put table, first_event_rate, seed, base_time, splits and out_of_order back, or weir reset");
    }
    return next;
  }

  std::unique_ptr<RawChunk> read(std::size_t index) {
    std::uint64_t next = splits_[index].next;
    auto chunk = std::make_unique<RawChunk>();
    chunk->split = name_of_split(index);
    chunk->topic = table_;
    chunk->partition = static_cast<std::int32_t>(index);
    chunk->from = position_at(next);
    chunk->records.reserve(chunk_rows_);
    for (; next < events_.size() && chunk->records.size() < chunk_rows_ && chunk->value_bytes < chunk_bytes_;
         next += splits_.size()) {
      append(next, *chunk);
    }
    chunk->to = position_at(next);
    splits_[index].next = next;
    return chunk;
  }

  void append(std::uint64_t number, RawChunk& chunk) {
    text_.clear();
    events_.write(number, text_);
    char* const bytes = static_cast<char*>(chunk.arena.allocate(text_.size(), 1));
    std::memcpy(bytes, text_.data(), text_.size());
    Record record;
    record.value = bytes;
    record.value_size = static_cast<std::uint32_t>(text_.size());
    record.value_block = static_cast<std::uint32_t>(chunk.arena.current_block());
    record.offset = static_cast<std::int64_t>(number);
    record.timestamp = events_.arrival_of(number);
    chunk.value_bytes += text_.size();
    chunk.records.push_back(record);
  }

  const std::string table_;
  const NexmarkEvents events_;
  const std::string print_;
  const std::size_t chunk_rows_, chunk_bytes_;
  std::vector<Split> splits_;
  std::string text_;
};

class NexmarkDefinition final : public SourceDefinition {
 public:
  NexmarkDefinition(const NexmarkOptions& options, std::uint64_t splits) : options_(options), splits_(splits) {}

  Result<std::unique_ptr<Source>> open(const SourceContext& context) const override {
    return std::unique_ptr<Source>(std::make_unique<NexmarkSource>(options_, splits_, context));
  }
  Status check_connect(std::chrono::milliseconds) const override { return {}; }
  std::string describe() const override {
    const std::string events = options_.events == 0 ? "without end" : fmt::format("of {} events", options_.events);
    return fmt::format("nexmark table {} {}, seed {}", name_of(options_.table), events, options_.seed);
  }
  std::string fingerprint() const override { return fmt::format("nexmark {}", name_of(options_.table)); }

 private:
  const NexmarkOptions options_;
  const std::uint64_t splits_;
};

std::shared_ptr<const SourceDefinition> parse(const Config& config, Diagnostics& diagnostics) {
  const std::size_t errors = diagnostics.errors().size();
  SourceOptions options = option_table().parse(config, diagnostics);
  NexmarkOptions& events = options.of_events;
  events.table = nexmark_table(options.table);
  events.events = static_cast<std::uint64_t>(options.events);
  events.seed = static_cast<std::uint64_t>(options.seed);
  events.step_nanoseconds = nanoseconds_per_second / options.first_event_rate;
  events.out_of_order_milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(options.out_of_order_by).count();
  if (events.out_of_order_milliseconds < 1 || events.out_of_order_milliseconds > 86'400'000) {
    diagnostics.error(Error{ErrorKind::user, "out_of_order_by is a time from 1 ms to 1 day", place_of(config, "out_of_order_by")}.as("W0702"));
  }
  if (options.events / options.first_event_rate > longest_span_seconds) {
    diagnostics.error(Error{ErrorKind::user, "the events take more than 100 years of event time", place_of(config, "events")}.as("W0704")
                          .with_hint("a larger first_event_rate makes them come faster"));
  }
  if (diagnostics.errors().size() != errors) return nullptr;
  return std::make_shared<const NexmarkDefinition>(events, static_cast<std::uint64_t>(options.splits));
}

}  // namespace

SourceSpec nexmark_source() {
  SourceSpec spec;
  spec.name = "nexmark";
  spec.summary = "People, auctions and bids of the Nexmark benchmark, made here by the published generator's distributions";
  spec.options = option_table().docs();
  spec.metadata = {{"partition", int32_type, false, "Number of the split"},
                   {"offset", int64_type, false, "Number of the record in its table"},
                   {"timestamp", timestamp_type, false, "Event time at which it comes"}};
  spec.parse = parse;
  return spec;
}

}  // namespace weir
