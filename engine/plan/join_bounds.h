// join_bounds.h — how far apart in event time the rows of a join may be, where its condition says so.
#pragma once

#include <optional>

#include "engine/plan/plan.h"

namespace weir {

/// What `condition`, over the columns of `input` and then those of `joined`, implies of the time of a joined row less that of the input's:
/// "s.ts BETWEEN ts AND ts + INTERVAL 4 HOURS" is [0, 4 hours], as in Flink's interval joins. Nothing where it leaves one side open. The bounds may be
/// such that no rows match: lower above upper.
std::optional<StreamJoinNode::Bounds> bounds_of(const std::vector<PlanNode>& nodes, NodeId input, NodeId joined, const ExpressionPtr& condition);

}  // namespace weir
