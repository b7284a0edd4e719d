// seen_keys.h — remembers keys that are known to be in a table, so that their rows need not be sent again.
#pragma once

#include <cstdint>
#include <shared_mutex>
#include <span>
#include <vector>

#include "engine/component/store.h"
#include "engine/data/hash.h"

namespace weir {

/// A set of 128-bit key hashes, bounded: two generations, the older one is forgotten when the younger is
/// full. Only keys of committed rows may be added. A key it knows is in the table; of a key it does not know
/// nothing is said (the database decides).
class SeenKeys {
 public:
  /// `limit`: keys per generation.
  explicit SeenKeys(std::size_t limit);

  /// Moves the rows with unknown keys to the front, in order, and returns how many there are. Any thread.
  std::size_t keep_unknown(std::vector<EncodedRow>& rows) const;
  /// Any thread; takes the lock once.
  void add(std::span<const Hash128> keys);
  std::size_t memory_bytes() const;

 private:
  /// Open addressing over a power of two; the hash itself is the slot. The all-zero hash stands for "empty"
  /// (and is never stored).
  struct Table {
    std::vector<Hash128> slots;
    std::size_t size = 0;
    bool contains(const Hash128& key) const;
    void insert(const Hash128& key);
    void grow();
  };

  std::size_t limit_;
  mutable std::shared_mutex mutex_;
  Table young_;  // Guarded by mutex_.
  Table old_;    // Guarded by mutex_.
};

}  // namespace weir
