// memory_store.h — a transactional store in memory, shared by all "processes" of a test, that fails and lets them die on
// demand.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/component/store.h"
#include "engine/testing/memory_rows.h"

namespace weir {

/// What a commit does. The three middle ones are what a lost connection looks like.
enum class Fate { good, fails_before, commits_but_fails, fails_twice, deadlocked };
/// When the process that commits dies.
enum class Death { before_commit, after_commit };

struct MemoryTable {
  struct Row {
    std::string bytes;
    std::string newer;  // canonical form of the column that decides, for update_newer
  };
  Schema schema;
  std::map<std::string, Row> rows;  // by canonical key; where the table has none, by their number
  std::uint64_t appended = 0;

  std::vector<RowOfValues> values() const;
  std::vector<std::string> texts() const;  // "k1|v1|"
};

/// The database. Outlives the stores that look at it. Any thread.
struct MemoryDatabase {
  struct Split {
    Position position;
    std::string owner;
    bool is_expired = false;
  };
  std::mutex mutex;
  std::map<std::string, MemoryTable> tables;
  std::map<std::pair<std::string, std::string>, Split> splits;  // (source, split)
  std::map<std::string, bool> members;                          // owner -> lives
  std::set<std::string> dead;                                   // owners: nothing they do has an effect any more
  std::vector<LedgerLine> ledger;
  std::vector<RejectedRow> rejects;
  std::int64_t commits = 0;
  std::function<Fate()> next_fate = [] { return Fate::good; };  // asked once per commit, under the mutex
  std::optional<Death> next_death;                              // of the next process that commits rows or state; forgotten then
  std::size_t writers = 2;
};

/// A connection definition whose stores look at `database`.
std::shared_ptr<const StoreDefinition> memory_store(std::shared_ptr<MemoryDatabase> database);

}  // namespace weir
