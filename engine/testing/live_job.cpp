// live_job.cpp — starts, watches and ends jobs.
#include "engine/testing/live_job.h"

#include <fmt/format.h>

namespace weir {
namespace {

constexpr std::chrono::microseconds between_looks{50};
constexpr std::chrono::seconds patience{60};

}  // namespace

LiveJob::LiveJob(std::shared_ptr<const Plan> plan, const PartsInMemory& parts, const ManualClock& clock, JobOptions options)
    : plan_(std::move(plan)), parts_(parts), clock_(clock), options_(std::move(options)) {}

LiveJob::~LiveJob() {
  if (job_ != nullptr) job_->stop();
  if (thread_.joinable()) thread_.join();
}

Status LiveJob::start() {
  if (job_ != nullptr) return {};
  parts_.script->gate->close();
  WEIR_ASSIGN(job_, Job::create(plan_, options_, clock_));
  has_ended_ = false;
  thread_ = std::thread([this] {
    status_ = job_->run();
    has_ended_ = true;
  });
  return {};
}

Status LiveJob::end(bool is_for_good) {
  is_for_good ? job_->finish() : job_->stop();
  thread_.join();
  job_.reset();
  const std::scoped_lock lock(parts_.database->mutex);
  if (parts_.database->dead.size() == deaths_) return std::move(status_);
  deaths_ = parts_.database->dead.size();
  return Error{ErrorKind::stopped, "the process died"};
}

Status LiveJob::replace() {
  Status ended = end(false);
  if (!ended.ok() && ended.error().kind() != ErrorKind::stopped) return ended;
  if (ended.ok()) return Error{ErrorKind::fatal, "the pipeline ended by itself"};
  return start();
}

Status LiveJob::settle() {
  WEIR_TRY(start());
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!(parts_.script->gate->is_read_out() && job_->is_at_rest()) || has_ended_) {
    if (has_ended_) {
      WEIR_TRY(replace());
      continue;
    }
    if (std::chrono::steady_clock::now() > deadline)
      return Error{ErrorKind::fatal, fmt::format("the pipeline did not come to rest within {} s: {}", patience.count(), job_->status().health)};
    std::this_thread::sleep_for(between_looks);
  }
  return {};
}

Status LiveJob::look_at_clock() {
  WEIR_TRY(settle());
  job_->look_at_clock();
  return settle();
}

Status LiveJob::restart() {
  WEIR_TRY(settle());
  Status ended = end(false);
  if (!ended.ok() && ended.error().kind() != ErrorKind::stopped) return ended;
  return start();
}

Status LiveJob::finish() {
  for (;;) {
    WEIR_TRY(settle());
    Status ended = end(true);
    if (ended.ok() || ended.error().kind() != ErrorKind::stopped) return ended;
  }
}

}  // namespace weir
