// dedup_table.h — the keys that a dedup has seen: an open-addressing table, and beyond a limit pieces on disk.
#pragma once

#include <optional>
#include <vector>

#include "engine/base/large_pages.h"
#include "engine/state/seen_row.h"
#include "engine/state/spilled_keys.h"

namespace weir {

/// One thread.
class DedupTable {
 public:
  /// Rows repeat one another if their times are less than `within` microseconds apart, cut to milliseconds; nothing: always.
  explicit DedupTable(std::optional<std::int64_t> within) : within_(within) {}

  /// Rather than take more than so many bytes for keys in memory, all of them go to disk; `area` must outlive the table. When the disk fails, the area
  /// knows, and keys stay in memory.
  void spill_to(SpillArea& area, std::size_t bytes);
  /// Remembers the row, unless it repeats one that is remembered: whether it was new.
  bool add(const SeenRow& row);
  /// Has the row's place in the table at hand soon.
  void prefetch(const SeenRow& row) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[row.place() & (slots_.size() - 1)]);
    if (spilled_) spilled_->prefetch(row);
  }
  /// Forgets rows that no row at `time` (microseconds) or later can repeat: their places are taken by others from now on, and swept now and then.
  void forget_before(std::int64_t time);
  /// Rows that are remembered, and those that are forgotten and not swept yet.
  std::size_t size() const { return used_ + (spilled_ ? spilled_->size() : 0); }
  std::size_t memory_bytes() const { return slots_.capacity() * sizeof(SeenRow) + (spilled_ ? spilled_->memory_bytes() : 0); }
  /// Null: none was spilled.
  const SpilledKeys* spilled() const { return spilled_ ? &*spilled_ : nullptr; }

 private:
  using Slots = std::vector<SeenRow, LargePageAllocator<SeenRow>>;
  bool is_forgotten(const SeenRow& row) const { return oldest_ && row.after(*oldest_) < 0; }
  void make_room();
  bool spill();
  void rebuild(std::size_t slots);
  void sweep();
  void insert(const SeenRow& row);

  std::optional<std::int64_t> within_;
  Slots slots_;  // a power of two of them
  std::size_t used_ = 0;
  std::optional<SeenRow> oldest_;      // rows before its time are forgotten
  std::optional<std::int64_t> swept_;  // of the time of the latest sweep: what was forgotten then
  SpillArea* area_ = nullptr;
  std::size_t most_slots_ = 0;  // with an area
  std::optional<SpilledKeys> spilled_;
};

}  // namespace weir
