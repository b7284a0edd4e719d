// stage.h — the rewrites: a plan's stateless steps pushed down, pruned and fused into one stage per source.
#pragma once

#include <vector>

#include "engine/plan/plan.h"

namespace weir {

/// What one sink takes from one block of rows: a predicate and output expressions, both over the columns of the
/// block.
struct Branch {
  std::size_t sink;                    // index into Plan::sinks
  ExpressionPtr predicate;             // null: every row
  std::vector<ExpressionPtr> outputs;  // one per table column
  std::size_t block = 0;
  std::size_t order = 0;               // among those of its sink: a record that comes in through several comes in this order
};

/// A block of rows made of the rows of another one, `parent`: its columns are `carried`, then those that the call makes. All expressions are
/// over the columns of the parent. Either `explode` or `dedup`.
struct Expansion {
  std::size_t parent;
  ExpressionPtr predicate;  // null: of every row
  const ExplodeNode* explode = nullptr;  // of the plan
  std::vector<ExpressionPtr> arguments;  // of the call, or the key
  std::vector<ExpressionPtr> carried;
  const DedupNode* dedup = nullptr;      // of the plan: the rows that repeat none
  bool is_timed = false;                 // of a dedup: late rows are not for it
  NodeId node = 0;
};

/// What an aggregate takes from one block of rows.
struct Gathering {
  std::size_t block;
  NodeId aggregate;
  ExpressionPtr predicate;  // null: every row
  std::vector<ExpressionPtr> keys;
  std::vector<std::vector<ExpressionPtr>> arguments;  // of each call
  std::vector<ExpressionPtr> filters;                 // of each call; null: every row
};

/// What a join of two streams takes from one block of rows.
struct Intake {
  std::size_t block;
  NodeId join;
  bool is_joined;           // the rows are those of the joined stream
  ExpressionPtr predicate;  // null: every row
  std::vector<ExpressionPtr> keys;
  std::vector<ExpressionPtr> carried;
  bool is_timed;            // late rows are not for it
};

/// Everything between one source and its sinks, evaluated by one node of the flow graph. Block 0 are the rows of the source, block i + 1 those
/// made by expansions[i].
struct Stage {
  NodeId scan;
  std::vector<DecodedColumn> columns;  // used ones and those declared NOT NULL; expressions index into these
  bool needs_headers = false;
  std::vector<SourceCheck> checks;     // rows for which one is false are rejected
  ExpressionPtr time;                  // when rows happened; null: the source does not say
  bool is_timed = false;               // something below goes by the time of rows
  std::vector<Branch> branches;        // several for one sink if a union brings rows of this source in twice
  std::vector<Expansion> expansions;   // parents before what is made of them
  std::vector<Gathering> gatherings;
  std::vector<Intake> intakes;
};

/// What an OverNode computes, over the columns of block `parent`. Its own block has the columns `carried`, then one for each call.
struct OverBlock {
  std::size_t parent;
  ExpressionPtr predicate;  // null: over every row
  const OverNode* over;     // of the plan
  std::vector<ExpressionPtr> partition;
  std::vector<ExpressionPtr> order;
  std::vector<std::vector<ExpressionPtr>> arguments;  // of each call: of its aggregate, or its values
  std::vector<ExpressionPtr> filters;                 // of each call; null: every row
  std::vector<ExpressionPtr> froms;                   // of each call, as in its frame; null: none
  std::vector<ExpressionPtr> carried;
};

/// Everything between an aggregate and its sinks, or the aggregates of its rows. Block 0 are the aggregate's rows, block i + 1 those of overs[i].
struct GroupStage {
  NodeId aggregate;
  std::vector<Branch> branches;
  std::vector<OverBlock> overs;  // parents before what is computed over them
  std::vector<Gathering> gatherings;
};

/// Everything between a join of two streams and its sinks. Block 0 are the joined rows.
struct JoinStage {
  NodeId join;
  std::vector<Field> carried;         // columns of block 0: of the input's rows,
  std::vector<Field> joined_carried;  // then of the joined ones
  ExpressionPtr condition;            // over block 0; null: all pairs
  Stage rows;                         // what reads them: branches, expansions and gatherings
};

/// Whether late rows are not for this aggregate.
bool is_timed(const Plan& plan, const Gathering& gathering);

/// Inlines projections, merges filters, pushes them to where their rows come from, drops unused columns. One stage per scan
/// node that reaches a sink. Branches and expansions that read one explode share its rows. The plan must outlive the result.
std::vector<Stage> fuse(const Plan& plan);
/// Whether a row that the branch has written may not be there any more later, as when a group no longer fits a HAVING.
bool rows_can_go(const Plan& plan, const GroupStage& stage, const Branch& branch);
/// One per aggregate that reaches a sink; an aggregate of an aggregate's rows stands behind that one.
std::vector<GroupStage> fuse_groups(const Plan& plan);
/// One per join of two streams that reaches a sink.
std::vector<JoinStage> fuse_joins(const Plan& plan);

/// The order in which an epoch writes tables: referenced ones before those that refer to them, else
/// dimension-like order of the file. The result holds indexes into plan.sinks: those that are tables of `connection`. An
/// error names a cycle.
Result<std::vector<std::size_t>> write_order(const Plan& plan, std::size_t connection);

}  // namespace weir
