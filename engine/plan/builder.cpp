// builder.cpp — names of a plan: what is defined where, and what a reader of a wrong name probably meant.
#include "engine/plan/builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/builder_messages.h"
#include "engine/plan/stage.h"

namespace weir {

PlanBuilder::PlanBuilder(std::string name, const Registry& registry, Diagnostics& diagnostics)
    : registry_(registry), diagnostics_(diagnostics) {
  plan_.name = std::move(name);
  plan_.conjunction = registry.functions.find("and then");
  for (const AggregateFunction* aggregate : registry.aggregates.functions()) other_functions_.push_back(aggregate->declaration.name);
  for (const TableFunction* table : registry.tables.functions()) other_functions_.push_back(table->declaration.name);
}

void PlanBuilder::add_setting(const std::string& name, const Location& where, const std::string& value) {
  const std::vector<std::string> known = registry_.functions.settings();
  if (std::find(known.begin(), known.end(), name) == known.end())
    return diagnostics_.error(unknown("W0208", "setting", name, known, where));
  settings_[name] = value;
}

const Schema& PlanBuilder::schema(NodeId node) const { return plan_.nodes.at(node).schema; }

const Schema* PlanBuilder::schema_of(const std::string& stream) const {
  const auto found = streams_.find(stream);
  return found == streams_.end() || !found->second ? nullptr : &schema(*found->second);
}

bool PlanBuilder::claim_name(const std::string& name, const Location& where) {
  const auto [place, is_new] = places_.emplace(name, where);
  if (!is_new) {
    diagnostics_.error(
        Error{ErrorKind::user, fmt::format("the name {} is already taken", name), where}.as("W0211").with_hint("give one of the two another name").with_note("the first one is here", place->second));
  }
  return is_new;
}

NodeId PlanBuilder::add_node(Schema schema, PlanOperation operation) {
  plan_.nodes.push_back(PlanNode{"", std::move(schema), std::move(operation)});
  growth_.add(plan_.nodes.back());
  if (growth_.calls() > PlanGrowth::most_calls) refuse_growth(plan_.nodes.back());
  return plan_.nodes.size() - 1;
}

bool PlanBuilder::refuse_ways(const Location& where) {
  if (growth_.ways() <= PlanGrowth::most_ways) return false;
  diagnostics_.error(Error{ErrorKind::user, fmt::format("rows would come here by more than {} ways", PlanGrowth::most_ways), where}.as("W0004").with_hint(
      "unions of unions and joins of joins have the ways of all that they are made of: take each stream once"));
  return true;
}

bool PlanBuilder::refuse_steps(NodeId input, const Location& where) {
  if (growth_.steps_to(input) < PlanGrowth::most_steps) return false;
  diagnostics_.error(Error{ErrorKind::user, fmt::format("rows would go through more than {} steps behind each other", PlanGrowth::most_steps), where}.as("W0004").with_hint(
      "write several columns in one extend, several conditions in one where, and several streams in one union"));
  return true;
}

bool PlanBuilder::refuse_columns(std::size_t count, const Location& where) {
  if (count <= PlanGrowth::most_columns) return false;
  diagnostics_.error(Error{ErrorKind::user, fmt::format("rows have at most {} columns, and these would have {}", PlanGrowth::most_columns, count), where}.as("W0004").with_hint(
      "take those that are wanted; what has no names of its own is one map or json column"));
  return true;
}

// What is built of it would be too much as well: it goes on with NULLs.
void PlanBuilder::refuse_growth(PlanNode& node) {
  Location where;
  const auto forget = [&](std::vector<ExpressionPtr>& expressions) {
    for (ExpressionPtr& expression : expressions) {
      if (expression->where.is_known()) where = expression->where;
      expression = make_literal(Value{expression->type, {}}, expression->where);
    }
  };
  if (auto* project = std::get_if<ProjectNode>(&node.operation)) forget(project->expressions);
  if (auto* join = std::get_if<JoinNode>(&node.operation)) forget(join->expressions);
  if (auto* filter = std::get_if<FilterNode>(&node.operation)) {
    where = filter->predicate->where;
    filter->predicate = make_literal(Value{boolean_type, true}, where);
  }
  growth_.forget_last();
  diagnostics_.error(Error{ErrorKind::user, fmt::format("this would compute more than {} calls for a row, with all that its columns are computed of", PlanGrowth::most_calls), where}.as("W0004").with_hint(
      "a column that is used twice at each step is twice as much with every step: use it once, or write what it holds shorter"));
}

std::optional<NodeId> PlanBuilder::find_stream(const std::string& name, const Location& where) {
  const auto found = streams_.find(name);
  if (found != streams_.end()) {
    read_streams_.insert(name);
    return found->second;
  }
  std::vector<std::string> names;
  for (const auto& [known, node] : streams_) names.push_back(known);
  diagnostics_.error(unknown("W0203", "source or stream", name, names, where));
  return std::nullopt;
}

void PlanBuilder::name_stream(const std::string& name, NodeId node, const Location& where) {
  if (!claim_name(name, where)) return;
  streams_[name] = node;
  // The steps between the stream's input and its last one belong to it.
  for (std::optional<NodeId> current = node; current && plan_.nodes[*current].name.empty();) {
    PlanNode& step = plan_.nodes[*current];
    step.name = name;
    const std::vector<NodeId> inputs = inputs_of(step.operation);
    current = inputs.size() == 1 || std::holds_alternative<StreamJoinNode>(step.operation) ? std::optional(inputs.front()) : std::nullopt;
  }
}

void PlanBuilder::name_broken_stream(const std::string& name, const Location& where) {
  if (claim_name(name, where)) streams_[name] = std::nullopt;
}

std::optional<std::size_t> PlanBuilder::find_connection(const std::string& name, const Location& where) {
  const auto found = connections_.find(name);
  if (found != connections_.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [known, index] : connections_) names.push_back(known);
  diagnostics_.error(unknown("W0204", "connection", name, names, where));
  return std::nullopt;
}

std::string PlanBuilder::describe(NodeId node) const {
  const PlanNode& found = plan_.nodes[node];
  if (found.name.empty()) return "this stream";
  return (std::holds_alternative<ScanNode>(found.operation) ? "source " : "stream ") + found.name;
}

std::optional<std::size_t> PlanBuilder::find_column(NodeId input, const NamedPlace& column) {
  const Schema& known = schema(input);
  if (const auto index = known.index_of(column.name)) return index;
  Error error = unknown("W0201", "column", column.name, field_names(known), column.where);
  const auto& gone = history_.gone(plan_.nodes, input);
  const auto went = gone.find(column.name);
  diagnostics_.error(went == gone.end() ? std::move(error) : std::move(error).with_note(went->second.text, went->second.where));
  return std::nullopt;
}

void PlanBuilder::warn_of_unused_streams() {
  for (const auto& [name, node] : streams_) {
    if (read_streams_.count(name) != 0) continue;
    diagnostics_.warning(Error{ErrorKind::user, fmt::format("nothing reads {}", name), places_[name]}.as("W0901"));
  }
}

Error PlanBuilder::with_origin(Error error, NodeId node, std::size_t column) const {
  const Location where = ColumnHistory::origin(plan_.nodes, node, column);
  const auto is_there = [&](const Note& note) { return note.where.line == where.line && note.where.column == where.column; };
  if (!where.is_known() || std::any_of(error.notes().begin(), error.notes().end(), is_there)) return error;
  const Field& field = schema(node).fields[column];
  return std::move(error).with_note(fmt::format("{} of {} is {} here", field.name, describe(node), to_string(field.type)), where);
}

Error PlanBuilder::without_watermark(const char* what, const std::string& source, const Location& where) const {
  return Error{ErrorKind::user, fmt::format("{} needs to know when rows happened, and source {} has no watermark", what, source), where}
      .as("W0404")
      .with_hint("add watermark: COLUMN - INTERVAL 1 HOUR to the source")
      .with_note(fmt::format("source {} is here", source), place_of_source(source));
}

std::optional<Plan> PlanBuilder::finish() {
  if (diagnostics_.ok() && plan_.sinks.empty()) {
    diagnostics_.error(
        Error{ErrorKind::user, fmt::format("pipeline {} has no sink: it would write nothing", plan_.name)}.as("W0115"));
  }
  if (diagnostics_.ok()) place_books();
  if (diagnostics_.ok()) check_write_orders(plan_, diagnostics_);
  if (!diagnostics_.ok()) return std::nullopt;
  warn_of_unused_streams();
  warn_of_unused_tables();
  if (state_limits_.is_known() && !is_stateful(plan_))
    diagnostics_.warning(Error{ErrorKind::user, "the pipeline remembers nothing between rows: state_memory and state_directory say nothing", state_limits_}.as("W0908")
                             .with_hint("leave them out; they are for aggregates, dedups and joins of streams"));
  for (const auto& [name, node] : streams_) plan_.streams.emplace_back(name, *node);
  for (const GroupStage& stage : fuse_groups(plan_)) {
    for (const Branch& branch : stage.branches) plan_.sinks[branch.sink].table.rows_can_go |= rows_can_go(plan_, stage, branch);
  }
  return std::move(plan_);
}

}  // namespace weir
