// dedup_table.cpp — an open-addressing table whose forgotten rows give way to new ones. It is swept in place: memory that is new to the process
// costs more than the sweep.
#include "engine/state/dedup_table.h"

#include <algorithm>
#include <utility>

#include "engine/base/window_time.h"

namespace weir {
namespace {

constexpr std::size_t first_slots = 1024;

}  // namespace

void DedupTable::spill_to(SpillArea& area, std::size_t bytes) {
  area_ = &area;
  most_slots_ = std::max(first_slots, bytes / sizeof(SeenRow));
}

bool DedupTable::add(const SeenRow& row) {
  if ((used_ + 1) * 4 > slots_.size() * 3) make_room();
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = row.place() & mask;
  std::size_t forgotten = slots_.size();
  for (; !slots_[slot].is_empty(); slot = (slot + 1) & mask) {
    const SeenRow& seen = slots_[slot];
    if (is_forgotten(seen)) {
      if (forgotten == slots_.size()) forgotten = slot;
      continue;
    }
    if (seen.repeats(row, within_)) return false;
  }
  if (spilled_ && spilled_->repeats(row, within_)) return false;
  if (forgotten != slots_.size()) {
    slots_[forgotten] = row;
    return true;
  }
  slots_[slot] = row;
  ++used_;
  return true;
}

void DedupTable::forget_before(std::int64_t time) {
  if (!within_ || time == no_time) return;
  // A row at `time` may repeat one that was up to `within` before it.
  const std::int64_t oldest = time - *within_;
  oldest_ = SeenRow({}, oldest);
  if (spilled_) spilled_->forget_before(*oldest_);
  if (!swept_) swept_ = oldest;
  if (oldest - *swept_ < *within_) return;
  swept_ = oldest;
  sweep();
}

void DedupTable::make_room() {
  sweep();
  const std::size_t wanted = std::max(first_slots, slots_.size() * 2);
  if (used_ * 2 < slots_.size()) return;
  if (area_ != nullptr && wanted > most_slots_ && used_ != 0 && spill()) return;
  rebuild(wanted);
}

// All of them, sorted where they are: no more memory is needed. False where the disk failed; then they are all still there.
bool DedupTable::spill() {
  if (area_->failure()) return false;
  if (!spilled_) spilled_.emplace(*area_);
  const auto end = std::partition(slots_.begin(), slots_.end(), [](const SeenRow& row) { return !row.is_empty(); });
  std::sort(slots_.begin(), end, [](const SeenRow& a, const SeenRow& b) { return a.place() < b.place(); });
  Status added = spilled_->add(std::span(slots_).first(static_cast<std::size_t>(end - slots_.begin())));
  if (!added.ok()) {
    area_->fail(std::move(added).error());
    return false;  // the slots are out of order, but rebuild() looks at all of them
  }
  std::fill(slots_.begin(), slots_.end(), SeenRow());
  used_ = 0;
  return true;
}

// Takes every row out and puts those that are remembered back. Rows between an empty slot and the next one come to stand where they stood or
// before that: none is passed over, and none is met twice.
void DedupTable::sweep() {
  if (!oldest_ || used_ == 0) return;
  const std::size_t mask = slots_.size() - 1;
  std::size_t start = 0;
  while (!slots_[start].is_empty()) ++start;
  for (std::size_t i = 1; i <= mask; ++i) {
    const SeenRow row = std::exchange(slots_[(start + i) & mask], SeenRow());
    if (row.is_empty()) continue;
    --used_;
    if (!is_forgotten(row)) insert(row);
  }
  std::size_t wanted = slots_.size();
  while (wanted > first_slots && used_ * 8 < wanted) wanted /= 2;
  if (wanted != slots_.size()) rebuild(wanted);
}

void DedupTable::rebuild(std::size_t slots) {
  Slots old(slots);
  old.swap(slots_);
  used_ = 0;
  for (const SeenRow& row : old) {
    if (!row.is_empty()) insert(row);
  }
}

void DedupTable::insert(const SeenRow& row) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = row.place() & mask;
  while (!slots_[slot].is_empty()) slot = (slot + 1) & mask;
  slots_[slot] = row;
  ++used_;
}

}  // namespace weir
