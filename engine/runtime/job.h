// job.h — runs a plan: from its sources through fused stages to committed epochs, until stopped or at the
// end.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/plan/plan.h"
#include "engine/runtime/state_counts.h"

namespace weir {

struct Shard {
  std::size_t index = 0, count = 1;
};  // --shard i/n: this process reads splits whose number % count == index; no leases

struct JobOptions {
  bool until_end = false;
  bool more_to_come = false;  // what waits for its time is not written at the end: another run goes on
  std::optional<Shard> shard;
  std::size_t workers = 0;  // threads of the flow graph; 0: as many as cores
  std::size_t writers = 2;  // connections that commit, each its own splits
  std::size_t chunk_rows = 1024;
  std::size_t chunk_bytes = 256 << 10;
  std::size_t memory_bytes = 24u << 20;         // chunks in flight, raw and encoded
  std::size_t source_memory_bytes = 20u << 20;  // what sources may hold prefetched
  std::size_t epoch_rows = 50'000;              // an epoch is closed at this many rows
  std::optional<std::size_t> state_memory;      // in place of the plan's
  std::string state_directory;                  // the same; empty: the plan's
  std::chrono::milliseconds lease{10'000};
  std::chrono::milliseconds retry_pause{50};  // after the first failed commit; doubles up to 10 s
  bool create_tables = true;
};

struct SinkCounts {
  std::string sink;
  std::int64_t written = 0, duplicates = 0, filtered = 0, absorbed = 0, late = 0, rejected = 0;
};

/// A moment of a running job. Counters cover what this process has committed, except `read`, which counts
/// polled rows.
struct JobStatus {
  std::int64_t read = 0;
  std::int64_t committed = 0;  // rows of committed epochs
  std::int64_t rejected = 0;   // rows in the rejects table, by any sink or before them
  std::int64_t epochs = 0;
  std::int64_t lag = -1;                      // rows; -1: not known
  std::size_t splits = 0;                     // owned now
  std::int64_t last_commit_microseconds = 0;  // wall time; 0: none yet
  std::string health;                         // empty: well
  std::vector<SinkCounts> sinks;
  StateCounts state;                          // of a stateful pipeline, as of its last commit
};

/// run() is called once, by one thread; the other methods by any.
class Job {
 public:
  /// Opens stores, checks and creates tables, opens sources. Service errors are returned, not retried.
  static Result<std::unique_ptr<Job>> create(std::shared_ptr<const Plan> plan, JobOptions options,
                                             const Clock& clock = system_clock());
  virtual ~Job() = default;
  /// Returns when the end is reached, after stop(), or with the error that ended it. What was committed
  /// stays; nothing else does.
  virtual Status run() = 0;
  /// Stops reading, lets what is in flight commit, then run() returns. Safe in a signal handler's thread, not
  /// in the handler itself.
  virtual void stop() = 0;
  /// As stop(), for who knows that nothing more comes: rows that wait for their time or for a window to close are written too.
  virtual void finish() = 0;
  virtual JobStatus status() const = 0;
  /// For who moves the clock: looks at once, and not only a moment later, what it has made due.
  virtual void look_at_clock() = 0;
  /// Whether all that sources have given so far is committed and shown, and what was due is written. It may be for a moment only, where more comes.
  virtual bool is_at_rest() const = 0;
};

}  // namespace weir
