// pending_keys.cpp — a key table for each lane.
#include "engine/runtime/pending_keys.h"

namespace weir {

std::vector<RowReference> PendingKeys::register_epoch(std::size_t lane, std::vector<RowReference>& rows) {
  std::vector<RowReference> elsewhere;
  const std::scoped_lock lock(mutex_);
  std::erase_if(rows, [&](const RowReference& row) {
    const Hash128& key = row.rows->rows[row.index].key;
    bool is_pending = false;
    for (std::size_t other = 0; other < keys_.size(); ++other)
      is_pending = is_pending || (other != lane && keys_[other].contains(key));
    if (is_pending)
      elsewhere.push_back(row);
    else
      keys_[lane].insert(key);
    return is_pending;
  });
  return elsewhere;
}

void PendingKeys::forget(std::size_t lane) {
  const std::scoped_lock lock(mutex_);
  keys_[lane].clear();
}

}  // namespace weir
