// spilled_rows.h — rows of one side of a join that are on disk: sorted pieces, each with a filter in memory, read only where a row may match.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/hash.h"
#include "engine/state/key_filter.h"
#include "engine/state/spill_area.h"

namespace weir {

/// A row that is kept until no other can match it.
struct WaitingRow {
  Hash128 key;
  std::int64_t time = 0;         // microseconds
  std::uint64_t serial = 0;      // the owner's own
  bool is_matched = false;       // the owner's own
  std::string_view values;
};

/// One thread. Where something cannot be read, `area` knows, and UnreadableState is thrown.
class SpilledRows {
 public:
  /// Of a row; good until the next add().
  using Place = std::uint64_t;
  /// The view is good until the visit ends.
  using Visit = std::function<void(Place place, const WaitingRow& row)>;

  /// `area` must outlive it. `tells_due`: forget_before() is asked for rows that have not matched; they take 16 bytes of memory each.
  SpilledRows(SpillArea& area, bool tells_due) : area_(&area), tells_due_(tells_due) {}

  /// Whether `a` stands before `b`.
  static bool precedes(const WaitingRow& a, const WaitingRow& b) { return a.key.low != b.key.low ? a.key.low < b.key.low : a.time < b.time; }
  /// Takes in row(0), row(1) ... row(count - 1), which are in that order. After an error nothing of it is to be relied on.
  Status add(std::size_t count, const std::function<WaitingRow(std::size_t)>& row);

  /// Whether find() may find some; it is seldom wrong.
  bool may_have(const Hash128& key, std::int64_t first, std::int64_t last) const;
  /// The rows of this key that happened from `first` to `last`.
  void find(const Hash128& key, std::int64_t first, std::int64_t last, const Visit& visit);
  /// False where it has matched before.
  bool set_matched(Place place);
  /// Those among the rows with these serials, which are in ascending order, have matched.
  void set_matched(std::span<const std::uint64_t> serials);
  /// What happened before `time` is not looked for any more: that goes in time, and if it tells what is due, rows that have not matched are visited once before.
  void forget_before(std::int64_t time, const Visit& visit);
  /// Those that have not matched, and were not visited by forget_before().
  void for_each_unmatched(const Visit& visit);
  std::size_t unmatched_count() const;

  /// Rows, those among them that are forgotten and have not gone yet.
  std::size_t size() const;
  std::size_t piece_count() const { return pieces_.size(); }
  std::size_t memory_bytes() const;
  std::size_t disk_bytes() const { return disk_bytes_; }  // as of the latest piece

 private:
  /// An entry of the store: some rows that follow one another.
  struct Page {
    std::uint64_t hash;  // of the key of the first of them,
    std::int64_t time;   // its time,
    std::uint32_t first; // and how many rows of the piece stand before it
  };
  struct Due {
    std::int64_t time;
    std::uint32_t row;  // how many stand before it
  };
  struct Piece {
    std::uint64_t number;
    std::size_t keys;  // about
    KeyFilter filter;
    std::int64_t earliest = 0, latest = 0;
    std::vector<Page> pages{};
    std::vector<bool> is_matched{};  // of each row; also of those that forget_before() has visited
    std::vector<Due> due{};          // those that come next stand last
  };
  class Writer;
  class Reader;
  Piece make_piece(std::size_t keys) { return {next_++, keys, KeyFilter(keys)}; }
  Status merge_two();
  void drop(const Piece& piece);
  Status load_page(const Piece& piece, std::size_t page, std::string& bytes) const;
  void visit_page(std::size_t piece, std::size_t page, const Visit& visit);

  SpillArea* area_;
  const bool tells_due_;
  std::unique_ptr<LocalStore> store_;
  std::vector<Piece> pieces_;  // older ones first
  std::uint64_t next_ = 0;
  std::int64_t forgotten_ = 0;  // if there is: rows before that are not looked for any more
  bool has_forgotten_ = false;
  std::size_t disk_bytes_ = 0;
  std::string bytes_;
};

}  // namespace weir
