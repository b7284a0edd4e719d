// key_table.h — a set of 128-bit key hashes: open addressing over a power of two.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/data/hash.h"

namespace weir {

/// The hash itself is the slot. The all-zero hash stands for "empty" and is never stored. Not thread-safe.
class KeyTable {
 public:
  bool contains(const Hash128& key) const {
    if (size_ == 0) return false;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t slot = key.low & mask;; slot = (slot + 1) & mask) {
      if (slots_[slot] == key) return true;
      if (slots_[slot] == Hash128{}) return false;
    }
  }
  void insert(const Hash128& key);
  std::size_t size() const { return size_; }
  std::size_t memory_bytes() const { return slots_.size() * sizeof(Hash128); }
  /// Forgets the keys; keeps the memory unless it is much larger than what was in it.
  void clear();

 private:
  void grow();

  std::vector<Hash128> slots_;
  std::size_t size_ = 0;
};

}  // namespace weir
