// state_budget.cpp — each part moves out its share of what is too much.
#include "engine/state/state_budget.h"

#include <algorithm>

#include "engine/base/byte_size.h"
#include "engine/base/log.h"

namespace weir {
namespace {

constexpr std::size_t room_share = 8;  // an eighth of the limit is made free when it is passed

}  // namespace

std::size_t StateBudget::add_up(std::size_t elsewhere) const {
  for (const Spillable* part : parts_) elsewhere += part->memory_bytes();
  return elsewhere;
}

Status StateBudget::settle(std::size_t elsewhere) {
  held_ = add_up(elsewhere);
  if (held_ <= limit_) return {};
  const std::size_t excess = held_ - (limit_ - limit_ / room_share);
  std::size_t can_go = 0;
  for (const Spillable* part : parts_) can_go += part->spillable_bytes();
  for (Spillable* part : parts_) {
    const std::size_t own = part->spillable_bytes();
    if (own == 0) continue;
    const double share = static_cast<double>(own) / static_cast<double>(can_go);
    WEIR_TRY(part->spill(std::min(own, static_cast<std::size_t>(static_cast<double>(excess) * share) + 1)));
  }
  held_ = add_up(elsewhere);
  if (held_ > limit_) warn(elsewhere);
  return {};
}

// Again when it has doubled.
void StateBudget::warn(std::size_t elsewhere) {
  if (held_ < warned_ * 2) return;
  warned_ = held_;
  log::warning("state_memory is {}, but {} of state must be in memory (an index of what is on disk, what an epoch needs, {} of keys and flags): give it at least that much",
               format_byte_size(limit_), format_byte_size(held_), format_byte_size(elsewhere));
}

}  // namespace weir
