// dedup_table.cpp — an open-addressing table that is swept when enough of it is too old to matter.
#include "engine/state/dedup_table.h"

#include <algorithm>
#include <cstring>

namespace weir {
namespace {

constexpr std::size_t first_slots = 1024;
constexpr std::int64_t sweeps_of_a_span = 8;  // how often everything is looked at while `within` passes
static_assert(sizeof(SeenRow) == 24);

}  // namespace

bool DedupTable::add(const SeenRow& row) {
  if ((used_ + 1) * 4 > slots_.size() * 3) rebuild(std::max(first_slots, slots_.size() * 2), swept_);
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = row.key.low & mask;
  for (; full_[slot] != 0; slot = (slot + 1) & mask) {
    const SeenRow& seen = slots_[slot];
    if (seen.key != row.key) continue;
    if (!within_) return false;
    const std::int64_t apart = seen.time < row.time ? row.time - seen.time : seen.time - row.time;
    if (apart < *within_) return false;
  }
  slots_[slot] = row;
  full_[slot] = 1;
  ++used_;
  return true;
}

void DedupTable::forget_before(std::int64_t time) {
  if (!within_ || time < INT64_MIN + *within_) return;
  // A row at `time` may repeat one that was up to `within` before it.
  const std::int64_t oldest = time - *within_ + 1;
  if (swept_ != INT64_MIN && oldest - swept_ < *within_ / sweeps_of_a_span) return;
  const bool is_first = swept_ == INT64_MIN;
  swept_ = oldest;
  if (is_first || used_ == 0) return;
  rebuild(slots_.size(), oldest);
  std::size_t wanted = slots_.size();
  while (wanted > first_slots && used_ * 4 < wanted) wanted /= 2;
  if (wanted != slots_.size()) rebuild(wanted, oldest);
}

void DedupTable::rebuild(std::size_t slots, std::int64_t oldest) {
  std::vector<SeenRow> old_slots(slots);
  std::vector<char> old_full(slots, 0);
  old_slots.swap(slots_);
  old_full.swap(full_);
  used_ = 0;
  for (std::size_t i = 0; i < old_slots.size(); ++i) {
    if (old_full[i] != 0 && (!within_ || old_slots[i].time >= oldest)) insert(old_slots[i]);
  }
}

void DedupTable::insert(const SeenRow& row) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = row.key.low & mask;
  while (full_[slot] != 0) slot = (slot + 1) & mask;
  slots_[slot] = row;
  full_[slot] = 1;
  ++used_;
}

void append_seen(std::span<const SeenRow> rows, std::string& bytes) {
  bytes.append(reinterpret_cast<const char*>(rows.data()), rows.size_bytes());
}

Status read_seen(std::string_view bytes, std::vector<SeenRow>& rows) {
  if (bytes.size() % sizeof(SeenRow) != 0) return Error{ErrorKind::fatal, "the saved keys of a dedup are damaged"};
  const std::size_t before = rows.size();
  rows.resize(before + bytes.size() / sizeof(SeenRow));
  std::memcpy(rows.data() + before, bytes.data(), bytes.size());
  return {};
}

}  // namespace weir
