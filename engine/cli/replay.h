// replay.h — runs rejected rows again through the pipeline as it is now.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/plan/plan.h"

namespace weir {

struct ReplayReport {
  std::int64_t tried = 0, settled = 0, rejected_again = 0;  // rejects
  std::int64_t written = 0, duplicates = 0, filtered = 0;   // rows, over all sinks
};

/// Decodes, evaluates and writes the stored payloads into the sinks that had lost them. Rows that pass now
/// leave the rejects in the transaction that writes them, and the ledger moves them from rejected to where
/// they ended; the others stay. `rejects` may be of several sources and sinks.
Result<ReplayReport> replay(const Plan& plan, Store& store, const std::vector<StoredReject>& rejects);

}  // namespace weir
