// element_set.h — which values were seen among the elements of arrays or the keys of maps.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/expression/functions/value_order.h"

namespace weir {

/// Equal values (0.0 and -0.0, NaN and NaN) are one, and so is NULL. Working memory of an evaluation: keeps
/// its memory from row to row.
class ElementSet {
 public:
  void clear();
  /// Whether no equal one was in it. The column outlives what clear() forgets.
  bool add(const Column& column, std::uint32_t row);
  bool contains(const Column& column, std::uint32_t row);
  bool has_null() const { return has_null_; }

 private:
  struct Entry {
    const Column* column;
    std::uint32_t row;
    std::uint64_t hash;  // 0 while there are few
  };
  static constexpr std::size_t few = 8;  // as many are compared one by one

  bool is_equal_to(const Entry& entry, const Column& column, std::uint32_t row) const;
  std::uint64_t hash_of(const Column& column, std::uint32_t row);
  /// The slot that holds an equal value, or the free one where it belongs.
  std::size_t slot_of(const Column& column, std::uint32_t row, std::uint64_t hash) const;
  void make_table();

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  // index into entries_ + 1; 0: free. A power of two, at most half full;
                                      // empty while there are few
  std::vector<std::uint32_t> spare_;  // the memory of slots_ between rows
  bool has_null_ = false;
  std::string key_;
};

}  // namespace weir
