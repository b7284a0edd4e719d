// generate.h — makes events for demos, tests and benchmarks; `weir generate NAME` writes them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

struct EventOptions {
  std::uint64_t count = 0;  // events in all, duplicates and bad rows included; 0: no end
  std::uint64_t seed = 1;
  double duplicates = 0;  // share (0..1) of events that repeat one of those before, byte for byte
  std::uint32_t bad_per_million = 0;  // events that are wrong, in every way in turn; one in a round number
  std::int64_t start_seconds = 1730419200;  // 2024-11-01 00:00:00 UTC: where the events' time begins
  std::int64_t step_nanoseconds = 0;        // between two events; 0: the generator's own pace
  // Of generators with late events: shares (0..1) of those up to late_by_seconds late, and of those 61 to 120
  // minutes late. Their time is that much before the time at which they come.
  double late = 0.295, too_late = 0.005;
  std::int64_t late_by_seconds = 55 * 60;
  std::string table;  // of generators with several tables: one of the spec's; empty: the first
};

/// Events one after the other. No event holds a line feed, so that a file of lines holds the same events.
class EventBatch {
 public:
  std::size_t size() const { return ends_.size(); }
  std::string_view event(std::size_t index) const {
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(bytes_).substr(begin, ends_[index] - begin);
  }
  void clear() {
    bytes_.clear();
    ends_.clear();
  }
  /// For generators: append an event to bytes(), then end it.
  std::string& bytes() { return bytes_; }
  void end_event() { ends_.push_back(bytes_.size()); }

 private:
  std::string bytes_;
  std::vector<std::size_t> ends_;
};

/// Deterministic: the same options give the same events, however they are batched. One thread.
class EventGenerator {
 public:
  virtual ~EventGenerator() = default;
  /// Puts the next events, at most `limit`, into `batch` instead of what it held. An empty batch: all events
  /// have been made.
  virtual void next(std::size_t limit, EventBatch& batch) = 0;
};

struct GeneratorSpec {
  std::string name;
  std::string summary;
  bool has_late_events = false;
  std::function<std::unique_ptr<EventGenerator>(const EventOptions&)> make;
  bool has_bad_events = true;
  std::vector<std::string> tables = {};  // the default first; empty: there is but one kind of event
};

/// The list of generators, product_view first.
std::vector<GeneratorSpec> event_generators();

}  // namespace weir
