// keyed_state.h — what a stateful pipeline remembers: the groups of its aggregates, the keys of its dedups, how far event time has come; kept in
// weir_state.
//
// One process at a time has the state: it owns the split `state` of the source `(state)` in weir_checkpoint, whose position counts the
// epochs that changed it. The compare-and-set of that position fences a process that lost it, as for any split.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/component/store.h"
#include "engine/plan/stage.h"
#include "engine/runtime/group_operation.h"
#include "engine/runtime/join_operation.h"
#include "engine/runtime/sequencer.h"
#include "engine/runtime/state_counts.h"
#include "engine/runtime/state_rows.h"
#include "engine/runtime/watermarks.h"

namespace weir {

inline constexpr const char* state_source = "(state)";
inline constexpr const char* state_split = "state";
inline constexpr const char* first_state_position = "0";

/// The lane's thread only, after load(), but for what the sequencer has.
class KeyedState {
 public:
  /// Null where the plan is not stateful. References must outlive the state.
  static Result<std::unique_ptr<KeyedState>> make(const Plan& plan, const Store& store, const Clock& clock, const StateLimits& limits);

  /// Reads what is stored; `position` is that of the state's split. An error where that is of another pipeline.
  Status load(StoreAdministration& administration, Position position);

  Watermarks& watermarks() { return watermarks_; }
  DedupTables& dedups() { return dedups_; }

  /// Once, after lookup tables are read, and when one has changed: what stands behind joins of streams may look into them.
  Status compile_joins(const Store& store, const AllTableKeys& keys);
  Status renew();

  const GroupShape& shape(NodeId aggregate) const;
  void merge(NodeId aggregate, const GroupTable& groups);
  void take_seen(std::span<const NewlySeen> rows);
  void take(const Intake& intake, const TakenRows& rows);

  /// What a join has made.
  struct Joined {
    const JoinOperation* join;
    std::vector<JoinedRows> rows;
    std::vector<RefusedPair> refused;
  };
  struct Changes {
    std::vector<GroupOperation::SinkRows> sinks;
    std::vector<Joined> joined;
    EncodedRows state;    // for state_table(),
    EncodedRows new_state;  // where nothing has these keys yet
    EncodedRows forgotten;  // for state_key_table()
    std::vector<GroupOperation::RefusedGroup> refused;
    SplitAdvance advance;
    std::size_t groups = 0;
  };
  /// What changed since the last call, once, and what is to be written now. `is_end`: everything there is has been read, and the job ends. The result stays good until the next call.
  const Changes& take_changes(bool is_end);
  const SinkTable& state_table() const { return state_table_; }
  const SinkTable& state_key_table() const { return state_key_table_; }
  /// The table of a sink's keys, for rows that go; null where none can.
  const SinkTable* key_table(std::size_t sink) const;
  /// "category=Makeup, payment_method=PayPal": of row `row` of the latest changes for `sink`.
  std::string describe(std::size_t sink, std::uint32_t row) const;
  /// Whether rows of this sink come from an aggregate, or from this one or one of its rows.
  bool feeds(std::size_t sink) const;
  bool feeds(std::size_t sink, NodeId aggregate) const;
  /// Whether rows of this sink come straight from a join of streams; whether they come from this one, straight or through an aggregate.
  bool is_joined(std::size_t sink) const;
  bool feeds(std::size_t sink, const Intake& intake) const;
  /// Whether make_room() would move something out: an epoch that takes in rows should end.
  bool is_too_much() const { return budget_.is_passed(unmovable_bytes()); }
  /// Between epochs: what is beyond the limit goes to the local store.
  Status make_room();
  /// Why what was taken in since must not be committed: the local store failed.
  std::optional<Error> failure() const { return area_.failure(); }
  StateCounts counts() const;
  /// When take_changes() has something to write without any new row, by the clock on the wall; nothing: not by itself.
  std::optional<std::int64_t> due() const;
  /// Whether anything waits to be written, for its time or for its window to close.
  bool has_unwritten() const;

 private:
  /// The saved keys of one dedup, in pieces that go when their last row can.
  struct Piece {
    std::int64_t number;
    std::int64_t latest;
    std::string bytes;  // while rows are still added
  };
  struct Dedup {
    NodeId node;
    std::string name;
    std::optional<std::int64_t> within;
    std::deque<Piece> pieces;
    std::int64_t next = 0;
    std::string added;              // as the value of a piece: room for its latest time, then rows; empty: there are none
    std::int64_t latest = no_time;  // of these
  };
  struct Operation {
    std::string name;  // in weir_state
    std::unique_ptr<GroupOperation> groups;
    std::vector<std::string> over_names;
    Duration held_back{};  // see Window
    std::string gone_name;                // of what groups that are gone added
    std::vector<NodeId> outer{};          // aggregates of its rows
  };
  KeyedState(const Plan& plan, const Store& store, const Clock& clock, const StateLimits& limits);
  Status add(const GroupStage& stage, const std::string& fed_by, const Store& store);
  Status load_row(const StoredState& row, std::map<std::size_t, std::int64_t>& emitted);
  void start(const std::map<std::size_t, std::int64_t>& emitted);
  Status settle_loaded(const StoredState& row);
  Status load_piece(Dedup& dedup, const StoredState& row);
  const Operation& operation_of(NodeId aggregate) const;
  std::size_t unmovable_bytes() const;
  GroupOperation& operation(NodeId aggregate) const;
  JoinOperation& join_operation(NodeId join) const;
  void finish_joins(std::int64_t expired, bool is_end, std::vector<StateRow>& rows, std::vector<StateRow>& gone);
  void collect(Operation& operation, const EmitMoment& moment, std::vector<StateRow>& rows, std::vector<StateRow>& gone);
  void collect(Dedup& dedup, std::int64_t expired, std::vector<StateRow>& rows, std::vector<StateRow>& gone);

  const Plan& plan_;
  const Clock& clock_;
  SinkTable state_table_;
  SinkTable state_key_table_;
  std::unique_ptr<RowEncoder> state_encoder_;
  std::unique_ptr<RowEncoder> state_key_encoder_;
  Watermarks watermarks_;
  SpillArea area_;
  StateBudget budget_;
  DedupTables dedups_;
  std::vector<Operation> operations_;
  std::vector<std::unique_ptr<JoinOperation>> joins_;
  std::vector<Dedup> saved_dedups_;
  std::string saved_watermarks_;
  Position position_;
  Changes changes_;
  std::size_t loaded_ = 0, loaded_bytes_ = 0;  // rows and their values, since the latest look at the memory
};

}  // namespace weir
