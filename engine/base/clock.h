// clock.h — wall time and steady time behind one interface, so that tests control both.
#pragma once

#include <chrono>
#include <cstdint>

namespace weir {

/// Called by any thread. Wall time is for people and for rows; every time-out uses steady time.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t wall_microseconds() const = 0;  // since 1970-01-01 00:00:00 UTC
  virtual std::chrono::steady_clock::time_point steady() const = 0;
};

/// The machine's clock. Lives for the whole program.
const Clock& system_clock();

}  // namespace weir
