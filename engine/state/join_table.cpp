// join_table.cpp — an open-addressing table of keys, whose rows are linked, over blocks of values; a heap tells which row goes first.
#include "engine/state/join_table.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace weir {
namespace {

constexpr std::size_t first_slots = 64;
constexpr std::size_t smallest_block = 4 << 10;
constexpr std::size_t largest_block = 64 << 10;

template <typename T>
std::uint32_t take_number(std::vector<T>& all, std::vector<std::uint32_t>& free) {
  if (free.empty()) {
    all.emplace_back();
    return static_cast<std::uint32_t>(all.size() - 1);
  }
  const std::uint32_t number = free.back();
  free.pop_back();
  all[number] = T{};
  return number;
}

}  // namespace

std::uint32_t JoinTable::add(const Hash128& key, std::int64_t time, std::string_view values) {
  const std::uint32_t of_key = find_or_add(key);
  const std::uint32_t number = take_number(rows_, free_rows_);
  Row& row = rows_[number];
  row.time = time;
  row.key = of_key;
  row.previous = keys_[of_key].last;
  row.next = no_row;
  row.is_here = true;
  store(values, row);
  if (row.previous == no_row)
    keys_[of_key].first = number;
  else
    rows_[row.previous].next = number;
  keys_[of_key].last = number;
  by_time_.push_back({time, number});
  std::push_heap(by_time_.begin(), by_time_.end());
  return number;
}

std::uint32_t JoinTable::first(const Hash128& key) const {
  if (slots_.empty()) return no_row;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = key.low & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
    if (keys_[slots_[slot] - 1].hash == key) return keys_[slots_[slot] - 1].first;
  }
  return no_row;
}

std::uint32_t JoinTable::find_or_add(const Hash128& key) {
  if ((key_count() + 1) * 4 > slots_.size() * 3) grow();
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = key.low & mask;
  for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
    if (keys_[slots_[slot] - 1].hash == key) return slots_[slot] - 1;
  }
  const std::uint32_t number = take_number(keys_, free_keys_);
  keys_[number].hash = key;
  slots_[slot] = number + 1;
  return number;
}

void JoinTable::grow() {
  const std::vector<std::uint32_t> old = std::exchange(slots_, std::vector<std::uint32_t>(std::max(first_slots, slots_.size() * 2), 0));
  const std::size_t mask = slots_.size() - 1;
  for (const std::uint32_t entry : old) {
    if (entry == 0) continue;
    std::size_t slot = keys_[entry - 1].hash.low & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = entry;
  }
}

void JoinTable::remove_key(std::uint32_t number) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t hole = keys_[number].hash.low & mask;
  while (slots_[hole] != number + 1) hole = (hole + 1) & mask;
  // What stands behind the hole moves into it, unless it would stand before its own first place.
  for (std::size_t slot = (hole + 1) & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const std::size_t wanted = keys_[slots_[slot] - 1].hash.low & mask;
    if (((slot - wanted) & mask) < ((slot - hole) & mask)) continue;
    slots_[hole] = slots_[slot];
    hole = slot;
  }
  slots_[hole] = 0;
  free_keys_.push_back(number);
}

std::uint32_t JoinTable::new_block(std::size_t least) {
  const std::uint32_t number = take_number(blocks_, free_blocks_);
  const std::size_t wanted = std::clamp(block_bytes_ / 4, smallest_block, largest_block);
  blocks_[number].capacity = static_cast<std::uint32_t>(std::max(wanted, least));
  blocks_[number].bytes = std::make_unique<char[]>(blocks_[number].capacity);
  block_bytes_ += blocks_[number].capacity;
  return number;
}

void JoinTable::store(std::string_view values, Row& row) {
  if (open_block_ == no_row || blocks_[open_block_].capacity - blocks_[open_block_].used < values.size()) {
    const std::uint32_t full = std::exchange(open_block_, new_block(values.size()));
    if (full != no_row && blocks_[full].rows == 0) {  // its rows went while it was open
      block_bytes_ -= blocks_[full].capacity;
      blocks_[full] = {};
      free_blocks_.push_back(full);
    }
  }
  Block& block = blocks_[open_block_];
  row.block = open_block_;
  row.offset = block.used;
  row.size = static_cast<std::uint32_t>(values.size());
  if (!values.empty()) std::memcpy(block.bytes.get() + block.used, values.data(), values.size());
  block.used += row.size;
  ++block.rows;
}

std::uint32_t JoinTable::first_before(std::int64_t time) const {
  return by_time_.empty() || by_time_.front().time >= time ? no_row : by_time_.front().row;
}

void JoinTable::remove_first() {
  const std::uint32_t number = by_time_.front().row;
  std::pop_heap(by_time_.begin(), by_time_.end());
  by_time_.pop_back();
  Row& row = rows_[number];
  Key& key = keys_[row.key];
  (row.previous == no_row ? key.first : rows_[row.previous].next) = row.next;
  (row.next == no_row ? key.last : rows_[row.next].previous) = row.previous;
  if (key.first == no_row) remove_key(row.key);
  Block& block = blocks_[row.block];
  --block.rows;
  if (block.rows == 0 && row.block == open_block_) block.used = 0;
  if (block.rows == 0 && row.block != open_block_) {
    block_bytes_ -= block.capacity;
    free_blocks_.push_back(row.block);
    block = {};
  }
  row.is_here = false;
  free_rows_.push_back(number);
}

std::size_t JoinTable::memory_bytes() const {
  return block_bytes_ + rows_.capacity() * sizeof(Row) + keys_.capacity() * sizeof(Key) + slots_.capacity() * sizeof(std::uint32_t) +
         by_time_.capacity() * sizeof(Due) + blocks_.capacity() * sizeof(Block) +
         (free_rows_.capacity() + free_keys_.capacity() + free_blocks_.capacity()) * sizeof(std::uint32_t);
}

}  // namespace weir
