// sink_limits.h — how many rows sinks may still be given that show only the first ones of a run.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/plan/plan.h"

namespace weir {

/// Any thread.
class SinkLimits {
 public:
  explicit SinkLimits(const Plan& plan);

  /// How many of `wanted` rows sink `sink` may be given; they count as given from now on.
  std::size_t take(std::size_t sink, std::size_t wanted);
  /// Rows that were taken for an epoch that came to nothing.
  void give_back(std::size_t sink, std::size_t rows);
  /// Whether every sink has a limit, and has reached it: then there is nothing to run for.
  bool are_reached() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::optional<std::size_t>> left_;  // by sink; nothing: no limit. Guarded by mutex_.
};

}  // namespace weir
