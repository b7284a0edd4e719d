// counters.h — process-wide counts of what is worth a line at the end of a run but is no error: geo lookups
// that found nothing, ...
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// Any thread. Relaxed: a reader sees a count of a moment ago.
class Counter {
 public:
  void add(std::uint64_t count) { value_.fetch_add(count, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

/// The counter of this name, made when it is first asked for; it lives as long as the program. Takes a lock:
/// ask once, not per row.
Counter& counter(std::string_view name);

/// Name and value of every counter that is not zero, by name.
std::vector<std::pair<std::string, std::uint64_t>> counters_above_zero();

}  // namespace weir
