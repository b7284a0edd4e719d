// dedup_table.h — the keys that a dedup has seen, by their hash, with the time of the row that had each.
//
// Hashes are of 128 bits: among a billion keys, two different ones are taken for one with a chance of one in 10^20.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/data/hash.h"

namespace weir {

struct SeenRow {
  Hash128 key;
  std::int64_t time = 0;  // microseconds; 0 where rows have none
};

/// One thread.
class DedupTable {
 public:
  /// Rows repeat one another if their times are less than `within` microseconds apart; nothing: always.
  explicit DedupTable(std::optional<std::int64_t> within) : within_(within) {}

  /// Remembers the row, unless it repeats one that is remembered: whether it was new.
  bool add(const SeenRow& row);
  /// Forgets rows that no row at `time` or later can repeat. Costs little until a good part of what is there can go.
  void forget_before(std::int64_t time);
  std::size_t size() const { return used_; }
  std::size_t memory_bytes() const { return slots_.capacity() * sizeof(SeenRow) + full_.capacity(); }

 private:
  void rebuild(std::size_t slots, std::int64_t oldest);
  void insert(const SeenRow& row);

  std::optional<std::int64_t> within_;
  std::vector<SeenRow> slots_;  // a power of two of them
  std::vector<char> full_;
  std::size_t used_ = 0;
  std::int64_t swept_ = INT64_MIN;  // what is older than this has been forgotten
};

/// Rows as bytes: 16 of the key, 8 of the time, in the machine's order.
void append_seen(std::span<const SeenRow> rows, std::string& bytes);
/// Appends the rows of saved bytes; an error where they are none.
Status read_seen(std::string_view bytes, std::vector<SeenRow>& rows);

}  // namespace weir
