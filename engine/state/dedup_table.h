// dedup_table.h — the keys that a dedup has seen: tables of parts of the hashes, and beyond a limit pieces on disk.
#pragma once

#include <optional>
#include <vector>

#include "engine/state/seen_row.h"
#include "engine/state/seen_slots.h"
#include "engine/state/spilled_keys.h"

namespace weir {

/// One thread.
class DedupTable {
 public:
  /// Rows repeat one another if their times are less than `within` microseconds apart, cut to milliseconds; nothing: always.
  explicit DedupTable(std::optional<std::int64_t> within);

  /// Rather than take more than so many bytes for keys in memory, all of them go to disk; `area` must outlive the table. When the disk fails, the area
  /// knows, and keys stay in memory.
  void spill_to(SpillArea& area, std::size_t bytes);
  /// Remembers the row, unless it repeats one that is remembered: whether it was new.
  bool add(const SeenRow& row);
  /// Has the row's place in the table at hand soon.
  void prefetch(const SeenRow& row) const {
    parts_[part_of(row)].prefetch(row);
    if (spilled_) spilled_->prefetch(row);
  }
  /// Forgets rows that no row at `time` (microseconds) or later can repeat: their places are taken by others from now on, and swept now and then.
  void forget_before(std::int64_t time);
  /// Rows that are remembered, and those that are forgotten and not swept yet.
  std::size_t size() const { return used_ + (spilled_ ? spilled_->size() : 0); }
  std::size_t memory_bytes() const { return slots_ * sizeof(SeenRow) + (spilled_ ? spilled_->memory_bytes() : 0); }
  /// Null: none was spilled.
  const SpilledKeys* spilled() const { return spilled_ ? &*spilled_ : nullptr; }

 private:
  static constexpr int part_bits = 6;
  static std::size_t part_of(const SeenRow& row) { return row.place() >> (64 - part_bits); }
  bool is_forgotten(const SeenRow& row) const { return oldest_ && row.after(*oldest_) < 0; }
  void make_room(SeenSlots& part);
  bool spill();
  void sweep(SeenSlots& part);
  void grow(SeenSlots& part);
  /// Calls change(), which may change how large a part is and how much of it is used.
  template <typename Change>
  void count(const SeenSlots& part, const Change& change);

  std::optional<std::int64_t> within_;
  std::vector<SeenSlots> parts_;  // by the upper bits of the hash: never more than one has its rows twice while it grows
  std::size_t slots_ = 0;  // of all parts
  std::size_t used_ = 0;   // the same
  std::optional<SeenRow> oldest_;      // rows before its time are forgotten
  std::optional<std::int64_t> swept_;  // what was forgotten when the latest part was swept for its time
  std::size_t next_swept_ = 0;         // the part whose turn comes then
  SpillArea* area_ = nullptr;
  std::size_t most_slots_ = 0;  // with an area
  std::optional<SpilledKeys> spilled_;
};

}  // namespace weir
