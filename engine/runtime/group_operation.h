// group_operation.h — the groups of one aggregate, and what becomes of them on their way to the sinks: where, OVER, emit, and their end.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/component/store.h"
#include "engine/expression/program.h"
#include "engine/plan/stage.h"
#include "engine/runtime/over_rows.h"
#include "engine/runtime/regrouping.h"
#include "engine/runtime/state_counts.h"
#include "engine/runtime/watermarks.h"
#include "engine/state/group_table.h"
#include "engine/state/sessions.h"

namespace weir {

/// The shape of an aggregate's groups.
GroupShape shape_of(const AggregateNode& node);

/// When rows are written: what the clock says, how far event time has come, and whether the job ends with everything read.
struct EmitMoment {
  std::int64_t now = 0;  // wall time, microseconds
  Watermarks::Closed closed;
  bool is_end = false;
};

/// One thread.
class GroupOperation {
 public:
  /// References must outlive it.
  static Result<std::unique_ptr<GroupOperation>> make(const Plan& plan, GroupStage stage, const Store& store, std::int64_t now);

  NodeId aggregate() const { return stage_.aggregate; }
  const GroupTable& groups() const { return *table_; }
  const GroupShape& shape() const { return *shape_; }

  /// Takes in the groups of a chunk, which comes with the next epoch.
  void merge(const GroupTable& groups);
  /// The table, to take in rows of the next epoch: what left with the last one is taken out first.
  GroupTable& next_groups();
  /// There is no such group any more: its row goes from every sink that has it, and its state is forgotten. Requires AggregateNode::rows_can_go. Called
  /// after what the epoch brings is taken in, before emit(). A group that takes in rows in a later epoch is there again, from nothing.
  void vanish(std::uint32_t group);

  /// The rows of its groups count in those of `outer`, as gathering `gathering` of the stage says: outer.emit() comes after emit(). Once each, before
  /// start().
  void feed(std::size_t gathering, GroupOperation& outer);
  /// By key, what counts of inner groups that are gone, where this operation is fed by another; else null.
  GroupTable* gone() { return regrouping_ == nullptr ? nullptr : &regrouping_->gone(); }

  /// A group as save() made it, which changed in this epoch of the state.
  Status load(std::string_view bytes, std::int64_t epoch);
  /// Now and then between calls of load(): from here on what was loaded can be spilled.
  void settle_loaded();
  /// Appends what load() needs of one of Emitted::changed.
  void save(std::uint32_t group, std::string& bytes) const;
  /// Once after all groups are loaded: the watermarks that are stored with them, and up to which epoch changes have been written for each sink that
  /// writes at times.
  void start(const Watermarks::Closed& closed, const std::map<std::size_t, std::int64_t>& emitted);
  /// What OVER keeps of groups that are gone: a table for each, in the order of GroupStage::overs.
  std::size_t over_count() const { return overs_.size(); }
  OverRows& over(std::size_t i) { return *overs_[i].rows; }

  /// Rows for one sink, ready to be written. `refused`: by number of the row, as are the rows.
  struct SinkRows {
    std::size_t sink;
    EncodedRows rows;
    EncodedRows removed;  // keys of rows that are to go
  };
  /// A row that does not count in the groups of another aggregate, since it cannot be computed.
  struct RefusedGroup {
    NodeId aggregate;
    std::string group;  // as describe() has it
    std::string code, message;
  };
  /// Takes in what was merged since the last call, and gives what is to be written now; then groups that nothing can reach any more are taken out of the table.
  struct Emitted {
    std::vector<SinkRows> sinks;
    std::vector<std::uint32_t> changed;   // groups to be stored
    std::vector<Hash128> gone;            // hashes of the keys of groups that are stored no more
    std::vector<std::size_t> written;     // sinks with `emit: every` whose changes are all written now
    std::vector<Hash128> forgotten;       // hashes of keys of gone() that are stored no more
    std::vector<RefusedGroup> refused;
  };
  Emitted emit(const EmitMoment& moment);

  /// When emit() has something to write without any new row; nothing: not by itself.
  std::optional<std::int64_t> due() const;
  bool has_unwritten() const;
  bool feeds(std::size_t sink) const;
  /// The key table of a sink of which rows can go; null where none can.
  const SinkTable* key_table(std::size_t sink) const;
  /// "category=Makeup, payment_method=PayPal": of row `row` of what was emitted last for the sink.
  std::string describe(std::size_t sink, std::uint32_t row) const;
  std::string describe(std::uint32_t group) const;

  /// Has groups, and what OVER keeps of those that are gone, share this budget, and the area for what is beyond it. Both must outlive it.
  void spill_to(SpillArea& area, StateBudget& budget);
  /// Of what is kept beside the tables that share the budget.
  std::size_t memory_bytes() const;
  /// Groups and what is spilled of them.
  StateCounts counts() const;

 private:
  struct Output {
    std::size_t sink;
    std::size_t block;
    Emit emit;
    bool has_predicate;
    bool rows_can_go;
    std::size_t first_column;  // of the block's program: the predicate first
    std::size_t column_count;
    std::unique_ptr<RowEncoder> encoder;
    const SinkTable* table;
    std::unique_ptr<SinkTable> keys;  // null: rows never go, or no table has them
    std::unique_ptr<RowEncoder> key_encoder;
    std::unique_ptr<Program> key_program;  // over the columns of groups' keys
    std::int64_t next_time = 0;            // emit every
    std::vector<std::uint32_t> dirty;      // groups that differ from what is written
    std::vector<char> is_dirty;
    std::vector<char> is_written;          // may be in the sink's table
    std::vector<char> is_known;            // emit every: may have been there when rows were written
    std::vector<std::uint32_t> emitted;    // of the latest emission
  };
  struct Over {
    const OverBlock* block;
    std::unique_ptr<OverRows> rows;
    std::size_t first_column;               // of the parent's program: the predicate first
    std::unique_ptr<Program> partition;     // over block 0
    std::map<std::string, std::vector<std::uint32_t>> partitions;
    std::vector<std::string> partition_of;  // of each group
    bool order_is_fixed;                    // by the groups' keys alone
    bool goes_on;                           // later rows of a partition need those of groups that are gone
  };
  /// Rows of a block: of these groups, one each, some of which are not there.
  struct Rows {
    std::vector<std::uint32_t> groups;
    std::vector<Column> columns;
    std::vector<char> is_there;
  };
  /// An aggregate that rows of the groups count in.
  struct Fed {
    const Gathering* gathering;
    GroupOperation* outer;
    std::size_t first_column;  // of the block's program: the predicate first
  };
  struct FedRows {
    std::vector<Column> columns;
    RegroupedRows rows;
    std::vector<RefusedGroup> refused;
  };
  GroupOperation(const Plan& plan, GroupStage stage) : plan_(plan), stage_(std::move(stage)) {}
  Status compile(const Store& store, std::int64_t now);
  Status add_over(std::size_t number, std::vector<ExpressionPtr>& roots);
  Status add_output(const Branch& branch, const Store& store, std::int64_t now, std::vector<ExpressionPtr>& roots);
  void add_gathering(const Gathering& gathering, std::vector<ExpressionPtr>& roots);
  FedRows fed_rows(const Fed& to, const Rows& rows, std::int64_t now, Arena& arena) const;
  void restore_fed();
  void feed_changes(std::int64_t now, Arena& arena, Emitted& made);
  void keep_fed(std::span<const std::uint32_t> groups, const EmitMoment& moment);
  bool is_fed(std::uint32_t group) const;
  void forget_gone(std::string_view key, Emitted& made);
  ExpressionPtr over_groups(ExpressionPtr expression, std::size_t block) const;

  static void mark_dirty(Output& output, std::uint32_t group);
  static void mark_written(Output& output, std::uint32_t group);
  void register_groups(std::span<const std::uint32_t> groups);
  std::int64_t closes_at(std::uint32_t group) const;
  void let_go();
  void take_in_changes();
  void take_in_vanishing();
  static void mark_vanished(Output& output, std::uint32_t group);
  void settle_vanished(Emitted& made);
  bool is_vanished(std::uint32_t group) const;
  bool is_unwritten(std::uint32_t group) const;
  bool is_due(const Output& output, const EmitMoment& moment) const;
  std::vector<std::uint32_t> take_final(Output& output, const EmitMoment& moment);
  static std::vector<std::uint32_t> take_dirty(Output& output);
  SinkRows write(Output& output, std::vector<std::uint32_t> dirty, const EmitMoment& moment, Arena& arena);
  void hold_back(Output& output, const EmitMoment& moment, Arena& arena, Rows& rows);
  void write_rows(Output& output, const Rows& rows, std::span<const Column> results, SinkRows& made);
  void write_removals(Output& output, std::span<const std::uint32_t> groups, std::int64_t now, Arena& arena, SinkRows& made);
  std::vector<std::uint32_t> expired(std::int64_t time);
  void fold(std::span<const std::uint32_t> groups, std::int64_t now);
  void take_out(std::uint32_t group);

  Rows rows_of(std::size_t block, std::vector<std::uint32_t> groups, std::int64_t now, Arena& arena);
  Rows affected_rows(std::size_t block, std::vector<std::uint32_t> changed, std::int64_t now, Arena& arena);
  /// All rows of the partitions of these groups, as an OVER sees them.
  struct Partitions {
    Rows rows;
    std::vector<Column> results;
    std::vector<char> is_there;  // by the predicate too
    OverInput input;
  };
  Partitions partitions_of(Over& over, const std::vector<std::uint32_t>& groups, std::int64_t now, Arena& arena);
  Rows over_rows(Over& over, const Partitions& partitions, std::span<const std::uint32_t> wanted, Arena& arena);

  const Plan& plan_;
  GroupStage stage_;
  std::unique_ptr<GroupShape> shape_;
  std::unique_ptr<GroupTable> table_;
  std::unique_ptr<Sessions> sessions_;  // null: groups keep their keys
  std::optional<Window> window_;
  std::vector<std::unique_ptr<Program>> programs_;  // one per block
  std::vector<Output> outputs_;
  std::vector<Over> overs_;
  std::vector<Fed> fed_;
  std::unique_ptr<Regrouping> regrouping_;  // of rows of groups into these groups; null: those of a source come in
  std::map<std::int64_t, std::vector<std::uint32_t>> ends_;  // of windows that close
  std::vector<char> is_registered_;
  std::vector<std::pair<std::uint32_t, std::int64_t>> loaded_;  // groups, and when they changed
  std::size_t settled_ = 0;                  // of these
  std::vector<std::uint32_t> changed_;       // in this epoch
  std::vector<std::uint32_t> vanishing_;     // as told since emit()
  std::vector<std::uint32_t> newly_vanished_;  // in this epoch, of those that were there before
  std::vector<std::uint32_t> vanished_;      // before, and sinks are still to be told
  std::vector<char> is_vanished_;
  std::vector<std::uint32_t> leaving_;       // are gone from the store, and will be from the table
  std::int64_t final_ = no_time;             // windows that end by then have been written as final
};

}  // namespace weir
