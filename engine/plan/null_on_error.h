// null_on_error.h — which columns hold NULL where on_error makes one of what cannot be computed.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "engine/plan/plan.h"

namespace weir {

/// Of a plan in which every call that fails is NULL: the nullability of types is that of a plan in which none does. Calls of strict functions count as
/// able to fail. What is found is remembered, so that many columns over long ways cost little; `nodes` stay as they are meanwhile.
class NullsOfErrors {
 public:
  explicit NullsOfErrors(const std::vector<PlanNode>& nodes) : nodes_(nodes) {}
  /// Whether an expression over the rows of `node` may be NULL.
  bool may_be_null(NodeId node, const Expression& expression);

 private:
  bool column_may_be_null(NodeId node, std::size_t column);
  bool trace(NodeId node, std::size_t column);
  bool leaves_out(const FilterNode& filter, std::size_t column);

  const std::vector<PlanNode>& nodes_;
  std::map<std::pair<NodeId, std::size_t>, bool> columns_;
  std::map<const Expression*, std::vector<bool>> without_nulls_;  // by the predicate of a filter
};

}  // namespace weir
