// job_counters.h — what a job has done so far, for the live line and the summary.
#pragma once

#include <atomic>
#include <mutex>

#include "engine/component/store.h"
#include "engine/runtime/job.h"
#include "engine/runtime/outlets.h"

namespace weir {

/// Any thread.
class JobCounters {
 public:
  explicit JobCounters(const Plan& plan);
  std::atomic<std::int64_t> read{0};
  /// `ledger` without the database's part, which `report` has; `rows`: records of the epoch.
  void add_epoch(const EpochWrite& write, std::span<const OutletWrite> outlets, const EpochReport& report, std::int64_t rows,
                 std::int64_t wall_microseconds);
  void set_state(const StateCounts& counts);
  void fill(JobStatus& status) const;

 private:
  mutable std::mutex mutex_;
  JobStatus totals_;  // Guarded by mutex_.
};

}  // namespace weir
