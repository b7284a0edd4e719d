// credit.h — bounds the bytes of chunks in flight: the source waits while too much is under way.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace weir {

/// Any thread. Taking never fails once something is free, so that one chunk larger than the limit still
/// passes.
class Credit {
 public:
  explicit Credit(std::size_t limit) : limit_(limit) {}

  /// Waits until less than the limit is taken; false when `patience` is over first.
  bool wait_for_room(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return room_.wait_for(lock, patience, [&] { return taken_ < limit_; });
  }
  void take(std::size_t bytes) {
    const std::scoped_lock lock(mutex_);
    taken_ += bytes;
  }
  void give_back(std::size_t bytes) {
    {
      const std::scoped_lock lock(mutex_);
      taken_ -= bytes;
    }
    room_.notify_all();
  }
  /// Whoever waits for more should not: soon there is no room for it.
  bool is_mostly_taken() const { return taken() * 10 >= limit_ * 7; }
  std::size_t taken() const {
    const std::scoped_lock lock(mutex_);
    return taken_;
  }

 private:
  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable room_;
  std::size_t taken_ = 0;  // Guarded by mutex_.
};

}  // namespace weir
