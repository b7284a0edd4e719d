// key_table.cpp — inserts, grows at three quarters full.
#include "engine/runtime/key_table.h"

#include <algorithm>

namespace weir {

void KeyTable::insert(const Hash128& key) {
  if (key == Hash128{}) return;
  if ((size_ + 1) * 4 > slots_.size() * 3) grow();
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = key.low & mask;
  while (!(slots_[slot] == Hash128{})) {
    if (slots_[slot] == key) return;
    slot = (slot + 1) & mask;
  }
  slots_[slot] = key;
  ++size_;
}

void KeyTable::grow() {
  std::vector<Hash128> before = std::move(slots_);
  slots_.assign(before.empty() ? 1024 : before.size() * 2, Hash128{});
  size_ = 0;
  for (const Hash128& key : before) insert(key);
}

void KeyTable::clear() {
  if (size_ * 8 < slots_.size()) slots_ = {};
  std::fill(slots_.begin(), slots_.end(), Hash128{});
  size_ = 0;
}

}  // namespace weir
