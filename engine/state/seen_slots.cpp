// seen_slots.cpp — grows by a third, and becomes smaller when hardly anything is left.
#include "engine/state/seen_slots.h"

#include <algorithm>
#include <utility>

namespace weir {
namespace {

constexpr std::size_t first_slots = 16;
constexpr std::size_t many_slots = 256;  // fewer are doubled

}  // namespace

std::size_t SeenSlots::next_size() const {
  if (slots_.size() < many_slots) return std::max(first_slots, slots_.size() * 2);
  return slots_.size() + slots_.size() / 3;
}

void SeenSlots::shrink() {
  const std::size_t wanted = std::max(first_slots, used_ * 2);
  if (wanted * 4 < slots_.size()) rebuild(wanted, [](const SeenRow&) { return false; });
}

std::span<const SeenRow> SeenSlots::sort() {
  const auto end = std::partition(slots_.begin(), slots_.end(), [](const SeenRow& row) { return !row.is_empty(); });
  std::sort(slots_.begin(), end, [](const SeenRow& a, const SeenRow& b) { return a.place() < b.place(); });
  return std::span(slots_).first(static_cast<std::size_t>(end - slots_.begin()));
}

void SeenSlots::clear() {
  std::fill(slots_.begin(), slots_.end(), SeenRow());
  used_ = 0;
}

}  // namespace weir
