// dedup_table.cpp — an open-addressing table that is swept when enough of it is too old to matter.
#include "engine/state/dedup_table.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "engine/base/window_time.h"

namespace weir {
namespace {

constexpr std::size_t first_slots = 1024;
constexpr std::int64_t sweeps_of_a_span = 8;  // how often everything is looked at while `within` passes
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
  if ((used_ + 1) * 4 > slots_.size() * 3) rebuild(std::max(first_slots, slots_.size() * 2), nullptr);
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = row.place() & mask;
  for (; !slots_[slot].is_empty(); slot = (slot + 1) & mask) {
    if (!slots_[slot].repeats(row)) continue;
    if (!within_) return false;
    const std::int64_t apart = std::abs(row.after(slots_[slot]));
    if (apart * 1000 < *within_) return false;
  }
  slots_[slot] = row;
  ++used_;
  return true;
}

void DedupTable::forget_before(std::int64_t time) {
  if (!within_ || time == no_time) return;
  // A row at `time` may repeat one that was up to `within` before it.
  const std::int64_t oldest = time - *within_;
  if (swept_ && oldest - *swept_ < *within_ / sweeps_of_a_span) return;
  const bool is_first = !swept_;
  swept_ = oldest;
  if (is_first || used_ == 0) return;
  const SeenRow limit({}, oldest);
  rebuild(slots_.size(), &limit);
  std::size_t wanted = slots_.size();
  while (wanted > first_slots && used_ * 4 < wanted) wanted /= 2;
  if (wanted != slots_.size()) rebuild(wanted, nullptr);
}

void DedupTable::rebuild(std::size_t slots, const SeenRow* oldest) {
  std::vector<SeenRow> old(slots);
  old.swap(slots_);
  used_ = 0;
  for (const SeenRow& row : old) {
    if (!row.is_empty() && (oldest == nullptr || row.after(*oldest) >= 0)) insert(row);
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
