// memory_outlet.h — an outlet that remembers what it was given, and fails on demand.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/component/outlet.h"

namespace weir::testing {

/// Outlives the plans that name it. Any thread.
struct MemoryScreen {
  std::mutex mutex;
  std::vector<std::vector<std::string>> writes;  // rows as "key|value|", by call that went well
  /// Asked with the rows of each call, under the mutex.
  std::function<Status(const std::vector<std::string>&)> on_write = [](const std::vector<std::string>&) { return Status(); };

  std::vector<std::string> rows() {
    const std::scoped_lock lock(mutex);
    std::vector<std::string> all;
    for (const auto& write : writes) all.insert(all.end(), write.begin(), write.end());
    return all;
  }
};

std::shared_ptr<const OutletDefinition> memory_outlet(std::shared_ptr<MemoryScreen> screen);

}  // namespace weir::testing
