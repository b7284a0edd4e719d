// stage.cpp — fuses everything between one source and its sinks: projections are inlined, filters joined,
// unused columns dropped.
#include "engine/plan/stage.h"

#include <algorithm>
#include <map>

namespace weir {
namespace {

struct FoundBranch {
  NodeId scan;
  Branch branch;
};

// A filter nearer to the source stands first: what it rejects must not be seen by later ones.
ExpressionPtr both(const Plan& plan, ExpressionPtr nearer, ExpressionPtr later) {
  if (later == nullptr) return nearer;
  WEIR_CHECK(plan.conjunction != nullptr, "the registry has the operator and");
  return std::make_shared<Expression>(
      Expression{boolean_type, nearer->nullable || later->nullable, later->where,
                 Call{plan.conjunction, &plan.conjunction->overloads.front(), {nearer, later}}});
}

// Walks from a sink to its sources. `branch` holds expressions over the columns of `node`.
void follow(const Plan& plan, NodeId node, Branch branch, std::vector<FoundBranch>& found) {
  const auto& operation = plan.nodes[node].operation;
  if (const auto* filter = std::get_if<FilterNode>(&operation)) {
    branch.predicate = both(plan, filter->predicate, std::move(branch.predicate));
    return follow(plan, filter->input, std::move(branch), found);
  }
  if (const auto* project = std::get_if<ProjectNode>(&operation)) {
    for (ExpressionPtr& output : branch.outputs) output = substitute(output, project->expressions);
    if (branch.predicate != nullptr) branch.predicate = substitute(branch.predicate, project->expressions);
    return follow(plan, project->input, std::move(branch), found);
  }
  if (const auto* united = std::get_if<UnionNode>(&operation)) {
    for (const NodeId input : united->inputs) follow(plan, input, branch, found);
    return;
  }
  found.push_back({node, std::move(branch)});
}

bool is_literal_true(const Expression& expression) {
  const auto* literal = std::get_if<Literal>(&expression.node);
  return literal != nullptr && literal->value.data == decltype(literal->value.data){true};
}

// Used columns, and those whose NOT NULL has to be checked even where nobody reads them.
std::vector<bool> needed_columns(const ScanNode& scan, const std::vector<Branch>& branches) {
  std::vector<bool> needed(scan.columns.size(), false);
  for (const Branch& branch : branches) {
    for (const ExpressionPtr& output : branch.outputs) mark_used_columns(*output, needed);
    if (branch.predicate != nullptr) mark_used_columns(*branch.predicate, needed);
  }
  for (std::size_t i = 0; i < scan.columns.size(); ++i) {
    const DecodedColumn& column = scan.columns[i].decoded;
    if (!column.is_metadata && !column.field.nullable) needed[i] = true;
  }
  return needed;
}

void keep_needed_columns(const ScanNode& scan, Stage& stage) {
  const std::vector<bool> needed = needed_columns(scan, stage.branches);
  std::vector<ExpressionPtr> moved(scan.columns.size());
  for (std::size_t i = 0; i < scan.columns.size(); ++i) {
    const DecodedColumn& column = scan.columns[i].decoded;
    // Columns that nobody reads are never asked for below, but substitute() wants every place filled.
    moved[i] = make_column(needed[i] ? stage.columns.size() : 0, column.field);
    if (!needed[i]) continue;
    stage.columns.push_back(column);
    stage.needs_headers = stage.needs_headers || (column.is_metadata && column.from == "headers");
  }
  for (Branch& branch : stage.branches) {
    for (ExpressionPtr& output : branch.outputs) output = substitute(output, moved);
    if (branch.predicate != nullptr) branch.predicate = substitute(branch.predicate, moved);
  }
}

void fold(Branch& branch) {
  for (ExpressionPtr& output : branch.outputs) output = fold_constants(output);
  if (branch.predicate == nullptr) return;
  branch.predicate = fold_constants(branch.predicate);
  if (is_literal_true(*branch.predicate)) branch.predicate = nullptr;
}

}  // namespace

std::vector<Stage> fuse(const Plan& plan) {
  std::vector<FoundBranch> found;
  for (std::size_t i = 0; i < plan.sinks.size(); ++i) {
    follow(plan, plan.sinks[i].input, Branch{i, nullptr, plan.sinks[i].expressions}, found);
  }
  std::map<NodeId, Stage> stages;
  for (FoundBranch& one : found) {
    fold(one.branch);
    Stage& stage = stages[one.scan];
    stage.scan = one.scan;
    stage.branches.push_back(std::move(one.branch));
  }
  std::vector<Stage> result;
  for (auto& [scan, stage] : stages) {
    keep_needed_columns(std::get<ScanNode>(plan.nodes[scan].operation), stage);
    result.push_back(std::move(stage));
  }
  return result;
}

}  // namespace weir
