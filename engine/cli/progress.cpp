// progress.cpp — how far a running job is: a live line on a terminal, a log line now and then elsewhere, a
// summary at the end.
#include "engine/cli/progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/log.h"
#include "engine/cli/terminal.h"

namespace weir {
namespace {

constexpr std::chrono::milliseconds live_interval{100};
constexpr std::chrono::seconds log_interval{10};
constexpr std::chrono::seconds rate_window{2};
constexpr const char* erase_line = "\r\033[K";

void erase_live_line() { fmt::print(stderr, "{}", erase_line); }

}  // namespace

std::string progress_line(const JobStatus& status, double rows_per_second, std::int64_t now_microseconds,
                          std::int64_t memory_bytes) {
  std::string line = fmt::format(
      "{} rows/s   lag {}   committed {}   rejected {}", grouped(static_cast<std::int64_t>(rows_per_second)),
      status.lag < 0 ? "?" : grouped(status.lag), grouped(status.committed), grouped(status.rejected));
  if (status.last_commit_microseconds == 0)
    line += "   no commit yet";
  else
    line += fmt::format("   last commit {:.1f} s ago",
                        static_cast<double>(now_microseconds - status.last_commit_microseconds) / 1e6);
  line += "   memory " + megabytes(memory_bytes);
  // First, because the line is cut to the terminal's width.
  if (!status.health.empty()) line = "waiting: " + status.health + "   " + line;
  return line;
}

std::string state_line(const StateCounts& state) {
  if (state.groups == 0 && state.dedup_keys == 0 && state.joined_rows == 0) return "";
  std::string line = fmt::format("state: {} groups", grouped(state.groups));
  if (state.joined_rows > 0) line += fmt::format(" and {} rows to join", grouped(state.joined_rows));
  if (state.dedup_keys > 0) line += fmt::format(" and {} keys of dedups", grouped(state.dedup_keys));
  line += fmt::format(" in {} of memory (of {})", megabytes(state.memory_bytes), megabytes(state.memory_limit));
  if (state.writes > 0) {
    std::string there = grouped(state.spilled_groups) + " groups";
    if (state.joined_rows > 0) there += fmt::format(" and {} rows", grouped(state.spilled_rows));
    if (state.dedup_keys > 0) there += fmt::format(" and {} keys", grouped(state.spilled_keys));
    line += fmt::format("; {} are on disk ({}), {} writes and {} reads there", there, megabytes(state.disk_bytes), grouped(state.writes), grouped(state.reads));
  }
  return line + "\n";
}

std::string summary(const JobStatus& status, double seconds, std::int64_t peak_memory_bytes) {
  // Columns that only pipelines with aggregates fill stand where there is something to tell.
  const bool has_groups = std::any_of(status.sinks.begin(), status.sinks.end(), [](const SinkCounts& sink) { return sink.absorbed + sink.late > 0; });
  std::vector<std::string> header{"sink", "written", "duplicates", "filtered", "rejected"};
  if (has_groups) header.insert(header.end(), {"absorbed", "late"});
  TextTable table(header);
  for (const SinkCounts& sink : status.sinks) {
    std::vector<std::string> cells{sink.sink, grouped(sink.written), grouped(sink.duplicates), grouped(sink.filtered), grouped(sink.rejected)};
    if (has_groups) cells.insert(cells.end(), {grouped(sink.absorbed), grouped(sink.late)});
    table.add(cells);
  }
  const auto rate =
      static_cast<std::int64_t>(seconds > 0 ? static_cast<double>(status.committed) / seconds : 0);
  return fmt::format(
      "read {} rows, committed {} in {} epochs; {} rejected\n{:.2f} s, {} rows/s, peak memory {}\n{}\n{}",
      grouped(status.read), grouped(status.committed), grouped(status.epochs), grouped(status.rejected),
      seconds, grouped(rate), megabytes(peak_memory_bytes), state_line(status.state), table.text());
}

Progress::Progress(const Job& job, const Clock& clock, bool may_draw)
    : job_(job), clock_(clock), is_live_(may_draw && is_terminal(stderr)) {
  if (is_live_) log::set_before_line(erase_live_line);
  thread_ = std::thread([this] { show_until_closed(); });
}

Progress::~Progress() {
  {
    const std::scoped_lock lock(mutex_);
    is_closed_ = true;
  }
  changed_.notify_all();
  thread_.join();
  if (!is_live_) return;
  log::set_before_line(nullptr);
  erase_live_line();
}

void Progress::show_until_closed() {
  const std::chrono::milliseconds interval =
      is_live_ ? live_interval : std::chrono::milliseconds(log_interval);
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, interval, [this] { return is_closed_; })) {
    lock.unlock();
    const std::string text = line();
    if (is_live_)
      fmt::print(stderr, "{}{}", erase_line, cut_to_width(text, terminal_width() - 1));
    else
      log::info("{}", text);
    lock.lock();
  }
}

std::string Progress::line() {
  const JobStatus status = job_.status();
  const auto now = clock_.steady();
  samples_.push_back({now, status.committed});
  // Always keeps one sample older than the window, so that rare lines have something to compare with.
  while (samples_.size() > 2 && now - samples_[1].at >= rate_window) samples_.pop_front();
  const double seconds = std::chrono::duration<double>(now - samples_.front().at).count();
  const auto rows = static_cast<double>(status.committed - samples_.front().committed);
  return progress_line(status, seconds > 0 ? rows / seconds : 0, clock_.wall_microseconds(),
                       memory_use().now);
}

}  // namespace weir
