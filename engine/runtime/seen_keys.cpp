// seen_keys.cpp — two open-addressing tables of hashes.
#include "engine/runtime/seen_keys.h"

#include <mutex>

namespace weir {

bool SeenKeys::Table::contains(const Hash128& key) const {
  if (size == 0) return false;
  const std::size_t mask = slots.size() - 1;
  for (std::size_t slot = key.low & mask;; slot = (slot + 1) & mask) {
    if (slots[slot] == key) return true;
    if (slots[slot] == Hash128{}) return false;
  }
}

void SeenKeys::Table::insert(const Hash128& key) {
  if (key == Hash128{}) return;
  if ((size + 1) * 4 > slots.size() * 3) grow();
  const std::size_t mask = slots.size() - 1;
  std::size_t slot = key.low & mask;
  while (!(slots[slot] == Hash128{})) {
    if (slots[slot] == key) return;
    slot = (slot + 1) & mask;
  }
  slots[slot] = key;
  ++size;
}

void SeenKeys::Table::grow() {
  std::vector<Hash128> before = std::move(slots);
  slots.assign(before.empty() ? 1024 : before.size() * 2, Hash128{});
  size = 0;
  for (const Hash128& key : before) insert(key);
}

SeenKeys::SeenKeys(std::size_t limit) : limit_(limit) {}

std::size_t SeenKeys::keep_unknown(std::vector<EncodedRow>& rows) const {
  const std::shared_lock lock(mutex_);
  std::size_t kept = 0;
  for (const EncodedRow& row : rows) {
    if (young_.contains(row.key) || old_.contains(row.key)) continue;
    rows[kept++] = row;
  }
  rows.resize(kept);
  return kept;
}

void SeenKeys::add(std::span<const Hash128> keys) {
  const std::unique_lock lock(mutex_);
  for (const Hash128& key : keys) {
    if (young_.size >= limit_) {
      old_ = std::move(young_);
      young_ = Table{};
    }
    young_.insert(key);
  }
}

std::size_t SeenKeys::memory_bytes() const {
  const std::shared_lock lock(mutex_);
  return (young_.slots.size() + old_.slots.size()) * sizeof(Hash128);
}

}  // namespace weir
