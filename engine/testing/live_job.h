// live_job.h — a job that runs on a thread of its own while somebody shows it records and moves its clock.
#pragma once

#include <memory>
#include <optional>
#include <thread>

#include "engine/runtime/job.h"
#include "engine/testing/manual_clock.h"
#include "engine/testing/plan_in_memory.h"

namespace weir {

/// One thread. A process that dies, as the database has it, is followed by another.
class LiveJob {
 public:
  /// References must outlive it. `plan` was made of `parts`.
  LiveJob(std::shared_ptr<const Plan> plan, const PartsInMemory& parts, const ManualClock& clock, JobOptions options);
  ~LiveJob();

  /// Waits until all that is shown is committed and what is due is written.
  Status settle();
  /// The same, after the clock was moved or a split has ended.
  Status look_at_clock();
  /// Ends and begins again.
  Status restart();
  /// Ends for good: what waits for its time is written.
  Status finish();

 private:
  Status start();
  Status end(bool is_for_good);
  /// Why the job ended by itself; good where the process died and another has taken its place.
  Status replace();

  const std::shared_ptr<const Plan> plan_;
  const PartsInMemory& parts_;
  const ManualClock& clock_;
  const JobOptions options_;
  std::size_t deaths_ = 0;
  std::unique_ptr<Job> job_;
  std::thread thread_;
  std::atomic<bool> has_ended_ = false;
  Status status_;  // of the job that ended
};

}  // namespace weir
