// dedup_table.cpp — an open-addressing table whose forgotten rows give way to new ones. It is swept in place: memory that is new to the process
// costs more than the sweep.
#include "engine/state/dedup_table.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "engine/base/window_time.h"

namespace weir {
namespace {

constexpr std::size_t first_slots = 1024;
static_assert(sizeof(SeenRow) == 16);

}  // namespace

SeenRow::SeenRow(const Hash128& key, std::int64_t time) : first_(key.low), second_(key.high << time_bits) {
  second_ |= static_cast<std::uint64_t>(floor_to(time, 1000) / 1000) & ((std::uint64_t{1} << time_bits) - 1);
  if (is_empty()) first_ = 1;
}

std::int64_t SeenRow::after(const SeenRow& other) const {
  // The difference of two numbers of 40 bits, with its sign.
  return static_cast<std::int64_t>((second_ - other.second_) << (64 - time_bits)) >> (64 - time_bits);
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
    if (seen.repeats(row) && (!within_ || std::abs(row.after(seen)) * 1000 < *within_)) return false;
  }
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
  if (!swept_) swept_ = oldest;
  if (oldest - *swept_ < *within_) return;
  swept_ = oldest;
  sweep();
}

void DedupTable::make_room() {
  sweep();
  if (used_ * 2 >= slots_.size()) rebuild(std::max(first_slots, slots_.size() * 2));
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
  std::vector<SeenRow> old(slots);
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
