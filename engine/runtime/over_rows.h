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
  std::vector<const Column*> froms;                // of each call: the order of the first row of its frame; null: none
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
  /// The rows that a call looks at: `values`, in `rows` by partition, those kept of groups that are gone before those there are.
  struct Sight {
    std::vector<Column> values;
    std::vector<const std::string*> orders;  // of each of `rows`
    std::vector<std::uint32_t> rows;         // of `values`
    struct Part {
      std::size_t first;                     // in rows,
      std::size_t first_there, end;          // and the first that is no kept one
      std::span<const Sorted> there;
    };
    std::vector<Part> parts;
  };
  std::vector<Sorted> sort(const OverInput& input, std::span<const std::uint32_t> rows) const;
  static bool is_cumulative(const OverNode::Call& call) { return call.aggregate.has_value() && !call.frame.is_bounded(); }
  std::vector<Type> seen_types(std::size_t call) const;
  std::vector<Column> seen_columns(std::size_t call, const OverInput& input, std::uint32_t row_count, Arena& arena) const;
  Sight sight_of(std::size_t call, const OverInput& input, std::span<const Sorted> sorted, std::uint32_t row_count, Arena& arena) const;
  /// The rows of the frame of the row at `at` in sight.rows: from the first to before the second.
  std::pair<std::size_t, std::size_t> frame_of(std::size_t call, const OverInput& input, const Sight& sight, const Sight::Part& part, std::size_t at) const;
  Column look(std::size_t call, const OverInput& input, std::span<const Sorted> sorted, std::uint32_t row_count, Arena& arena) const;
  Column framed(std::size_t call, const OverInput& input, std::span<const Sorted> sorted, std::uint32_t row_count, Arena& arena) const;
  Column share(std::size_t call, std::span<const Sorted> sorted, std::uint32_t row_count, Arena& arena) const;
  void fold_kept(std::size_t call, const OverInput& input, std::span<const Sorted> sorted, Arena& arena, std::vector<Column>& columns) const;
  void add_peers(const OverInput& input, std::span<const Sorted> peers, char* states, Arena& arena) const;
  /// Calls `visit(peers, states before them)` for the peers of every partition in order; visit gives the states after them.
  template <typename Visit>
  void walk(const std::vector<Sorted>& sorted, const Visit& visit) const;
  char* copy_of(const char* states, std::vector<char*>& owned) const;
  void stop(std::vector<char*>& owned) const;

  const OverNode& over_;
  std::vector<std::size_t> state_of_;  // of each cumulative call: which of the shape's aggregates it is
  std::vector<std::optional<std::size_t>> kept_of_;  // of each call that looks back: that of the rows that are kept for it
  std::size_t running_ = 0;            // how many of them go along: those of the calls, the number of rows, that of places in the order
  std::unique_ptr<GroupShape> shape_;  // these, then the kept rows
  std::unique_ptr<GroupTable> gone_;
};

}  // namespace weir
