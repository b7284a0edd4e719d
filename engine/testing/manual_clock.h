// manual_clock.h — a clock that stands still until it is moved.
#pragma once

#include <atomic>

#include "engine/base/clock.h"
#include "engine/base/duration.h"

namespace weir {

/// Any thread.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(std::int64_t wall_microseconds) : wall_(wall_microseconds) {}

  std::int64_t wall_microseconds() const override { return wall_; }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(std::chrono::hours(1)) + std::chrono::microseconds(passed_);
  }
  void advance(Duration by) {
    passed_ += by.count();
    wall_ += by.count();
  }

 private:
  std::atomic<std::int64_t> wall_;
  std::atomic<std::int64_t> passed_ = 0;
};

}  // namespace weir
