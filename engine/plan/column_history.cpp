// column_history.cpp — follows columns back through the steps of a stream.
#include "engine/plan/column_history.h"

namespace weir {
namespace {

/// Where the column of a step's input stands that one of its columns is; nothing where the step makes it.
std::optional<std::size_t> column_before(const PlanNode& node, std::size_t column) {
  const auto* project = std::get_if<ProjectNode>(&node.operation);
  if (project != nullptr) {
    const auto* reference = std::get_if<ColumnReference>(&project->expressions[column]->node);
    return reference == nullptr ? std::nullopt : std::optional(reference->index);
  }
  const bool is_as_before = std::holds_alternative<FilterNode>(node.operation) || std::holds_alternative<DedupNode>(node.operation) ||
                            std::holds_alternative<UnionNode>(node.operation) || std::holds_alternative<ExplodeNode>(node.operation) ||
                            std::holds_alternative<OverNode>(node.operation);
  return is_as_before ? std::optional(column) : std::nullopt;
}

}  // namespace

void ColumnHistory::take_away(const std::vector<PlanNode>& nodes, NodeId node, NodeId input, std::map<std::string, Note> notes, const Note& otherwise) {
  std::map<std::string, Note> all = gone(nodes, input);
  for (const Field& field : nodes[node].schema.fields) all.erase(field.name);
  for (const Field& field : nodes[input].schema.fields) {
    if (nodes[node].schema.index_of(field.name)) continue;
    const auto own = notes.find(field.name);
    all[field.name] = own == notes.end() ? otherwise : own->second;
  }
  gone_[node] = std::move(all);
}

const std::map<std::string, Note>& ColumnHistory::gone(const std::vector<PlanNode>& nodes, NodeId node) const {
  for (;;) {
    if (const auto found = gone_.find(node); found != gone_.end()) return found->second;
    const std::vector<NodeId> inputs = inputs_of(nodes[node].operation);
    if (inputs.empty()) return nothing_;
    node = inputs.front();
  }
}

Location ColumnHistory::place_of(NodeId node) const {
  const auto found = steps_.find(node);
  return found == steps_.end() ? Location{} : found->second;
}

Location ColumnHistory::origin(const std::vector<PlanNode>& nodes, NodeId node, std::size_t column) {
  Location nearest;  // where it was last written
  for (;;) {
    const PlanNode& current = nodes[node];
    if (const auto* scan = std::get_if<ScanNode>(&current.operation)) return column < scan->columns.size() ? scan->columns[column].where : nearest;
    const auto* project = std::get_if<ProjectNode>(&current.operation);
    if (project != nullptr && project->expressions[column]->where.is_known()) nearest = project->expressions[column]->where;
    const auto before = column_before(current, column);
    const std::vector<NodeId> inputs = inputs_of(current.operation);
    if (!before || inputs.empty() || *before >= nodes[inputs.front()].schema.fields.size()) return nearest;
    column = *before;
    node = inputs.front();
  }
}

}  // namespace weir
