// builder_stream_join.cpp — the step that joins two streams: its keys, its bounds in time, and the columns it gives.
#include <fmt/format.h>

#include <algorithm>

#include "engine/expression/implicit_cast.h"
#include "engine/plan/builder.h"
#include "engine/plan/builder_messages.h"
#include "engine/plan/join_bounds.h"
#include "engine/plan/null_rejection.h"
#include "engine/plan/step_columns.h"

namespace weir {
namespace {

bool can_be_key(const Type& type) {
  return !type.is_nested() && type.kind != TypeKind::json && type.kind != TypeKind::interval && type.kind != TypeKind::null;
}

/// In an inner join neither the keys nor what the condition reads are NULL. `both`: the columns of the input, then those of the joined stream.
void leave_nulls_out(const StreamJoinNode& node, Schema joined, Schema& both) {
  for (const ExpressionPtr& key : node.keys) reject_nulls(*key, Outcome::not_null, both);
  for (const ExpressionPtr& key : node.joined_keys) reject_nulls(*key, Outcome::not_null, joined);
  const std::size_t border = both.fields.size() - joined.fields.size();
  for (std::size_t i = 0; i < joined.fields.size(); ++i) both.fields[border + i].nullable &= joined.fields[i].nullable;
  if (node.condition != nullptr) reject_nulls(*node.condition, Outcome::is_true, both);
}

}  // namespace

bool PlanBuilder::can_join(NodeId input, const StreamJoinRequest& request) {
  const auto report = [&](const char* mistake, std::string message, std::string hint) {
    diagnostics_.error(Error{ErrorKind::user, std::move(message), request.where}.as(mistake).with_hint(std::move(hint)));
    return false;
  };
  for (const NodeId node : {input, request.joined}) {
    const std::string which = node == input ? "the rows of this stream" : "the rows of " + request.name.name;
    if (aggregate_above(node))
      return report("W0505", which + " are of an aggregate, and change: a join of these is not available in this version", "join the streams first, and aggregate what the join gives");
    if (request.bounds && !row_time_lag(node))
      return report("W0507", which + " are of a join without a time, and come however late: they cannot be joined within one", "give the first join a time with within: 4 hours, or this one none");
  }
  if (schema(input).index_of(request.name.name))
    return report("W0502", fmt::format("this stream has a column called {}, as the joined stream is", request.name.name), "give the joined stream another name with as: NAME");
  if (request.keys.empty())
    return report("W0501", "the join does not say which rows belong together", fmt::format("add keys: {{COLUMN of {}: expression}}", request.name.name));
  for (const NodeId node : {input, request.joined}) {
    for (const NodeId scan : scans_below(node)) {
      const auto& source = std::get<ScanNode>(plan_.nodes[scan].operation);
      if (!request.bounds || source.time) continue;
      diagnostics_.error(without_watermark("a join within a time", source.source, request.where));
      return false;
    }
  }
  return true;
}

/// Both sides of each key are of the type that a comparison would make of them.
bool PlanBuilder::bind_join_keys(NodeId input, const StreamJoinRequest& request, StreamJoinNode& node) {
  bool is_good = check_distinct(request.keys, diagnostics_);
  const Schema& joined = schema(request.joined);
  for (const NamedAst& key : request.keys) {
    const auto index = joined.index_of(key.name);
    if (!index) diagnostics_.error(unknown("W0201", "column of " + request.name.name, key.name, field_names(joined), key.where));
    const ExpressionPtr given = bind_value(*key.expression, schema(input), input);
    is_good = is_good && index && given != nullptr;
    if (!index || given == nullptr) continue;
    const ExpressionPtr column = make_column(*index, joined.fields[*index], key.where);
    const std::vector<ExpressionPtr> sides{given, column};
    std::optional<Type> type = type_strings_are_compared_as(sides);
    if (!type) type = common_type(sides);
    if (!type || !can_be_key(*type)) {
      Error error = Error{ErrorKind::user, fmt::format("key {} of {} is {}, and cannot be joined with {}, which is {}", key.name, request.name.name,
                                                       to_string(column->type), print(*given), to_string(given->type)),
                          key.where}
                        .as("W0504")
                        .with_hint("convert one of them with CAST in a step before the join");
      error = with_origin(std::move(error), request.joined, *index);
      const auto* reference = std::get_if<ColumnReference>(&given->node);
      diagnostics_.error(reference == nullptr ? std::move(error) : with_origin(std::move(error), input, reference->index));
      is_good = false;
      continue;
    }
    node.keys.push_back(cast_to(given, *type, registry_.functions));
    node.joined_keys.push_back(cast_to(column, *type, registry_.functions));
  }
  return is_good;
}

bool PlanBuilder::bind_join_condition(NodeId input, const Schema& both, const StreamJoinRequest& request, StreamJoinNode& node) {
  if (request.condition == nullptr) return true;
  ExpressionPtr bound = bind_value(*request.condition, both, input);
  if (bound != nullptr) bound = coerce(std::move(bound), boolean_type, "the condition of the join", registry_.functions, diagnostics_);
  node.condition = bound;
  return bound != nullptr;
}

/// Adds the columns that the join adds to those of the input.
bool PlanBuilder::select_joined(NodeId input, const Schema& both, const StreamJoinRequest& request, Schema& output, std::vector<ExpressionPtr>& expressions) {
  const std::size_t errors_before = diagnostics_.errors().size();
  const std::size_t border = output.fields.size();
  const auto add = [&](const std::string& name, const Location& where, ExpressionPtr expression) {
    if (output.index_of(name)) {
      diagnostics_.error(Error{ErrorKind::user, fmt::format("there is another column called {}", name), where}.as("W0503").with_hint(
          fmt::format("give it another name: select: {{{0}_{1}: {0}.{1}}}", request.name.name, name)));
    }
    output.fields.push_back({name, expression->type, expression->nullable});
    expressions.push_back(std::move(expression));
  };
  const Schema& joined = schema(request.joined);
  for (const NamedPlace& chosen : request.columns) {
    const auto index = joined.index_of(chosen.name);
    if (index)
      add(chosen.name, chosen.where, make_column(border + *index, both.fields[border + *index], chosen.where));
    else
      diagnostics_.error(unknown("W0201", "column of " + request.name.name, chosen.name, field_names(joined), chosen.where));
  }
  for (const NamedAst& column : request.select) {
    const ExpressionPtr bound = bind_value(*column.expression, both, input);
    add(column.name, column.where, bound == nullptr ? stand_in(column.where) : bound);
  }
  const bool takes_all = request.takes_all && request.columns.empty() && request.select.empty();
  for (std::size_t i = 0; i < joined.fields.size() && takes_all; ++i) {
    const std::string& name = joined.fields[i].name;
    const bool is_key = std::any_of(request.keys.begin(), request.keys.end(), [&](const NamedAst& key) { return key.name == name; });
    if (!is_key) add(name, request.where, make_column(border + i, both.fields[border + i], request.where));
  }
  return diagnostics_.errors().size() == errors_before;
}

std::optional<NodeId> PlanBuilder::join_streams(NodeId input, const StreamJoinRequest& request) {
  if (!can_join(input, request) || refuse_columns(schema(input).fields.size() + schema(request.joined).fields.size(), request.where)) return std::nullopt;
  StreamJoinNode node{input, request.joined, request.name.name, {}, {}, request.bounds, nullptr, request.is_left,
                      row_time_lag(input).value_or(Duration{}), row_time_lag(request.joined).value_or(Duration{})};
  Schema both = schema(input);
  for (const Field& field : schema(request.joined).fields)
    both.fields.push_back({request.name.name + "." + field.name, field.type, field.nullable || request.is_left});
  const bool has_keys = bind_join_keys(input, request, node);
  const bool has_condition = bind_join_condition(input, both, request, node);
  if (has_keys && has_condition && !request.is_left) leave_nulls_out(node, schema(request.joined), both);
  Schema output = both;
  output.fields.resize(schema(input).fields.size());
  std::vector<ExpressionPtr> expressions = columns_of(output);
  if (!select_joined(input, both, request, output, expressions) || !has_keys || !has_condition) return std::nullopt;
  const bool may_be_bounded = !request.bounds && row_time_lag(input) && row_time_lag(request.joined);
  if (may_be_bounded) node.bounds = bounds_of(plan_.nodes, input, request.joined, node.condition);
  if (node.bounds && node.bounds->lower > node.bounds->upper) {
    diagnostics_.error(Error{ErrorKind::user, "no rows are as far apart as the condition of this join wants: its times exclude each other", request.where}.as("W0507"));
    return std::nullopt;
  }
  if (!node.bounds) {
    const char* waiting = request.is_left ? ", and writes rows without a match only when a run ends" : "";
    diagnostics_.warning(Error{ErrorKind::user, fmt::format("a join of streams without a time keeps every row for ever{}", waiting), request.where}.as("W0906").with_hint(
        "add within: 4 hours, or however far apart the rows may be; or let the condition say from when to when the other row may be"));
  }
  const NodeId made = add_node(std::move(both), std::move(node));
  if (refuse_ways(request.where)) return std::nullopt;
  return add_node(std::move(output), ProjectNode{made, std::move(expressions)});
}

std::optional<bool> PlanBuilder::is_joined(NodeId node) const {
  const PlanOperation& operation = plan_.nodes[node].operation;
  if (std::holds_alternative<StreamJoinNode>(operation)) return true;
  if (std::holds_alternative<ScanNode>(operation) || std::holds_alternative<AggregateNode>(operation)) return false;
  const std::vector<NodeId> inputs = inputs_of(operation);
  const std::optional<bool> first = is_joined(inputs.front());
  const bool are_all_the_same = std::all_of(inputs.begin() + 1, inputs.end(), [&](NodeId input) { return is_joined(input) == first; });
  return are_all_the_same ? first : std::nullopt;
}

std::optional<Duration> PlanBuilder::row_time_lag(NodeId node) const {
  const PlanOperation& operation = plan_.nodes[node].operation;
  if (std::holds_alternative<ScanNode>(operation)) return Duration{};
  if (const auto* join = std::get_if<StreamJoinNode>(&operation))
    return join->bounds ? std::optional(std::max(join->lag, join->joined_lag + join->bounds->upper)) : std::nullopt;
  Duration lag{};
  for (const NodeId input : inputs_of(operation)) {
    const auto of_input = row_time_lag(input);
    if (!of_input) return std::nullopt;
    lag = std::max(lag, *of_input);
  }
  return lag;
}

namespace {

/// Which side of a join an expression over its rows is of, and that as one over the rows of the side.
struct OfSide {
  NodeId node;
  ExpressionPtr expression;
  bool is_joined;
};

/// Nothing where it is of both, or of none.
std::optional<OfSide> side_of(const std::vector<PlanNode>& nodes, const StreamJoinNode& join, const ExpressionPtr& expression) {
  const std::vector<Field>& fields = nodes[join.input].schema.fields;
  const std::vector<Field>& others = nodes[join.joined].schema.fields;
  std::vector<bool> used(fields.size() + others.size(), false);
  mark_used_columns(*expression, used);
  const auto border = used.begin() + static_cast<std::ptrdiff_t>(fields.size());
  const bool uses_input = std::find(used.begin(), border, true) != border, uses_joined = std::find(border, used.end(), true) != used.end();
  if (uses_input == uses_joined) return std::nullopt;
  if (uses_input) return OfSide{join.input, expression, false};
  std::vector<ExpressionPtr> columns(fields.size() + others.size());
  for (std::size_t i = 0; i < others.size(); ++i) columns[fields.size() + i] = make_column(i, others[i]);
  return OfSide{join.joined, substitute(expression, columns), true};
}

}  // namespace

/// A row of one side comes again beside every later one of the other, as long as that may match; rows without a match come when none can.
std::optional<Duration> PlanBuilder::event_time_lag(const StreamJoinNode& join, const ExpressionPtr& expression) const {
  const std::optional<OfSide> side = side_of(plan_.nodes, join, expression);
  if (!side || !join.bounds || (side->is_joined && join.is_left)) return std::nullopt;
  const auto lag = event_time_lag(side->node, side->expression);
  if (!lag) return std::nullopt;
  const Duration until_matched = side->is_joined ? join.lag - join.bounds->lower : join.joined_lag + join.bounds->upper;
  return std::max(*lag, until_matched + event_time_offset(side->node, side->expression));
}

Duration PlanBuilder::event_time_offset(NodeId node, const ExpressionPtr& expression) const {
  const PlanOperation& operation = plan_.nodes[node].operation;
  if (const auto* join = std::get_if<StreamJoinNode>(&operation)) {
    const std::optional<OfSide> side = side_of(plan_.nodes, *join, expression);
    const Duration within = event_time_offset(side->node, side->expression);
    return side->is_joined ? within - join->bounds->lower : within;
  }
  if (const auto* project = std::get_if<ProjectNode>(&operation)) return event_time_offset(project->input, substitute(expression, project->expressions));
  if (const auto* join = std::get_if<JoinNode>(&operation)) return event_time_offset(join->input, substitute(expression, join->expressions));
  std::optional<Duration> offset;
  for (const NodeId input : inputs_of(operation)) offset = std::max(offset.value_or(Duration::min()), event_time_offset(input, expression));
  return offset.value_or(Duration{});
}

}  // namespace weir
