// regrouping.h — the rows of one aggregate's groups as they count in the groups of another.
//
// "Inner" are the groups whose rows count, "outer" those in which they do; both by their numbers. Where every outer aggregate can take rows out, what each
// inner row added is kept, and only what changed is put in and taken out; an outer group that one of them could not take a row out of is put together again
// from these. Else an outer group that loses a row is computed anew from its inner groups' rows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/state/row_states.h"

namespace weir {

/// Rows of inner groups, one each. All columns are of one batch.
struct RegroupedRows {
  std::span<const Column> keys;
  std::vector<std::span<const Column>> arguments;  // of each call
  std::vector<const Column*> filters;              // of each call; null: every row
  std::vector<std::uint32_t> groups;               // whose row each is
  std::vector<char> counts;                        // whether there is the row, and it counts
};

/// One thread.
class Regrouping {
 public:
  /// `outer` must outlive it.
  explicit Regrouping(GroupTable& outer);

  /// After a restart, once: all rows, with which the states of the outer groups were saved.
  void restore(const RegroupedRows& rows, Arena& arena);
  /// These are the rows of some inner groups now. Outer groups to compute anew are then in anew(), those that have no row any more in emptied().
  void take(const RegroupedRows& rows, Arena& arena);
  const std::vector<std::uint32_t>& anew() const { return anew_; }
  const std::vector<std::uint32_t>& emptied() const { return emptied_; }
  /// The outer groups of anew(); `rows` are those of all their members.
  void compute_anew(const RegroupedRows& rows, Arena& arena);

  /// The inner groups that count in an outer one.
  std::span<const std::uint32_t> members(std::uint32_t outer) const;
  std::optional<std::uint32_t> outer_of(std::uint32_t inner) const;
  /// Inner groups are about to go, and their rows count for ever in outer groups that stay. `rows` are read only where keeps_rows().
  void keep(std::span<const std::uint32_t> inner, const RegroupedRows& rows, Arena& arena);
  bool keeps_rows() const { return contributions_ == nullptr; }
  /// The inner group goes; its outer group is not changed by that.
  void detach(std::uint32_t inner);

  /// By outer key: what counts of inner groups that are gone; without states where nothing is ever computed anew. To be saved.
  GroupTable& gone() { return *gone_; }
  const GroupTable& gone() const { return *gone_; }
  /// Roughly, without gone().
  std::size_t memory_bytes() const;

 private:
  /// What a row added to a group in which it counts no more.
  struct Old {
    std::uint32_t outer;
    char* states;  // of contributions_; null without
  };
  void attach(std::uint32_t inner, std::uint32_t outer);
  void unlink(std::uint32_t inner);
  void add(std::span<const std::uint32_t> rows, const RegroupedRows& input, Arena& arena);
  void begin_anew(std::uint32_t outer);
  void put_together(std::uint32_t outer);

  struct Place {
    std::uint32_t outer;
    std::uint32_t index;  // among its members
  };
  GroupTable& outer_;
  std::unique_ptr<GroupShape> gone_shape_;
  std::unique_ptr<GroupTable> gone_;
  std::unique_ptr<RowStates> contributions_;  // of each inner group; null: not every aggregate retracts
  std::vector<Place> places_;                 // by inner group
  std::vector<std::vector<std::uint32_t>> members_;  // by outer group
  std::vector<std::uint32_t> anew_, emptied_;
};

}  // namespace weir
