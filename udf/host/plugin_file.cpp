// plugin_file.cpp — opens a shared object as a plugin.
#include "udf/host/plugin_file.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>

#include "udf/host/descriptor.h"

namespace weir {
namespace {

constexpr const char* entry_name = "weir_plugin_entry";
constexpr std::chrono::seconds longest_start{10};
constexpr char all_well = '+';

Error bad(std::string message) { return Error{ErrorKind::user, std::move(message)}; }

Status check_file(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return bad(fmt::format("cannot be read: {}", std::strerror(errno)));
  if (!S_ISREG(info.st_mode)) return bad("is no regular file");
  if ((info.st_mode & S_IWOTH) != 0)
    return Error{ErrorKind::user, "may be written by everybody"}.with_hint("chmod o-w takes that right away");
  return {};
}

void note_failure(const weir_host* host, const char* message) {
  auto* failure = static_cast<std::string*>(host->context);
  if (failure->empty() && message != nullptr) *failure = message;
}

Result<const weir_plugin*> call_entry(decltype(&weir_plugin_entry) entry) {
  std::string failure;
  const weir_host host{sizeof(weir_host), WEIR_UDF_MAGIC, WEIR_UDF_MAJOR, WEIR_UDF_MINOR, &failure, note_failure};
  const weir_plugin* plugin = nullptr;
  try {
    plugin = entry(&host);
  } catch (const std::exception& exception) {
    return bad(fmt::format("{} threw an exception: {}", entry_name, exception.what()));
  } catch (...) {
    return bad(fmt::format("{} threw an exception", entry_name));
  }
  if (plugin == nullptr) return bad(failure.empty() ? "refused to be loaded and did not say why" : "refused to be loaded: " + failure);
  WEIR_TRY(check_descriptor(*plugin));
  return plugin;
}

Result<const weir_plugin*> load(const std::string& path) {
  // Never closed: results, thread-locals and release functions live in it.
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return bad(fmt::format("cannot be loaded: {}", dlerror()));
  void* const entry = dlsym(library, entry_name);
  if (entry == nullptr) return bad(fmt::format("does not export {}; is it a plugin of Weir?", entry_name));
  return call_entry(reinterpret_cast<decltype(&weir_plugin_entry)>(entry));
}

// In the child: tells the parent what loading came to, and ends without running anybody's exit handlers.
[[noreturn]] void try_in_child(const std::string& path, int report) {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
  const auto loaded = load(path);
  std::string said = loaded.ok() ? std::string(1, all_well) : "-" + loaded.error().message();
  const char* at = said.data();
  std::size_t left = said.size();
  while (left > 0) {
    const ssize_t written = write(report, at, left);
    if (written <= 0) break;
    at += written;
    left -= static_cast<std::size_t>(written);
  }
  _exit(0);
}

// All that the child says until it ends, or as much as it says in time.
std::string read_report(int report, bool& is_late) {
  std::string said;
  const auto deadline = std::chrono::steady_clock::now() + longest_start;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd waiting{report, POLLIN, 0};
    const int ready = left.count() <= 0 ? 0 : poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno == EINTR) continue;
    is_late = ready == 0;
    if (ready <= 0) return said;
    char part[512];
    const ssize_t count = read(report, part, sizeof part);
    if (count <= 0) return said;
    said.append(part, static_cast<std::size_t>(count));
  }
}

int wait_for(pid_t child) {
  int state = 0;
  while (waitpid(child, &state, 0) < 0 && errno == EINTR) {
  }
  return state;
}

Status try_first(const std::string& path) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return bad(fmt::format("no pipe: {}", std::strerror(errno)));
  const pid_t child = fork();
  if (child == 0) try_in_child(path, ends[1]);
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    return bad(fmt::format("no child process: {}", std::strerror(errno)));
  }
  bool is_late = false;
  const std::string said = read_report(ends[0], is_late);
  close(ends[0]);
  if (is_late) kill(child, SIGKILL);
  const int state = wait_for(child);
  if (is_late) return bad(fmt::format("did not finish loading in {} s", longest_start.count()));
  if (WIFSIGNALED(state)) {
    return bad(fmt::format("crashed while it was loaded: signal {} ({})", WTERMSIG(state), strsignal(WTERMSIG(state))));
  }
  if (said.empty()) return bad("ended the process while it was loaded");
  if (said.front() != all_well) return bad(said.substr(1));
  return {};
}

}  // namespace

Result<const weir_plugin*> open_plugin_file(const std::string& path) {
  WEIR_TRY(check_file(path));
  WEIR_TRY(try_first(path));
  return load(path);
}

}  // namespace weir
