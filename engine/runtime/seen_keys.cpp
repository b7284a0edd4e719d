// seen_keys.cpp — two generations of key tables.
#include "engine/runtime/seen_keys.h"

#include <mutex>
#include <utility>

namespace weir {

std::size_t SeenKeys::keep_unknown(std::vector<EncodedRow>& rows) const {
  const std::shared_lock lock(mutex_);
  std::erase_if(rows, [&](const EncodedRow& row) { return knows(row.key); });
  return rows.size();
}

std::size_t SeenKeys::keep_unknown(std::vector<RowReference>& rows) const {
  const std::shared_lock lock(mutex_);
  std::erase_if(rows, [&](const RowReference& row) { return knows(row.rows->rows[row.index].key); });
  return rows.size();
}

void SeenKeys::add(std::span<const Hash128> keys) {
  const std::unique_lock lock(mutex_);
  for (const Hash128& key : keys) {
    if (young_.size() >= limit_) {
      old_ = std::move(young_);
      young_ = KeyTable{};
    }
    young_.insert(key);
  }
}

std::size_t SeenKeys::memory_bytes() const {
  const std::shared_lock lock(mutex_);
  return young_.memory_bytes() + old_.memory_bytes();
}

}  // namespace weir
