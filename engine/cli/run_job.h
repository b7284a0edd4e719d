// run_job.h — runs a plan to its end with progress on stderr: what `weir run` and `weir demo` share.
#pragma once

#include <functional>
#include <memory>

#include "engine/cli/stop_signals.h"
#include "engine/runtime/job.h"

namespace weir {

/// Starts something that lives beside a job: it is made before the job runs and goes when it has ended.
using MakeCompanion = std::function<Result<std::shared_ptr<void>>(Job& job)>;

/// Waits for services that are not there yet, runs the job until it ends or `signals` say stop, prints the
/// summary. Gives the exit code.
int run_job(const std::shared_ptr<const Plan>& plan, const JobOptions& options, StopSignals& signals,
            const MakeCompanion& make_companion = {});

}  // namespace weir
