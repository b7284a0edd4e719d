// counters.cpp — the map of named counters.
#include "engine/base/counters.h"

#include <map>
#include <mutex>

namespace weir {
namespace {

struct Counters {
  std::mutex mutex;
  std::map<std::string, Counter, std::less<>> by_name;  // Guarded by mutex; its nodes never move.
};

// Never destroyed: threads may count until the very end.
Counters& all() {
  static auto* const instance = new Counters;
  return *instance;
}

}  // namespace

Counter& counter(std::string_view name) {
  Counters& counters = all();
  const std::scoped_lock lock(counters.mutex);
  const auto known = counters.by_name.find(name);
  return known != counters.by_name.end() ? known->second : counters.by_name[std::string(name)];
}

std::vector<std::pair<std::string, std::uint64_t>> counters_above_zero() {
  Counters& counters = all();
  const std::scoped_lock lock(counters.mutex);
  std::vector<std::pair<std::string, std::uint64_t>> found;
  for (const auto& [name, one] : counters.by_name) {
    if (one.value() != 0) found.emplace_back(name, one.value());
  }
  return found;
}

}  // namespace weir
