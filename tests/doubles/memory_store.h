// memory_store.h — a transactional store in memory, shared by all "processes" of a test, that fails on
// demand.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/component/store.h"

namespace weir::testing {

/// What a commit does. The three middle ones are what a lost connection looks like.
enum class Fate { good, fails_before, commits_but_fails, fails_twice, deadlocked };

/// The database. Outlives the stores that look at it. Any thread.
struct MemoryDatabase {
  struct Split {
    Position position;
    std::string owner;
    bool is_expired = false;
  };
  std::mutex mutex;
  std::map<std::string, std::map<std::string, std::string>> tables;  // table -> key -> row
  std::map<std::pair<std::string, std::string>, Split> splits;       // (source, split)
  std::map<std::string, bool> members;                               // owner -> lives
  std::vector<LedgerLine> ledger;
  std::vector<RejectedRow> rejects;
  std::int64_t commits = 0;
  std::function<Fate()> next_fate = [] { return Fate::good; };  // asked once per commit, under the mutex
  std::size_t writers = 2;
};

/// A connection definition whose stores look at `database`.
std::shared_ptr<const StoreDefinition> memory_store(std::shared_ptr<MemoryDatabase> database);

}  // namespace weir::testing
