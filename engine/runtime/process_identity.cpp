// process_identity.cpp — reads /proc.
#include "engine/runtime/process_identity.h"

#include <fmt/format.h>
#include <limits.h>
#include <unistd.h>

#include <fstream>
#include <random>
#include <sstream>
#include <string_view>
#include <vector>

namespace weir {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string host_name() {
  char name[HOST_NAME_MAX + 1] = {};
  if (::gethostname(name, sizeof name - 1) != 0) return "unknown";
  return name;
}

std::string pid_namespace() {
  char target[64] = {};
  const auto length = ::readlink("/proc/self/ns/pid", target, sizeof target - 1);
  return length > 0 ? std::string(target, static_cast<std::size_t>(length)) : "unknown";
}

// Field 22 of /proc/PID/stat, in clock ticks since boot; the command name (field 2) may hold blanks and ends
// at the last ')'. Empty where there is no such process, or only its zombie.
std::string start_time(const std::string& pid) {
  const std::string stat = first_line("/proc/" + pid + "/stat");
  const auto end = stat.rfind(')');
  if (end == std::string::npos) return {};
  std::istringstream fields(stat.substr(end + 1));
  std::string field;
  for (int number = 3; fields >> field; ++number) {
    if (number == 3 && (field == "Z" || field == "X")) return {};
    if (number == 22) return field;
  }
  return {};
}

std::string machine() {
  return fmt::format("{}/{}/{}", host_name(), first_line("/proc/sys/kernel/random/boot_id").substr(0, 8),
                     pid_namespace());
}

}  // namespace

std::string make_owner() {
  std::random_device random;
  const std::string pid = std::to_string(::getpid());
  return fmt::format("{:08x}{:08x}@{}/{}/{}", random(), random(), machine(), pid, start_time(pid));
}

bool is_surely_dead(const std::string& owner) {
  const auto at = owner.find('@');
  const auto last = owner.rfind('/');
  const auto before = last == std::string::npos || last == 0 ? std::string::npos : owner.rfind('/', last - 1);
  if (at == std::string::npos || before == std::string::npos || before < at) return false;
  if (owner.substr(at + 1, before - at - 1) != machine()) return false;
  return start_time(owner.substr(before + 1, last - before - 1)) != owner.substr(last + 1);
}

}  // namespace weir
