// worker_process.cpp — a python3 beside the engine, spoken to in frames.
#include "udf/python/worker_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "udf/python/row_frames.h"
#include "udf/python/worker_script.h"

namespace weir {
namespace {

constexpr std::uint32_t longest_answer = 1u << 30;

Error died(const char* how) {
  return Error{ErrorKind::data, fmt::format("the Python worker {}", how)}.with_code("udf_worker_died");
}

}  // namespace

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(const std::string& hello, std::chrono::milliseconds timeout) {
  const char* chosen = std::getenv("WEIR_PYTHON");
  const char* interpreter = chosen == nullptr || *chosen == '\0' ? "python3" : chosen;
  const char* const arguments[] = {interpreter, "-c", python_worker_script, nullptr};
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return Error{ErrorKind::fatal, fmt::format("no socket pair: {}", std::strerror(errno))};
  const pid_t process = fork();
  if (process == 0) {
    // Only what is safe between fork and exec. What the function prints goes to the log, not among the data.
    dup2(ends[1], STDIN_FILENO);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    execvp(interpreter, const_cast<char* const*>(arguments));
    _exit(127);
  }
  close(ends[1]);
  if (process < 0) {
    close(ends[0]);
    return Error{ErrorKind::fatal, fmt::format("no process for Python: {}", std::strerror(errno))};
  }
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  std::unique_ptr<WorkerProcess> worker(new WorkerProcess(process, ends[0]));
  auto answer = worker->ask(hello, timeout);
  if (!answer.ok()) {
    return Error{ErrorKind::user, fmt::format("{} did not start: {}", interpreter, answer.error().message())}.with_hint(
        "WEIR_PYTHON names another interpreter");
  }
  if (answer->empty() || answer->front() != '+') return Error{ErrorKind::user, answer->substr(answer->empty() ? 0 : 1)};
  return worker;
}

WorkerProcess::~WorkerProcess() {
  close(channel_);
  kill(process_, SIGKILL);
  while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Status WorkerProcess::wait(short events, Deadline deadline) const {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd waiting{channel_, events, 0};
    const int ready = left.count() <= 0 ? 0 : poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready > 0) return {};
    if (ready == 0) return Error{ErrorKind::data, "the function took too long"}.with_code("udf_timeout");
    if (errno != EINTR) return died(std::strerror(errno));
  }
}

Status WorkerProcess::send(const char* bytes, std::size_t count, Deadline deadline) const {
  while (count > 0) {
    const ssize_t sent = ::send(channel_, bytes, count, MSG_NOSIGNAL);
    if (sent > 0) {
      bytes += sent;
      count -= static_cast<std::size_t>(sent);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
      WEIR_TRY(wait(POLLOUT, deadline));
    } else {
      return died("is gone");
    }
  }
  return {};
}

Status WorkerProcess::receive(char* bytes, std::size_t count, Deadline deadline) const {
  while (count > 0) {
    const ssize_t received = recv(channel_, bytes, count, 0);
    if (received > 0) {
      bytes += received;
      count -= static_cast<std::size_t>(received);
    } else if (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
      WEIR_TRY(wait(POLLIN, deadline));
    } else {
      return died("died");
    }
  }
  return {};
}

Result<std::string> WorkerProcess::ask(const std::string& frame, std::chrono::milliseconds timeout) {
  const Deadline deadline = std::chrono::steady_clock::now() + timeout;
  const auto length = static_cast<std::uint32_t>(frame.size());
  WEIR_TRY(send(reinterpret_cast<const char*>(&length), sizeof length, deadline));
  WEIR_TRY(send(frame.data(), frame.size(), deadline));
  std::uint32_t size = 0;
  WEIR_TRY(receive(reinterpret_cast<char*>(&size), sizeof size, deadline));
  if (size > longest_answer) return died("sent an answer that is too long");
  std::string answer(size, '\0');
  WEIR_TRY(receive(answer.data(), answer.size(), deadline));
  return answer;
}

}  // namespace weir
