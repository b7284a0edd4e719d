// seen_slots.h — an open-addressing table of seen rows whose places go up with their hashes, so that it can grow by a little: a part of a DedupTable.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engine/base/large_pages.h"
#include "engine/base/prefetch.h"
#include "engine/data/decimal.h"
#include "engine/state/seen_row.h"

namespace weir {

/// One thread. Rows that `is_forgotten(row)` says are forgotten are as good as none.
class SeenSlots {
 public:
  /// `skipped`: how many of the upper bits of a hash are the same for all rows.
  explicit SeenSlots(int skipped) : skipped_(skipped) {}

  void prefetch(const SeenRow& row) const {
    if (!slots_.empty()) weir::prefetch(&slots_[place_of(row)]);
  }
  struct Found {
    bool is_repeated;
    std::size_t slot;  // else: where the row may be put
  };
  /// Requires that !is_full().
  template <typename IsForgotten>
  Found find(const SeenRow& row, std::optional<std::int64_t> within, const IsForgotten& is_forgotten) const {
    std::size_t slot = place_of(row), forgotten = slots_.size();
    for (; !slots_[slot].is_empty(); slot = after(slot)) {
      const SeenRow& seen = slots_[slot];
      if (is_forgotten(seen)) {
        if (forgotten == slots_.size()) forgotten = slot;
      } else if (seen.repeats(row, within)) {
        return {true, slot};
      }
    }
    return {false, forgotten == slots_.size() ? slot : forgotten};
  }
  void put(const SeenRow& row, std::size_t slot) {
    used_ += slots_[slot].is_empty() ? 1 : 0;
    slots_[slot] = row;
  }

  bool is_full() const { return (used_ + 1) * 4 > slots_.size() * 3; }
  /// How many slots it has after grow().
  std::size_t next_size() const;
  /// What is forgotten does not come along.
  template <typename IsForgotten>
  void grow(const IsForgotten& is_forgotten) { rebuild(next_size(), is_forgotten); }
  /// Takes out what is forgotten, where it stands: memory that is new to the process costs more. What is hardly used becomes smaller.
  template <typename IsForgotten>
  void sweep(const IsForgotten& is_forgotten);
  /// How many rows are not forgotten.
  template <typename IsForgotten>
  std::size_t remembered(const IsForgotten& is_forgotten) const;
  /// Whether so many rows leave too little room for more.
  bool is_crowded(std::size_t rows) const { return rows * 8 > slots_.size() * 5 || slots_.empty(); }

  /// All rows, in the order of their hashes, good until the next put(); the table is of use again after clear() or grow().
  std::span<const SeenRow> sort();
  void clear();

  std::size_t used() const { return used_; }
  std::size_t slot_count() const { return slots_.size(); }

 private:
  std::size_t place_of(const SeenRow& row) const {
    return static_cast<std::size_t>((static_cast<UInt128>(row.place() << skipped_) * slots_.size()) >> 64);
  }
  std::size_t after(std::size_t slot) const { return slot + 1 == slots_.size() ? 0 : slot + 1; }
  void insert(const SeenRow& row) {
    std::size_t slot = place_of(row);
    while (!slots_[slot].is_empty()) slot = after(slot);
    slots_[slot] = row;
    ++used_;
  }
  template <typename IsForgotten>
  void rebuild(std::size_t slots, const IsForgotten& is_forgotten);
  void shrink();

  std::vector<SeenRow, LargePageAllocator<SeenRow>> slots_;
  std::size_t used_ = 0;
  int skipped_;
};

// Takes every row out and puts those that are remembered back. Rows between an empty slot and the next one come to stand where they stood or
// before that: none is passed over, and none is met twice.
template <typename IsForgotten>
void SeenSlots::sweep(const IsForgotten& is_forgotten) {
  if (used_ == 0) return;
  std::size_t slot = 0;
  while (!slots_[slot].is_empty()) ++slot;
  for (std::size_t left = slots_.size() - 1; left > 0; --left) {
    slot = after(slot);
    const SeenRow row = std::exchange(slots_[slot], SeenRow());
    if (row.is_empty()) continue;
    --used_;
    if (!is_forgotten(row)) insert(row);
  }
  shrink();
}

template <typename IsForgotten>
std::size_t SeenSlots::remembered(const IsForgotten& is_forgotten) const {
  return static_cast<std::size_t>(
      std::count_if(slots_.begin(), slots_.end(), [&](const SeenRow& row) { return !row.is_empty() && !is_forgotten(row); }));
}

template <typename IsForgotten>
void SeenSlots::rebuild(std::size_t slots, const IsForgotten& is_forgotten) {
  decltype(slots_) old(slots);
  old.swap(slots_);
  used_ = 0;
  for (const SeenRow& row : old) {
    if (!row.is_empty() && !is_forgotten(row)) insert(row);
  }
}

}  // namespace weir
