// time_buckets.h — spreads the rows of one key over stretches of time, so that who looks for those of a short time need not pass all of them.
#pragma once

#include <cstdint>

#include "engine/base/window_time.h"
#include "engine/data/hash.h"

namespace weir {

/// Immutable. Without a size there is one bucket, of all times.
class TimeBuckets {
 public:
  TimeBuckets() = default;
  /// `size`: microseconds, more than 0.
  explicit TimeBuckets(std::int64_t size) : size_(size) {}

  /// The number of the bucket that `time` lies in; those of later times have higher ones.
  std::int64_t of(std::int64_t time) const { return size_ == 0 ? 0 : floor_to(time, size_) / size_; }
  /// What rows of a key in a bucket are found by. Of that and the bucket it gives the key again.
  Hash128 place(const Hash128& key, std::int64_t bucket) const {
    if (size_ == 0) return key;
    return {key.low ^ mixed(static_cast<std::uint64_t>(bucket)), key.high ^ mixed(~static_cast<std::uint64_t>(bucket))};
  }

 private:
  static std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
  }

  std::int64_t size_ = 0;
};

}  // namespace weir
