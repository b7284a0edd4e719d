// column_history.h — where columns come from and where they went: what notes of errors point at.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/plan/plan.h"

namespace weir {

/// Filled by the builder as it adds nodes. One thread.
class ColumnHistory {
 public:
  /// The step that made `node` out of `input` stands at `where`.
  void add_step(NodeId node, const Location& where) { steps_[node] = where; }
  /// What `input` has and `node` does not have went there; `note` of each column's name, or `otherwise`.
  void take_away(const std::vector<PlanNode>& nodes, NodeId node, NodeId input, std::map<std::string, Note> notes, const Note& otherwise);

  /// The columns that any step on the way to `node` took away.
  const std::map<std::string, Note>& gone(const std::vector<PlanNode>& nodes, NodeId node) const;
  /// Unknown where it was not said.
  Location place_of(NodeId node) const;
  /// Where a column is declared or computed; unknown where nothing says so.
  static Location origin(const std::vector<PlanNode>& nodes, NodeId node, std::size_t column);

 private:
  std::map<NodeId, Location> steps_;
  std::map<NodeId, std::map<std::string, Note>> gone_;  // up to this node
  std::map<std::string, Note> nothing_;
};

}  // namespace weir
