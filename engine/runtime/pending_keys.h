// pending_keys.h — which keys of a table other lanes are about to commit.
#pragma once

#include <mutex>
#include <vector>

#include "engine/component/store.h"
#include "engine/runtime/key_table.h"

namespace weir {

/// One per table, shared by the lanes. A row whose key is on its way in another lane's transaction would make
/// a plain COPY of its epoch fail; it is written apart from the others, where the database waits for that
/// transaction and then decides.
///
/// A lane only ever waits for epochs that were registered before its own, so lanes of one process cannot wait
/// for each other in a circle.
class PendingKeys {
 public:
  explicit PendingKeys(std::size_t lanes) : keys_(lanes) {}
  /// Takes the rows whose key another lane has pending out of `rows` (keeping the order of both) and
  /// registers the rest. Any thread.
  std::vector<RowReference> register_epoch(std::size_t lane, std::vector<RowReference>& rows);
  /// The epoch is committed (and its keys are among the seen ones) or given up.
  void forget(std::size_t lane);

 private:
  std::mutex mutex_;
  std::vector<KeyTable> keys_;  // Guarded by mutex_. One per lane.
};

}  // namespace weir
