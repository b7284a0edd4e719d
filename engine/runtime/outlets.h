// outlets.h — gives the rows of committed epochs to the sinks that are no tables.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "engine/base/clock.h"
#include "engine/plan/plan.h"
#include "engine/runtime/job_control.h"

namespace weir {

/// Rows of an epoch for an outlet: the assembler gathers them beside those of tables, the lane gives them away after the commit.
struct OutletWrite {
  std::size_t sink;  // index into Plan::sinks
  std::vector<RowReference> rows;
};

/// Of the sink's outlet, or of the store that has its table.
std::unique_ptr<RowEncoder> encoder_for(const SinkNode& sink, const Store& store);

/// The open outlets of a job. Any thread; one of them writes at a time, so that the output of two epochs is not mixed.
class Outlets {
 public:
  /// The plan must outlive them.
  static Result<std::unique_ptr<Outlets>> open(const Plan& plan);

  Status write(const OutletWrite& rows);
  /// Tries again and again where an outlet is not there for now, telling `control`'s health; gives up when the job breaks off, or when it
  /// drains and has waited long enough.
  Status write_patiently(std::span<const OutletWrite> writes, JobControl& control, const Clock& clock, std::chrono::milliseconds first_pause);

 private:
  explicit Outlets(const Plan& plan) : plan_(plan), outlets_(plan.sinks.size()) {}

  const Plan& plan_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Outlet>> outlets_;  // by sink; null for tables. Guarded by mutex_.
};

}  // namespace weir
