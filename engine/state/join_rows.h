// join_rows.h — the rows of one side of a join: in a table, and beyond a limit on disk, the earliest first.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engine/state/join_table.h"
#include "engine/state/spilled_rows.h"
#include "engine/state/state_budget.h"

namespace weir {

/// One thread. Rows are told by places, which are good until the next spill().
class JoinRows final : public Spillable {
 public:
  using Place = std::uint64_t;
  /// A row in memory, or one that is read for a moment.
  struct Found {
    Place place;
    std::uint64_t serial;  // as the owner has set it
    std::int64_t time;
    std::string_view values;  // until the visit ends
  };

  /// `tells_due`: forget_before() is asked for rows that have not matched. `area` must outlive this.
  void spill_to(SpillArea& area, bool tells_due) {
    area_ = &area;
    tells_due_ = tells_due;
  }
  /// What is in memory: all rows that came since the latest spill(). A row of it stands at the place of its number.
  JoinTable& table() { return table_; }
  const JoinTable& table() const { return table_; }

  /// Rows of this key that happened from `first` to `last`.
  template <typename Visit>
  void find(const Hash128& key, std::int64_t first, std::int64_t last, const Visit& visit) {
    for (std::uint32_t row = table_.first(key); row != JoinTable::no_row; row = table_.next(row)) {
      const std::int64_t time = table_.row(row).time;
      if (time >= first && time <= last) visit(found(row));
    }
    if (!spilled_ || !spilled_->may_have(key, first, last)) return;
    spilled_->find(key, first, last, [&](SpilledRows::Place place, const WaitingRow& row) { visit(found(place, row)); });
  }
  /// Remembers that the row has matched; false where that was known.
  bool set_matched(Place place);

  /// Rows that happened before `time` are not looked for any more: `visit(Found)` for those that have not matched, and they go.
  template <typename Visit>
  void forget_before(std::int64_t time, const Visit& visit);
  /// `visit(Found)` for each that has not matched.
  template <typename Visit>
  void for_each_unmatched(const Visit& visit);
  /// Those among rows with these serials, which are in ascending order, have matched.
  void set_matched(std::span<const std::uint64_t> serials);
  std::size_t unmatched_count() const;

  std::size_t size() const { return table_.size() + spilled_count(); }
  std::size_t spilled_count() const { return spilled_ ? spilled_->size() : 0; }
  std::size_t disk_bytes() const { return spilled_ ? spilled_->disk_bytes() : 0; }
  std::size_t memory_bytes() const override { return table_.memory_bytes() + (spilled_ ? spilled_->memory_bytes() : 0); }
  std::size_t spillable_bytes() const override { return table_.size() == 0 ? 0 : table_.memory_bytes(); }
  /// Every row has its serial. More than that goes at once: what stays is written anew, so that no holes are left in memory.
  Status spill(std::size_t bytes) override;

 private:
  static constexpr Place on_disk = Place{1} << 63;
  static Found found(SpilledRows::Place place, const WaitingRow& row) { return {on_disk | place, row.serial, row.time, row.values}; }
  Found found(std::uint32_t row) const { return {row, table_.row(row).serial, table_.row(row).time, table_.values(row)}; }
  WaitingRow row_at(std::uint32_t number) const {
    const JoinTable::Row& row = table_.row(number);
    return {table_.key(number), row.time, row.serial, row.is_matched, table_.values(number)};
  }
  void keep_only(std::span<const std::uint32_t> numbers);

  JoinTable table_;
  SpillArea* area_ = nullptr;  // null: nothing is spilled
  bool tells_due_ = false;
  std::optional<SpilledRows> spilled_;
};

template <typename Visit>
void JoinRows::forget_before(std::int64_t time, const Visit& visit) {
  for (std::uint32_t row; (row = table_.first_before(time)) != JoinTable::no_row; table_.remove_first()) {
    if (!table_.row(row).is_matched) visit(found(row));
  }
  if (spilled_) spilled_->forget_before(time, [&](SpilledRows::Place place, const WaitingRow& row) { visit(found(place, row)); });
}

template <typename Visit>
void JoinRows::for_each_unmatched(const Visit& visit) {
  table_.for_each([&](std::uint32_t row) {
    if (!table_.row(row).is_matched) visit(found(row));
  });
  if (spilled_) spilled_->for_each_unmatched([&](SpilledRows::Place place, const WaitingRow& row) { visit(found(place, row)); });
}

}  // namespace weir
