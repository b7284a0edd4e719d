// element_set.cpp — compares few values one by one and hashes more.
#include "engine/expression/functions/element_set.h"

#include <bit>
#include <utility>

#include "engine/data/hash.h"

namespace weir {

void ElementSet::clear() {
  entries_.clear();
  has_null_ = false;
  if (!slots_.empty()) slots_.swap(spare_);
  slots_.clear();
}

bool ElementSet::is_equal_to(const Entry& entry, const Column& column, std::uint32_t row) const {
  return comparator_of(column.type.kind)(*entry.column, entry.row, column, row) == 0;
}

std::uint64_t ElementSet::hash_of(const Column& column, std::uint32_t row) {
  key_.clear();
  append_key(column, row, key_);
  return hash_bytes(key_).low;
}

std::size_t ElementSet::slot_of(const Column& column, std::uint32_t row, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const Entry& entry = entries_[slots_[slot] - 1];
    if (entry.hash == hash && is_equal_to(entry, column, row)) break;
  }
  return slot;
}

void ElementSet::make_table() {
  if (slots_.empty()) {
    slots_.swap(spare_);
    for (Entry& entry : entries_) entry.hash = hash_of(*entry.column, entry.row);
  }
  slots_.assign(std::bit_ceil(4 * entries_.size()), 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    std::size_t slot = entries_[i].hash & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = static_cast<std::uint32_t>(i + 1);
  }
}

bool ElementSet::contains(const Column& column, std::uint32_t row) {
  if (column.is_null(row)) return has_null_;
  if (!slots_.empty()) return slots_[slot_of(column, row, hash_of(column, row))] != 0;
  for (const Entry& entry : entries_) {
    if (is_equal_to(entry, column, row)) return true;
  }
  return false;
}

bool ElementSet::add(const Column& column, std::uint32_t row) {
  if (column.is_null(row)) return !std::exchange(has_null_, true);
  if (slots_.empty()) {
    if (contains(column, row)) return false;
    entries_.push_back({&column, row, 0});
    if (entries_.size() > few) make_table();
    return true;
  }
  const std::uint64_t hash = hash_of(column, row);
  const std::size_t slot = slot_of(column, row, hash);
  if (slots_[slot] != 0) return false;
  entries_.push_back({&column, row, hash});
  slots_[slot] = static_cast<std::uint32_t>(entries_.size());
  if (2 * entries_.size() > slots_.size()) make_table();
  return true;
}

}  // namespace weir
