// seen_keys.h — remembers keys that are known to be in a table, so that their rows need not be sent again.
#pragma once

#include <shared_mutex>
#include <span>
#include <vector>

#include "engine/component/store.h"
#include "engine/runtime/key_table.h"

namespace weir {

/// A set of key hashes, bounded: two generations, the older one is forgotten when the younger is full. Only
/// keys of committed rows may be added. A key it knows is in the table; of a key it does not know nothing is
/// said (the database decides).
class SeenKeys {
 public:
  /// `limit`: keys per generation.
  explicit SeenKeys(std::size_t limit) : limit_(limit) {}

  /// Moves the rows with unknown keys to the front, in order, drops the others, and returns how many are
  /// left. Any thread.
  std::size_t keep_unknown(std::vector<EncodedRow>& rows) const;
  /// The same for references to rows. Any thread.
  std::size_t keep_unknown(std::vector<RowReference>& rows) const;
  /// Any thread; takes the lock once.
  void add(std::span<const Hash128> keys);
  std::size_t memory_bytes() const;

 private:
  bool knows(const Hash128& key) const {
    return young_.contains(key) || old_.contains(key);
  }  // Requires mutex_.

  const std::size_t limit_;
  mutable std::shared_mutex mutex_;
  KeyTable young_;  // Guarded by mutex_.
  KeyTable old_;    // Guarded by mutex_.
};

}  // namespace weir
