// run_job.cpp — runs a plan to its end with progress on stderr: what `weir run` and `weir demo` share.
#include "engine/cli/run_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/base/counters.h"
#include "engine/base/log.h"
#include "engine/cli/command.h"
#include "engine/cli/pipeline_file.h"
#include "engine/cli/progress.h"
#include "engine/cli/terminal.h"

namespace weir {
namespace {

constexpr std::chrono::milliseconds first_pause{250};
constexpr std::chrono::milliseconds longest_pause{10'000};

// A broker or a database may come up later than the pipeline. Null: stopped while waiting.
Result<std::unique_ptr<Job>> create_patiently(const std::shared_ptr<const Plan>& plan,
                                              const JobOptions& options, StopSignals& signals) {
  for (std::chrono::milliseconds pause = first_pause;; pause = std::min(pause * 2, longest_pause)) {
    auto job = Job::create(plan, options);
    if (job.ok() || job.error().kind() != ErrorKind::service) return job;
    log::warning("waiting for a service: {}; trying again in {:.1f} s", job.error().message(),
                 static_cast<double>(pause.count()) / 1000);
    if (!signals.sleep(pause)) return std::unique_ptr<Job>();
  }
}

// Rows would be drawn into a live line.
bool shows_rows_on_terminal(const Plan& plan) {
  return is_terminal(stdout) && std::any_of(plan.sinks.begin(), plan.sinks.end(), [](const SinkNode& sink) {
           return sink.outlet != nullptr && sink.outlet->writes_to_stdout();
         });
}

}  // namespace

int run_job(const std::shared_ptr<const Plan>& plan, const JobOptions& options, StopSignals& signals,
            const MakeCompanion& make_companion) {
  auto created = create_patiently(plan, options, signals);
  if (!created.ok()) return report(created.error());
  const std::unique_ptr<Job> job = std::move(created).value();
  if (job == nullptr) return exit_done;
  std::shared_ptr<void> companion;
  if (make_companion) {
    auto made = make_companion(*job);
    if (!made.ok()) return report(made.error());
    companion = std::move(made).value();
  }

  const Clock& clock = system_clock();
  const auto start = clock.steady();
  log::info("pipeline {} runs", plan->name);
  signals.on_stop([&job] { job->stop(); });
  Status status;
  {
    const Progress progress(*job, clock, !shows_rows_on_terminal(*plan));
    status = job->run();
  }
  signals.on_stop(nullptr);
  companion.reset();
  const double seconds = std::chrono::duration<double>(clock.steady() - start).count();
  fmt::print(stderr, "{}", summary(job->status(), seconds, memory_use().peak));
  for (const auto& [name, count] : counters_above_zero()) fmt::print(stderr, "{}: {}\n", name, grouped(count));
  return status.ok() ? exit_done : report(status.error());
}

}  // namespace weir
