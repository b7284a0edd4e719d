// row_states.h — the states of aggregates over single rows, by number: what a row adds to a group, so that it can be taken out again.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "engine/state/group_table.h"

namespace weir {

/// One thread.
class RowStates {
 public:
  /// `shape` must outlive it; none of its aggregates goes by positions.
  explicit RowStates(const GroupShape& shape) : shape_(shape) {}
  ~RowStates();
  RowStates(const RowStates&) = delete;
  RowStates& operator=(const RowStates&) = delete;

  /// Puts the states of rows.rows[i] in place of what numbers[i] has.
  void set(std::span<const std::uint32_t> numbers, const GroupRows& rows, Arena& scratch);
  /// Requires set().
  const char* at(std::uint32_t number) const { return states_[number]; }
  void forget(std::uint32_t number);
  /// Has `number` without states, which the caller gives back.
  char* take(std::uint32_t number) { return std::exchange(states_[number], nullptr); }
  void give_back(char* states);
  std::size_t memory_bytes() const { return states_.capacity() * sizeof(char*) + memory_.used_bytes(); }

 private:
  const GroupShape& shape_;
  std::vector<char*> states_;  // null: none
  GroupMemory memory_;
};

}  // namespace weir
