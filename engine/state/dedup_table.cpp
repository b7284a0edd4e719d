// dedup_table.cpp — rows that are forgotten give way to new ones, and parts are swept in turns: nobody waits for all of them.
#include "engine/state/dedup_table.h"

#include <algorithm>

#include "engine/base/window_time.h"

namespace weir {
namespace {

constexpr std::size_t fewest_slots = 1024;

}  // namespace

DedupTable::DedupTable(std::optional<std::int64_t> within) : within_(within), parts_(std::size_t{1} << part_bits, SeenSlots(part_bits)) {}

void DedupTable::spill_to(SpillArea& area, std::size_t bytes) {
  area_ = &area;
  most_slots_ = std::max(fewest_slots, bytes / sizeof(SeenRow));
}

template <typename Change>
void DedupTable::count(const SeenSlots& part, const Change& change) {
  slots_ -= part.slot_count();
  used_ -= part.used();
  change();
  slots_ += part.slot_count();
  used_ += part.used();
}

bool DedupTable::add(const SeenRow& row) {
  SeenSlots& part = parts_[part_of(row)];
  if (part.is_full()) make_room(part);
  const SeenSlots::Found found = part.find(row, within_, [this](const SeenRow& seen) { return is_forgotten(seen); });
  if (found.is_repeated) return false;
  if (spilled_ && spilled_->repeats(row, within_)) return false;
  count(part, [&] { part.put(row, found.slot); });
  return true;
}

void DedupTable::forget_before(std::int64_t time) {
  if (!within_ || time == no_time) return;
  // A row at `time` may repeat one that was up to `within` before it.
  const std::int64_t oldest = time - *within_;
  oldest_ = SeenRow({}, oldest);
  if (spilled_) spilled_->forget_before(*oldest_);
  if (!swept_) swept_ = oldest;
  // Each part once while as much time goes by as rows are remembered for.
  const std::int64_t step = *within_ / static_cast<std::int64_t>(parts_.size()) + 1;
  const auto count = static_cast<std::int64_t>(parts_.size());
  const std::int64_t due = std::clamp<std::int64_t>((oldest - *swept_) / step, 0, count);
  swept_ = due == count ? oldest : *swept_ + due * step;
  for (std::int64_t i = 0; i < due; ++i) {
    sweep(parts_[next_swept_]);
    next_swept_ = (next_swept_ + 1) % parts_.size();
  }
}

void DedupTable::sweep(SeenSlots& part) {
  const auto forgotten = [this](const SeenRow& row) { return is_forgotten(row); };
  if (!oldest_ || part.remembered(forgotten) == part.used()) return;
  count(part, [&] { part.sweep(forgotten); });
}

// Moving rows costs more than looking at them: they are moved once, by a sweep or when the part grows.
void DedupTable::make_room(SeenSlots& part) {
  if (!part.is_crowded(part.remembered([this](const SeenRow& row) { return is_forgotten(row); }))) return sweep(part);
  if (area_ != nullptr && slots_ - part.slot_count() + part.next_size() > most_slots_ && used_ != 0 && spill() && !part.is_full()) return;
  grow(part);
}

void DedupTable::grow(SeenSlots& part) {
  count(part, [&] { part.grow([this](const SeenRow& row) { return is_forgotten(row); }); });
}

// All of them, sorted where they are: no more memory is needed. False where the disk failed; then they are all still there.
bool DedupTable::spill() {
  if (area_->failure()) return false;
  if (!spilled_) spilled_.emplace(*area_);
  std::vector<std::span<const SeenRow>> rows;
  for (SeenSlots& part : parts_) rows.push_back(part.sort());
  if (Status added = spilled_->add(rows); !added.ok()) {
    area_->fail(std::move(added).error());
    for (SeenSlots& part : parts_) grow(part);
    return false;
  }
  for (SeenSlots& part : parts_) part.clear();
  used_ = 0;
  return true;
}

}  // namespace weir
