// stop_signals.cpp — turns SIGTERM and SIGINT into a call on a thread: the first asks to stop, the second
// ends the process.
#include "engine/cli/stop_signals.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>

#include "engine/base/check.h"
#include "engine/base/log.h"

namespace weir {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

StopSignals::StopSignals() {
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = signalfd(-1, &set, SFD_CLOEXEC);
  wake_ = eventfd(0, EFD_CLOEXEC);
  WEIR_CHECK(signals_ >= 0 && wake_ >= 0, "the system gives file descriptors for signals");
  thread_ = std::thread([this] { watch(); });
}

StopSignals::~StopSignals() {
  const std::uint64_t one = 1;
  // A full counter would wake the thread just as well.
  [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
  thread_.join();
  close(signals_);
  close(wake_);
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void StopSignals::on_stop(std::function<void()> stop) {
  const std::scoped_lock lock(mutex_);
  stop_ = std::move(stop);
  if (is_stopped_ && stop_) stop_();
}

bool StopSignals::is_stopped() const {
  const std::scoped_lock lock(mutex_);
  return is_stopped_;
}

bool StopSignals::sleep(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [this] { return is_stopped_; });
}

void StopSignals::watch() {
  for (;;) {
    pollfd ready[] = {{signals_, POLLIN, 0}, {wake_, POLLIN, 0}};
    if (poll(ready, 2, -1) < 0) continue;
    if (ready[1].revents != 0) return;
    signalfd_siginfo signal{};
    if (read(signals_, &signal, sizeof signal) != sizeof signal) continue;
    stop_once(static_cast<int>(signal.ssi_signo));
  }
}

void StopSignals::stop_once(int signal) {
  const std::scoped_lock lock(mutex_);
  // What is not committed is not written: leaving at once is always safe.
  if (is_stopped_) _exit(128 + signal);
  is_stopped_ = true;
  log::info("stopping: committing what has been read (once more to stop at once)");
  if (stop_) stop_();
  changed_.notify_all();
}

}  // namespace weir
