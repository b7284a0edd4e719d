// source_loop.cpp — polls while there is credit.
#include "engine/runtime/source_loop.h"

#include <algorithm>

#include "engine/base/failpoint.h"
#include "engine/base/log.h"

namespace weir {
namespace {

constexpr std::chrono::milliseconds longest_wait{50};  // how long a command may wait
constexpr std::chrono::milliseconds wait_at_end{2};    // how long the end of a job that has read everything may wait
constexpr std::chrono::milliseconds first_pause{250};
constexpr std::chrono::milliseconds longest_pause{10'000};

}  // namespace

SourceLoop::SourceLoop(Source& source, std::string name, bool ends, Credit& credit, JobControl& control,
                       JobCounters& counters, std::function<void(StagedChunkPtr)> deliver)
    : source_(source),
      name_(std::move(name)),
      ends_(ends),
      credit_(credit),
      control_(control),
      counters_(counters),
      deliver_(std::move(deliver)),
      polling_(first_pause, longest_pause) {}

SourceLoop::~SourceLoop() { join(); }

void SourceLoop::start() {
  thread_ = std::thread([this] { run(); });
}

void SourceLoop::join() {
  if (thread_.joinable()) thread_.join();
}

void SourceLoop::add(std::shared_ptr<SplitRun> run, Position position) {
  const std::scoped_lock lock(mutex_);
  commands_.push_back({std::move(run), std::move(position), true});
  changed_.notify_one();
}

void SourceLoop::remove(std::shared_ptr<SplitRun> run) {
  const std::scoped_lock lock(mutex_);
  commands_.push_back({std::move(run), {}, false});
}

void SourceLoop::run() {
  while (control_.is_running()) {
    for (const Command& command : take_commands()) obey(command);
    if (!runs_.empty() && credit_.wait_for_room(longest_wait)) poll();
  }
}

// As long as there is nothing to read, for a moment at most.
std::vector<SourceLoop::Command> SourceLoop::take_commands() {
  std::unique_lock lock(mutex_);
  if (runs_.empty()) changed_.wait_for(lock, std::chrono::milliseconds(5), [&] { return !commands_.empty(); });
  return std::exchange(commands_, {});
}

void SourceLoop::obey(const Command& command) {
  if (!command.is_add) {
    const auto known = runs_.find(command.run->split);
    if (known == runs_.end() || known->second != command.run) return;
    source_.remove_split(command.run->split);
    runs_.erase(known);
    --command.run->in_flight;  // what add counted: see SplitKeeper
    return;
  }
  Retry retry(first_pause, longest_pause);
  Status added = source_.add_split(command.run->split, command.position);
  while (!added.ok() && added.error().kind() == ErrorKind::service && control_.is_running()) {
    control_.set_health("source " + name_, added.error().message());
    pause(retry, added.error());
    added = source_.add_split(command.run->split, command.position);
  }
  if (!added.ok()) {
    control_.fail(std::move(added).error().in("source " + name_));
    return;
  }
  control_.set_health("source " + name_, "");
  runs_[command.run->split] = command.run;
}

void SourceLoop::pause(Retry& retry, const Error& error) {
  const Retry::Pause next = retry.failed(error.message(), std::chrono::steady_clock::now());
  if (next.is_news) log::warning("source {}: {}; trying again", name_, error.message());
  control_.sleep_while(JobControl::State::running, next.time);
}

std::chrono::milliseconds SourceLoop::patience() const {
  const bool is_at_end =
      ends_ && std::all_of(runs_.begin(), runs_.end(), [](const auto& run) { return run.second->is_at_end.load(); });
  return is_at_end ? wait_at_end : longest_wait;
}

void SourceLoop::poll() {
  Result<Polled> polled = source_.poll(patience());
  if (!polled.ok()) {
    if (polled.error().kind() != ErrorKind::service)
      return control_.fail(std::move(polled).error().in("source " + name_));
    return pause(polling_, polled.error());
  }
  polling_.worked();
  if (polled->chunk != nullptr) take(std::move(polled->chunk));
  for (const std::string& split : polled->at_end) {
    if (const auto run = runs_.find(split); run != runs_.end()) run->second->is_at_end = true;
  }
}

void SourceLoop::take(std::unique_ptr<RawChunk> raw) {
  const auto run = runs_.find(raw->split);
  if (run == runs_.end()) return;
  failpoint::here("after_poll");
  auto chunk = std::make_unique<StagedChunk>();
  chunk->split = run->second;
  chunk->sequence = chunk->split->next_polled++;
  // Encoded rows take about as much as the records they came from.
  chunk->charged_bytes = 2 * raw->value_bytes + raw->records.size() * 256 + 4096;
  counters_.read += static_cast<std::int64_t>(raw->records.size());
  chunk->raw = std::move(raw);
  ++chunk->split->in_flight;
  credit_.take(chunk->charged_bytes);
  deliver_(std::move(chunk));
}

}  // namespace weir
