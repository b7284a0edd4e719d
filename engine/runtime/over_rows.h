// over_rows.h — one OVER (PARTITION BY .. ORDER BY ..) over rows of groups, and what it keeps of groups that are gone.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/plan/stage.h"
#include "engine/state/group_table.h"

namespace weir {

/// Rows of whole partitions, as far as their groups are kept. All columns are of one batch.
struct OverInput {
  std::span<const Column> partition, order;
  std::vector<std::span<const Column>> arguments;  // of each call
  std::vector<const Column*> filters;              // of each call; null: every row
  std::vector<std::uint32_t> rows;                 // those that there are
  std::vector<std::string> ties;                   // of each row of the batch: what orders rows of one place
};

/// One thread.
class OverRows {
 public:
  /// `over` must outlive it.
  explicit OverRows(const OverNode& over, std::vector<Type> partition_types);

  /// What each call gives for each row of the batch; NULL for rows that are not among input.rows.
  std::vector<Column> compute(const OverInput& input, std::uint32_t row_count, Arena& arena) const;
  /// Which rows of the batch differ once those of `changed` do; `all` rows of the batch, also those that are not there, are in the partitions.
  /// Ascending.
  std::vector<std::uint32_t> affected(const OverInput& input, std::span<const std::uint32_t> all, const std::vector<char>& changed, bool order_is_fixed) const;
  /// The groups of these rows, the first ones of their partitions, are about to go: later rows go on from them.
  void fold(const OverInput& input, Arena& arena);

  /// The rows before the first kept one, by partition.
  GroupTable& gone() { return *gone_; }
  const GroupTable& gone() const { return *gone_; }

 private:
  struct Sorted {
    std::string partition;
    std::string order;
    const std::string* tie;
    std::uint32_t row;
  };
  std::vector<Sorted> sort(const OverInput& input, std::span<const std::uint32_t> rows) const;
  void add_peers(const OverInput& input, std::span<const Sorted> peers, char* states, Arena& arena) const;
  /// Calls `visit(peers, states before them)` for the peers of every partition in order; visit gives the states after them.
  template <typename Visit>
  void walk(const std::vector<Sorted>& sorted, const Visit& visit) const;
  char* copy_of(const char* states, std::vector<char*>& owned) const;
  void stop(std::vector<char*>& owned) const;

  const OverNode& over_;
  std::vector<std::size_t> state_of_;  // of each call with an aggregate: which of the shape's it is
  std::unique_ptr<GroupShape> shape_;  // the aggregates of the calls, then the number of rows, then that of places in the order
  std::unique_ptr<GroupTable> gone_;
};

}  // namespace weir
