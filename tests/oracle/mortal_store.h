// mortal_store.h — a store whose process "dies" at a given commit: what is in memory is lost, what is committed stays.
#pragma once

#include <cstdint>
#include <memory>

#include "engine/component/registry.h"

namespace weir::testing {

/// When a run dies: at its commit number `commit`, from 1, before or after the database has it. 0: it lives to its end.
struct Death {
  std::int64_t commit = 0;
  bool is_after = false;
  bool has_come = false;  // set by the store
};

/// `spec`, but a commit may be the last thing that the run does: it answers with a fatal error. `death` is asked at every commit.
StoreSpec mortal_store(StoreSpec spec, std::shared_ptr<Death> death);

}  // namespace weir::testing
