// memory_outlet.h — an outlet that remembers what it was given, and fails on demand.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/component/outlet.h"
#include "engine/testing/memory_rows.h"

namespace weir {

/// Outlives the plans that name it. Any thread.
struct MemoryScreen {
  std::mutex mutex;
  std::vector<std::vector<std::string>> writes;  // rows as "key|value|", by call that went well
  std::vector<std::pair<std::string, std::string>> given;  // canonical key and bytes of the same rows
  Schema schema;                                           // theirs
  /// Asked with the rows of each call, under the mutex.
  std::function<Status(const std::vector<std::string>&)> on_write = [](const std::vector<std::string>&) { return Status(); };

  std::vector<std::string> rows();
  /// The latest row of each key, or all of them where there is no key.
  std::vector<RowOfValues> latest();
};

std::shared_ptr<const OutletDefinition> memory_outlet(std::shared_ptr<MemoryScreen> screen);

}  // namespace weir
