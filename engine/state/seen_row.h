// seen_row.h — the key of a row that a dedup has seen, by its hash, with the time of the row.
//
// Hashes have 88 bits: among a billion live keys, two different ones are taken for one with a chance of one in 10^9. Times are milliseconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/window_time.h"
#include "engine/data/hash.h"

namespace weir {

/// A key and a time in 16 bytes: 64 bits of the hash, then 24 more above 40 bits of milliseconds, which go round every 34 years.
class SeenRow {
 public:
  SeenRow() = default;
  /// `time`: microseconds.
  SeenRow(const Hash128& key, std::int64_t time) : first_(key.low), second_(key.high << time_bits) {
    second_ |= static_cast<std::uint64_t>(floor_to(time, 1000) / 1000) & ((std::uint64_t{1} << time_bits) - 1);
    if (is_empty()) first_ = 1;
  }
  /// Of the same key, as far as the hash tells.
  bool has_key_of(const SeenRow& other) const { return first_ == other.first_ && ((second_ ^ other.second_) >> time_bits) == 0; }
  /// Of the same key, less than `within` microseconds apart; nothing: however far.
  bool repeats(const SeenRow& other, std::optional<std::int64_t> within) const {
    return has_key_of(other) && (!within || std::abs(after(other)) * 1000 < *within);
  }
  /// Milliseconds from `other` to this one; less than 17 years apart.
  std::int64_t after(const SeenRow& other) const {
    // The difference of two numbers of 40 bits, with its sign.
    return static_cast<std::int64_t>((second_ - other.second_) << (64 - time_bits)) >> (64 - time_bits);
  }
  std::uint64_t place() const { return first_; }
  bool is_empty() const { return first_ == 0 && second_ == 0; }

 private:
  static constexpr int time_bits = 40;
  std::uint64_t first_ = 0;
  std::uint64_t second_ = 0;
};

/// Rows as bytes: 16 each, in the machine's order.
void append_seen(std::span<const SeenRow> rows, std::string& bytes);
/// Appends the rows of saved bytes; an error where they are none.
Status read_seen(std::string_view bytes, std::vector<SeenRow>& rows);

}  // namespace weir
