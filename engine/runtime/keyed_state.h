// keyed_state.h — what a stateful pipeline remembers: the groups of its aggregates, taken in at each commit, kept in weir_state.
//
// One process at a time has the state: it owns the split `state` of the source `(state)` in weir_checkpoint, whose position counts the
// epochs that changed it. The compare-and-set of that position fences a process that lost it, as for any split.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/component/store.h"
#include "engine/expression/program.h"
#include "engine/plan/stage.h"
#include "engine/state/group_table.h"

namespace weir {

inline constexpr const char* state_source = "(state)";
inline constexpr const char* state_split = "state";
inline constexpr const char* first_state_position = "0";

/// What the store's table of the state looks like, as a table to write.
SinkTable state_table_of(const Store& store);
/// The shape of an aggregate's groups.
GroupShape shape_of(const AggregateNode& node);

/// The lane's thread only, after load().
class KeyedState {
 public:
  /// Null where the plan is not stateful. References must outlive the state.
  static Result<std::unique_ptr<KeyedState>> make(const Plan& plan, const Store& store, const Clock& clock);

  /// Reads what is stored; `position` is that of the state's split. An error where that is of another pipeline.
  Status load(StoreAdministration& administration, Position position);

  const GroupShape& shape(NodeId aggregate) const;
  void merge(NodeId aggregate, const GroupTable& groups);

  /// Rows of the groups that changed since the last call for one sink, ready to be written; empty for other sinks. `refused`: rows
  /// that could not be computed or held, by group.
  struct SinkRows {
    std::size_t sink;
    EncodedRows rows;
  };
  struct Changes {
    std::vector<SinkRows> sinks;
    EncodedRows state;        // for state_table()
    SplitAdvance advance;
    std::size_t groups = 0;
  };
  /// What merge() changed, once. The result stays good until the next call.
  const Changes& take_changes(std::int64_t epoch);
  const SinkTable& state_table() const { return state_table_; }
  /// "category=Makeup, payment_method=PayPal": of row `row` of the latest changes for `sink`.
  std::string describe(std::size_t sink, std::uint32_t row) const;
  /// Whether rows of this sink come from an aggregate, or from this one.
  bool feeds(std::size_t sink) const;
  bool feeds(std::size_t sink, NodeId aggregate) const;
  std::size_t group_count() const;

 private:
  struct Output {
    std::size_t sink;
    std::size_t first_column;  // of the program's results
    std::size_t column_count;
    std::unique_ptr<RowEncoder> encoder;
    const SinkTable* table;
  };
  struct Operation {
    NodeId node;
    std::string name;  // in weir_state
    std::unique_ptr<GroupShape> shape;
    std::unique_ptr<GroupTable> groups;
    std::unique_ptr<Program> program;
    std::vector<Output> outputs;
    std::vector<std::uint32_t> changed;  // of the latest changes
  };
  KeyedState(const Plan& plan, const Store& store, const Clock& clock);
  Status add(const GroupStage& stage, const Store& store);
  Operation& operation(NodeId aggregate);
  const Operation& operation(NodeId aggregate) const { return const_cast<KeyedState*>(this)->operation(aggregate); }
  void encode_outputs(Operation& operation, Arena& arena);
  void encode_state(const std::vector<const Operation*>& operations, std::int64_t epoch, Arena& arena);

  const Plan& plan_;
  const Clock& clock_;
  SinkTable state_table_;
  std::unique_ptr<RowEncoder> state_encoder_;
  std::vector<Operation> operations_;
  Position position_;
  Changes changes_;
};

}  // namespace weir
