// join_operation.h — a join of two streams at work: what is kept of each side, the pairs that rows make, and what becomes of these.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/expression/program.h"
#include "engine/plan/stage.h"
#include "engine/runtime/stage_runner.h"
#include "engine/runtime/state_pieces.h"
#include "engine/state/join_rows.h"
#include "engine/state/row_bytes.h"
#include "engine/state/time_buckets.h"

namespace weir {

/// Joined rows that were evaluated together: they stand in a chunk as records do.
struct JoinedRows {
  StagedChunkPtr chunk;  // branches, blocks, gathered and taken, of JoinStage::rows
  Batch batch;           // the rows of block 0,
  std::shared_ptr<Arena> arena;  // where they live
};

/// A pair for which the condition could not be computed.
struct RefusedPair {
  std::string pair;  // in words
  std::string code, message;
};

/// One thread, after load(), but for renew().
class JoinOperation {
 public:
  /// `name`: of its state. The plan must outlive it.
  JoinOperation(const Plan& plan, JoinStage stage, std::string name);
  /// Once, after lookup tables are read.
  Status compile(const Store& store, const AllTableKeys& keys, const Clock& clock);
  /// As StageRunner::renew().
  Status renew();
  NodeId join() const { return stage_.join; }
  const Stage& rows() const { return stage_.rows; }

  /// Rows of one side, none of which is before what finish() was told: each is kept, and makes a pair with every row of the other side that it matches.
  void take(bool is_joined, const TakenRows& rows);
  /// No row before `time` comes any more: rows that none can match are forgotten, those of a left join without a match come beside NULLs first;
  /// with `is_end` all of them. Then what was made since the last time can be had.
  void finish(std::int64_t time, bool is_end);
  std::vector<JoinedRows> take_made() { return std::exchange(made_, {}); }
  std::vector<RefusedPair> take_refused() { return std::exchange(refused_, {}); }
  /// Whether rows wait for a match, to be written without one in the end.
  bool has_unwritten() const { return waiting_ != 0; }
  /// "id=7, amount=3.50": a joined row in words.
  std::string describe(const Batch& batch, std::uint32_t row) const;
  /// Rows may go to disk; references must outlive this.
  void spill_to(SpillArea& area, StateBudget& budget);
  std::size_t row_count() const { return input_.rows.size() + joined_.rows.size(); }
  std::size_t spilled_count() const { return input_.rows.spilled_count() + joined_.rows.spilled_count(); }
  std::size_t disk_bytes() const { return input_.rows.disk_bytes() + joined_.rows.disk_bytes(); }

  /// Appends what changed since the last call, after finish().
  void collect(std::vector<StateRow>& rows, std::vector<StateRow>& gone);
  bool owns(std::string_view name) const;
  Status load(const StoredState& row);
  /// Once after all is loaded: what finish() was told before it was stored.
  void start(std::int64_t time);

 private:
  struct Side {
    JoinRows rows;
    StatePieces pieces;
    std::vector<Type> types;
    std::vector<std::uint32_t> added;  // since collect()
  };
  struct InputRow {
    JoinRows::Place place;
    std::uint64_t serial;  // 0: none
  };
  /// Rows on their way to be evaluated.
  struct Pending {
    Pending(std::span<const Type> input_types, std::span<const Type> joined_types)
        : input(input_types, *arena), joined(joined_types, *arena) {}
    std::shared_ptr<Arena> arena = std::make_shared<Arena>();
    RowColumns input, joined;
    std::vector<InputRow> input_rows;       // of each pair
    std::vector<std::int64_t> times;        // of these
    std::vector<RowPosition> positions;     // where an aggregate asks for them
  };
  struct Mark {
    std::uint64_t serial;
    std::int64_t time;
  };
  struct Times {
    std::int64_t first, last;
  };
  Times matching_times(bool is_joined, std::int64_t time) const;
  Hash128 place_of(const TakenRows::Row& row) const { return buckets_.place(row.key, buckets_.of(row.time)); }
  void probe(bool is_joined, const TakenRows::Row& row, std::string_view values, std::uint32_t number);
  void add_pair(InputRow input_row, std::string_view input, std::int64_t input_time, const std::string_view* joined, std::int64_t joined_time);
  void add_lonely(const JoinRows::Found& row);
  void evaluate(bool is_of_pairs);
  void keep(JoinedRows made);
  Batch keep_true(Batch batch, Pending& ready);
  void mark_matched(const InputRow& row, std::int64_t time);
  void forget(std::int64_t time, bool writes_lonely);
  std::int64_t input_limit(std::int64_t time) const;
  std::int64_t joined_limit(std::int64_t time) const;
  void save_rows(Side& side);
  void save_marks();
  Status load_rows(Side& side, std::string_view bytes);
  Status load_marks(std::string_view bytes);

  const Plan& plan_;
  const JoinStage stage_;
  const StreamJoinNode& node_;
  const bool errors_are_null_;
  const TimeBuckets buckets_;           // where rows are found
  bool needs_positions_ = false;
  const Clock* clock_ = nullptr;
  std::unique_ptr<StageRunner> runner_;
  std::unique_ptr<Program> condition_;  // null: every pair
  Side input_, joined_;
  StatePieces matched_;                 // which of the input's stored rows have had a match
  std::vector<Mark> marks_;             // of these, since collect()
  std::uint64_t next_serial_ = 1;
  std::int64_t time_ = no_time;         // that finish() was told last
  std::size_t waiting_ = 0;             // rows without a match
  std::unique_ptr<Pending> pending_;
  std::vector<JoinedRows> made_;
  std::vector<RefusedPair> refused_;
  std::vector<std::uint64_t> loaded_marks_;  // serials, between load() and start()
};

}  // namespace weir
