// join_table.h — the rows of one side of a join, found by the hash of their key, until no row of the other side can match them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/prefetch.h"
#include "engine/data/hash.h"

namespace weir {

/// One thread. Rows are told by numbers; that of one that was taken out is given to another.
class JoinTable {
 public:
  struct Row {
    std::int64_t time = 0;
    std::uint64_t serial = 0;  // the owner's own; 0: none
    std::uint32_t key = 0;
    std::uint32_t next = 0;    // of the same key, in the order they came; no_row: none
    std::uint32_t previous = 0;
    std::uint32_t block = 0;
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
    bool is_here = false;
    bool is_matched = false;   // the owner's own
  };
  static constexpr std::uint32_t no_row = ~0u;

  /// Copies the values. `time`: microseconds.
  std::uint32_t add(const Hash128& key, std::int64_t time, std::string_view values);
  /// The first row that has the key; the others follow by next().
  std::uint32_t first(const Hash128& key) const;
  std::uint32_t next(std::uint32_t row) const { return rows_[row].next; }
  /// Has the key's place in the table at hand soon.
  void prefetch(const Hash128& key) const {
    if (!slots_.empty()) weir::prefetch(&slots_[key.low & (slots_.size() - 1)]);
  }
  bool holds(std::uint32_t row) const { return row < rows_.size() && rows_[row].is_here; }
  Row& row(std::uint32_t row) { return rows_[row]; }
  const Row& row(std::uint32_t row) const { return rows_[row]; }
  const Hash128& key(std::uint32_t row) const { return keys_[rows_[row].key].hash; }
  /// Good until the row is taken out.
  std::string_view values(std::uint32_t row) const { return {blocks_[rows_[row].block].bytes.get() + rows_[row].offset, rows_[row].size}; }

  /// The earliest row, if it happened before `time`; no_row: there is none.
  std::uint32_t first_before(std::int64_t time) const;
  void remove_first();
  /// Calls `visit(row)` for each row, in no particular order.
  template <typename Visit>
  void for_each(const Visit& visit) const {
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
      if (rows_[row].is_here) visit(row);
    }
  }

  std::size_t size() const { return rows_.size() - free_rows_.size(); }
  std::size_t key_count() const { return keys_.size() - free_keys_.size(); }
  std::size_t memory_bytes() const;

 private:
  struct Key {
    Hash128 hash;
    std::uint32_t first = no_row, last = no_row;
  };
  /// Values of rows that came one after the other; it goes when all of them have gone.
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::uint32_t capacity = 0, used = 0, rows = 0;
  };
  struct Due {
    std::int64_t time;
    std::uint32_t row;
    bool operator<(const Due& other) const { return time > other.time; }  // the earliest stands first in the heap
  };
  std::uint32_t find_or_add(const Hash128& key);
  void grow();
  void remove_key(std::uint32_t key);
  void store(std::string_view values, Row& row);
  std::uint32_t new_block(std::size_t least);

  std::vector<Row> rows_;
  std::vector<std::uint32_t> free_rows_;
  std::vector<Key> keys_;
  std::vector<std::uint32_t> free_keys_;
  std::vector<std::uint32_t> slots_;  // key + 1, or 0; a power of two of them
  std::vector<Block> blocks_;         // the last that was made takes new rows
  std::vector<std::uint32_t> free_blocks_;
  std::uint32_t open_block_ = no_row;
  std::size_t block_bytes_ = 0;
  std::vector<Due> by_time_;          // a heap
};

}  // namespace weir
