// stop_signals.h — turns SIGTERM and SIGINT into a call on a thread: the first asks to stop, the second ends
// the process.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace weir {

/// Make it before any other thread starts: threads inherit the blocked signals. One per process at a time.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// `stop` is called at the first signal, on a thread of this object; at once if it has come already.
  /// nullptr takes it away, and returns only when it is not being called.
  void on_stop(std::function<void()> stop);
  bool is_stopped() const;
  /// Sleeps, but not beyond the first signal. Whether none has come.
  bool sleep(std::chrono::milliseconds time);

 private:
  void watch();
  void stop_once(int signal);

  int signals_ = -1;  // signalfd
  int wake_ = -1;     // eventfd that ends the thread
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_stopped_ = false;     // Guarded by mutex_.
  std::function<void()> stop_;  // Guarded by mutex_.
  std::thread thread_;
};

}  // namespace weir
