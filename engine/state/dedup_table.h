// dedup_table.h — the keys that a dedup has seen, by their hash, with the time of the row that had each.
//
// Hashes have 88 bits: among a billion live keys, two different ones are taken for one with a chance of one in 10^9. Times are milliseconds.
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

/// A key and a time in 16 bytes: 64 bits of the hash, then 24 more above 40 bits of milliseconds, which go round every 34 years.
class SeenRow {
 public:
  SeenRow() = default;
  /// `time`: microseconds.
  SeenRow(const Hash128& key, std::int64_t time);
  /// Of the same key, as far as the hash tells.
  bool repeats(const SeenRow& other) const { return first_ == other.first_ && ((second_ ^ other.second_) >> time_bits) == 0; }
  /// Milliseconds from `other` to this one; less than 17 years apart.
  std::int64_t after(const SeenRow& other) const;
  std::size_t place() const { return first_; }
  bool is_empty() const { return first_ == 0 && second_ == 0; }

 private:
  static constexpr int time_bits = 40;
  std::uint64_t first_ = 0;
  std::uint64_t second_ = 0;
};

/// One thread.
class DedupTable {
 public:
  /// Rows repeat one another if their times are less than `within` microseconds apart, cut to milliseconds; nothing: always.
  explicit DedupTable(std::optional<std::int64_t> within) : within_(within) {}

  /// Remembers the row, unless it repeats one that is remembered: whether it was new.
  bool add(const SeenRow& row);
  /// Has the row's place in the table at hand soon.
  void prefetch(const SeenRow& row) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[row.place() & (slots_.size() - 1)]);
  }
  /// Forgets rows that no row at `time` (microseconds) or later can repeat: their places are taken by others from now on, and swept now and then.
  void forget_before(std::int64_t time);
  /// Rows that are remembered, and those that are forgotten and not swept yet.
  std::size_t size() const { return used_; }
  std::size_t memory_bytes() const { return slots_.capacity() * sizeof(SeenRow); }

 private:
  bool is_forgotten(const SeenRow& row) const { return oldest_ && row.after(*oldest_) < 0; }
  void make_room();
  void rebuild(std::size_t slots);
  void sweep();
  void insert(const SeenRow& row);

  std::optional<std::int64_t> within_;
  std::vector<SeenRow> slots_;  // a power of two of them
  std::size_t used_ = 0;
  std::optional<SeenRow> oldest_;      // rows before its time are forgotten
  std::optional<std::int64_t> swept_;  // of the time of the latest sweep: what was forgotten then
};

/// Rows as bytes: 16 each, in the machine's order.
void append_seen(std::span<const SeenRow> rows, std::string& bytes);
/// Appends the rows of saved bytes; an error where they are none.
Status read_seen(std::string_view bytes, std::vector<SeenRow>& rows);

}  // namespace weir
