// table_keys.h — what the engine knows of the keys of one table.
#pragma once

#include <memory>
#include <vector>

#include "engine/runtime/pending_keys.h"
#include "engine/runtime/seen_keys.h"

namespace weir {

/// Both null for a table where a known key is no reason to leave a row out (updates, tables without a key).
struct TableKeys {
  std::unique_ptr<SeenKeys> seen;
  std::unique_ptr<PendingKeys> pending;
};

/// One entry per sink of the plan.
using AllTableKeys = std::vector<TableKeys>;

}  // namespace weir
