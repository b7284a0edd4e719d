// spill_area.h — the folder where tables put what does not fit into memory, what was put there, and the first thing that went wrong.
#pragma once

#include <exception>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/state/local_store.h"

namespace weir {

/// Thrown where a group is needed that the local store cannot give back, after the area was told: what is in memory is of no use any more, and nothing
/// of it may be committed. Whoever takes rows into state, or makes rows of it, on the lane's thread or at the start, ends the job.
struct UnreadableState : std::exception {
  const char* what() const noexcept override { return "the local store of state cannot be read"; }
};

/// Any thread. A failure of the disk is told once, here: tables go on with what they have, and whoever is about to commit asks failure() first.
class SpillArea {
 public:
  /// Empty: the system's folder for temporary files. It is looked at when the first store is made.
  explicit SpillArea(std::string directory) : directory_(std::move(directory)) {}

  /// A store for one table.
  Result<std::unique_ptr<LocalStore>> make_store();
  void fail(Error error);
  std::optional<Error> failure() const;

  void count_write(std::uint64_t entries) { writes_.fetch_add(entries, std::memory_order_relaxed); }
  void count_read(std::uint64_t entries) { reads_.fetch_add(entries, std::memory_order_relaxed); }
  std::uint64_t writes() const { return writes_.load(std::memory_order_relaxed); }
  std::uint64_t reads() const { return reads_.load(std::memory_order_relaxed); }

 private:
  const std::string directory_;
  std::atomic<std::uint64_t> writes_ = 0, reads_ = 0;
  std::atomic<bool> has_failed_ = false;
  mutable std::mutex mutex_;
  std::optional<Error> failure_;  // Guarded by mutex_.
};

}  // namespace weir
