// memory_limit.cpp — reads /proc/meminfo, /proc/self/cgroup and the limits of the groups named there.
#include "engine/base/memory_limit.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>

namespace weir {
namespace {

std::optional<std::size_t> number_in(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  if (!(file >> text)) return std::nullopt;
  std::size_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;  // "max"
  return number;
}

std::size_t machine_memory(const std::string& root) {
  std::ifstream file(root + "/proc/meminfo");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string name;
    std::size_t kilobytes = 0;
    if (fields >> name >> kilobytes && name == "MemTotal:") return kilobytes * 1024;
  }
  return std::numeric_limits<std::size_t>::max();
}

}  // namespace

std::size_t available_memory(const std::string& root) {
  std::size_t least = machine_memory(root);
  std::ifstream file(root + "/proc/self/cgroup");
  // "0::/system.slice/weir.service" of version 2, "4:memory:/weir" of version 1.
  for (std::string line; std::getline(file, line);) {
    const auto first = line.find(':'), second = line.find(':', first == std::string::npos ? first : first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool is_second_version = controllers.empty();
    if (!is_second_version && ("," + controllers + ",").find(",memory,") == std::string::npos) continue;
    const std::string base = root + (is_second_version ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory");
    const char* limit = is_second_version ? "/memory.max" : "/memory.limit_in_bytes";
    std::string group = line.substr(second + 1);
    // Within a container the path may be one of the machine outside: the group at hand is the root then.
    for (;;) {
      if (const auto bytes = number_in(base + group + limit)) least = std::min(least, *bytes);
      const auto slash = group.rfind('/');
      if (group.empty() || slash == std::string::npos) break;
      group.resize(slash);
    }
  }
  return least;
}

}  // namespace weir
