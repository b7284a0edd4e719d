// worker_process.h — a python3 beside the engine, spoken to in frames.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>

#include "engine/base/error.h"

namespace weir {

/// One thread at a time. Ends with this object.
class WorkerProcess {
 public:
  /// Starts one and waits until it has compiled what `hello` holds; its refusal is a user error.
  static Result<std::unique_ptr<WorkerProcess>> start(const std::string& hello, std::chrono::milliseconds timeout);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  /// The answer to a frame. The code of an error is "udf_timeout" or "udf_worker_died"; the worker is of no use then.
  Result<std::string> ask(const std::string& frame, std::chrono::milliseconds timeout);

 private:
  WorkerProcess(pid_t process, int channel) : process_(process), channel_(channel) {}
  using Deadline = std::chrono::steady_clock::time_point;
  Status wait(short events, Deadline deadline) const;
  Status send(const char* bytes, std::size_t count, Deadline deadline) const;
  Status receive(char* bytes, std::size_t count, Deadline deadline) const;

  pid_t process_;
  int channel_;
};

}  // namespace weir
