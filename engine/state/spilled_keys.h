// spilled_keys.h — keys of a dedup that are on disk: sorted pieces, each with a filter in memory, so that a key that was never seen needs no read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/state/key_filter.h"
#include "engine/state/seen_row.h"
#include "engine/state/spill_area.h"

namespace weir {

/// One thread. When a read fails, `area` knows, and the key counts as not seen.
class SpilledKeys {
 public:
  /// `area` must outlive it.
  explicit SpilledKeys(SpillArea& area) : area_(&area) {}

  /// Takes in rows, in the order of their places, one part after the other. After an error it is as it was before.
  Status add(std::span<const std::span<const SeenRow>> parts);
  /// Whether the row repeats one of these.
  bool repeats(const SeenRow& row, std::optional<std::int64_t> within);
  void prefetch(const SeenRow& row) const {
    for (const Piece& piece : pieces_) piece.filter.prefetch(row.place());
  }
  /// Lets go of pieces all of whose rows are older.
  void forget_before(const SeenRow& limit);
  std::size_t size() const;
  std::size_t piece_count() const { return pieces_.size(); }
  std::size_t memory_bytes() const;
  std::size_t disk_bytes() const { return disk_bytes_; }  // as of the latest piece

 private:
  /// Rows by the upper bits of their places: those of one bucket are an entry of the store.
  struct Piece {
    std::uint64_t number;
    std::size_t rows;
    int bits;  // of the bucket's number
    SeenRow latest;
    KeyFilter filter;
  };
  class Writer;
  class Reader;
  Piece make_piece(std::size_t rows);
  Status merge_two();
  void drop(const Piece& piece);

  SpillArea* area_;
  std::unique_ptr<LocalStore> store_;
  std::vector<Piece> pieces_;  // older ones first
  std::uint64_t next_ = 0;
  std::size_t disk_bytes_ = 0;
  std::string bytes_;
};

}  // namespace weir
