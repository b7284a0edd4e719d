// key_filter.h — a set of hashes that may say yes wrongly, never no: a Bloom filter whose bits of a key lie in one line of the cache.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/base/prefetch.h"
#include "engine/data/decimal.h"

namespace weir {

/// 12 bits a key: about one wrong yes in 200.
class KeyFilter {
 public:
  explicit KeyFilter(std::size_t keys) : lines_(keys * bits_a_key / (line_words * 64) + 1) {}

  void add(std::uint64_t hash) {
    Line& line = lines_[line_of(hash)];
    for_each_bit(hash, [&](std::size_t bit) {
      line[bit / 64] |= std::uint64_t{1} << (bit % 64);
      return true;
    });
  }
  bool may_have(std::uint64_t hash) const {
    const Line& line = lines_[line_of(hash)];
    return for_each_bit(hash, [&](std::size_t bit) { return (line[bit / 64] >> (bit % 64) & 1) != 0; });
  }
  void prefetch(std::uint64_t hash) const { weir::prefetch(&lines_[line_of(hash)]); }
  std::size_t memory_bytes() const { return lines_.capacity() * sizeof(Line); }

 private:
  static constexpr std::size_t bits_a_key = 12;
  static constexpr std::size_t line_words = 8;
  static constexpr int bits_of_key = 6;
  using Line = std::array<std::uint64_t, line_words>;

  std::size_t line_of(std::uint64_t hash) const {
    return static_cast<std::size_t>((static_cast<UInt128>(hash) * lines_.size()) >> 64);
  }
  /// Until `take` says no; whether it never did. Bits come from another mix of the hash than the line.
  template <typename Take>
  static bool for_each_bit(std::uint64_t hash, const Take& take) {
    std::uint64_t mixed = (hash ^ (hash >> 31)) * 0x9e3779b97f4a7c15u;
    mixed ^= mixed >> 29;
    for (int i = 0; i < bits_of_key; ++i, mixed >>= 9) {
      if (!take(static_cast<std::size_t>(mixed & 511))) return false;
    }
    return true;
  }

  std::vector<Line> lines_;
};

}  // namespace weir
