// stage.h — the rewrites: a plan's stateless steps pushed down, pruned and fused into one stage per source.
#pragma once

#include "engine/plan/plan.h"

namespace weir {

/// What one sink takes from one source: a predicate and output expressions, both over the columns of the
/// source.
struct Branch {
  std::size_t sink;                    // index into Plan::sinks
  ExpressionPtr predicate;             // null: every row
  std::vector<ExpressionPtr> outputs;  // one per table column
};

/// Everything between one source and its sinks, evaluated by one node of the flow graph.
struct Stage {
  NodeId scan;
  std::vector<DecodedColumn> columns;  // used ones and those declared NOT NULL; expressions index into these
  bool needs_headers = false;
  std::vector<Branch> branches;  // several for one sink if a union brings rows of this source in twice
};

/// Inlines projections, merges filters, pushes them to the source, drops unused columns. One stage per scan
/// node that reaches a sink.
std::vector<Stage> fuse(const Plan& plan);

/// The order in which an epoch writes tables: referenced ones before those that refer to them, else
/// dimension-like order of the file. The result holds indexes into plan.sinks, those of `connection` only. An
/// error names a cycle.
Result<std::vector<std::size_t>> write_order(const Plan& plan, std::size_t connection);

}  // namespace weir
