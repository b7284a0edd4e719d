// source_loop.h — the thread that reads one source and feeds the flow graph.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/runtime/credit.h"
#include "engine/runtime/job_control.h"
#include "engine/runtime/job_counters.h"
#include "engine/runtime/retry.h"
#include "engine/runtime/staged_chunk.h"

namespace weir {

/// Reads the splits it is told to, as long as there is credit and the job is running.
class SourceLoop {
 public:
  /// `ends`: the job ends when everything that is there has been read.
  SourceLoop(Source& source, std::string name, bool ends, Credit& credit, JobControl& control, JobCounters& counters,
             std::function<void(StagedChunkPtr)> deliver);
  ~SourceLoop();
  void start();
  /// Any thread. Takes effect within a poll.
  void add(std::shared_ptr<SplitRun> run, Position position);
  void remove(std::shared_ptr<SplitRun> run);
  /// Returns when the thread has ended (it does when the job stops running): nothing more is delivered.
  void join();

 private:
  struct Command {
    std::shared_ptr<SplitRun> run;
    Position position;
    bool is_add;
  };
  void run();
  std::vector<Command> take_commands();
  void obey(const Command& command);
  void poll();
  std::chrono::milliseconds patience() const;
  void pause(Retry& retry, const Error& error);
  void take(std::unique_ptr<RawChunk> raw);

  Source& source_;
  const std::string name_;
  const bool ends_;
  Credit& credit_;
  JobControl& control_;
  JobCounters& counters_;
  std::function<void(StagedChunkPtr)> deliver_;
  std::map<std::string, std::shared_ptr<SplitRun>> runs_;  // the loop's thread only
  Retry polling_;                                          // the loop's thread only
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Command> commands_;  // Guarded by mutex_.
  std::thread thread_;
};

}  // namespace weir
