// progress.h — how far a running job is: a live line on a terminal, a log line now and then elsewhere, a
// summary at the end.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "engine/runtime/job.h"

namespace weir {

/// Shows a job while this object lives. `job` and `clock` must outlive it.
class Progress {
 public:
  /// `may_draw`: whether a live line may be drawn where stderr is a terminal.
  Progress(const Job& job, const Clock& clock, bool may_draw);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  struct Sample {
    std::chrono::steady_clock::time_point at;
    std::int64_t committed;
  };
  void show_until_closed();
  std::string line();

  const Job& job_;
  const Clock& clock_;
  const bool is_live_;
  std::deque<Sample> samples_;  // of the last seconds; the thread only
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_closed_ = false;  // Guarded by mutex_.
  std::thread thread_;
};

/// "56,012 rows/s   lag 1,203   committed 812,000   rejected 12   last commit 0.1 s ago   memory 84 MB"
std::string progress_line(const JobStatus& status, double rows_per_second, std::int64_t now_microseconds,
                          std::int64_t memory_bytes);
/// What a run did, as printed at its end: totals and a table of the sinks.
/// What a stateful pipeline remembers, and where that is; empty where it remembers nothing. Ends in a newline.
std::string state_line(const StateCounts& state);
std::string summary(const JobStatus& status, double seconds, std::int64_t peak_memory_bytes);

}  // namespace weir
