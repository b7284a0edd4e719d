// job_control.h — whether a job runs, drains or breaks off, and why: the one thing all its threads look at.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

#include "engine/base/error.h"

namespace weir {

/// Any thread.
class JobControl {
 public:
  enum class State { running, draining, broken };

  State state() const {
    const std::scoped_lock lock(mutex_);
    return state_;
  }
  bool is_running() const { return state() == State::running; }
  bool is_broken() const { return state() == State::broken; }

  /// No more reading; what is in flight is committed.
  void drain() {
    const std::scoped_lock lock(mutex_);
    if (state_ == State::running) state_ = State::draining;
    changed_.notify_all();
  }
  /// Breaks off; the first error is the one that counts.
  void fail(Error error) {
    const std::scoped_lock lock(mutex_);
    if (!failure_) failure_ = std::move(error);
    state_ = State::broken;
    changed_.notify_all();
  }
  std::optional<Error> failure() const {
    const std::scoped_lock lock(mutex_);
    return failure_;
  }
  /// Sleeps, but no longer than the state stays `state`; true if it still is.
  bool sleep_while(State state, std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [&] { return state_ != state; });
    return state_ == state;
  }

  /// What is wrong outside this process, for people; empty when all is well. `part` names who says so.
  void set_health(const std::string& part, const std::string& text);
  std::string health() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = State::running;                             // Guarded by mutex_.
  std::optional<Error> failure_;                             // Guarded by mutex_.
  std::vector<std::pair<std::string, std::string>> health_;  // Guarded by mutex_.
};

}  // namespace weir
