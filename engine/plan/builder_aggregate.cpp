// builder_aggregate.cpp — the step aggregate: its keys, the aggregates in its columns, and what a sink of its rows must be like.
#include <fmt/format.h>

#include <algorithm>

#include "engine/expression/binder.h"
#include "engine/expression/name_resolution.h"
#include "engine/plan/builder.h"
#include "engine/plan/builder_messages.h"
#include "engine/plan/calls_in.h"
#include "engine/plan/step_columns.h"

namespace weir {
namespace {

bool can_group(const Type& type) {
  return !type.is_nested() && type.kind != TypeKind::json && type.kind != TypeKind::interval && type.kind != TypeKind::null;
}

}  // namespace

std::optional<NodeId> PlanBuilder::aggregate_above(NodeId node) const { return weir::aggregate_above(plan_.nodes, node); }

ExpressionPtr PlanBuilder::bind_grouping(const NamedAst& key, NodeId input) {
  ExpressionPtr bound = bind_value(*key.expression, schema(input), input);
  if (bound == nullptr || can_group(bound->type)) return bound;
  diagnostics_.error(
      Error{ErrorKind::user, fmt::format("rows cannot be grouped by {}, which is of type {}", key.name, to_string(bound->type)), key.where}.as("W0407").with_hint(
          bound->type.kind == TypeKind::json ? "use json_value() or cast it to string" : ""));
  return nullptr;
}

bool PlanBuilder::bind_keys(NodeId input, const AggregateRequest& request, AggregateNode& node, Schema& output) {
  bool is_good = true;
  for (const NamedAst& key : request.by) {
    ExpressionPtr bound = bind_grouping(key, input);
    if (bound == nullptr) {
      is_good = false;
      bound = stand_in(key.where);
    }
    output.fields.push_back({key.name, bound->type, bound->nullable});
    node.keys.push_back(std::move(bound));
  }
  return is_good;
}

/// Nothing after reporting.
std::optional<AggregateNode::Call> PlanBuilder::bind_aggregate_call(NodeId input, const CallAst& call, const Location& where) {
  const AggregateFunction* function = registry_.aggregates.find(call.function);
  const bool is_count = function->declaration.name == "count";
  if (call.is_star && !is_count) {
    diagnostics_.error(Error{ErrorKind::user, fmt::format("{}(*) means nothing: only count takes *", call.function), where}.as("W0408"));
    return std::nullopt;
  }
  std::vector<ExpressionPtr> arguments;
  for (const AstPtr& argument : call.arguments) {
    ExpressionPtr bound = bind_value(*argument, schema(input), input);
    if (bound == nullptr) return std::nullopt;
    arguments.push_back(std::move(bound));
  }
  AggregateNode::Call made;
  made.is_distinct = call.is_distinct;
  if (call.filter != nullptr) {
    made.filter = bind_value(*call.filter, schema(input), input);
    if (made.filter != nullptr)
      made.filter = coerce(std::move(made.filter), boolean_type, "the condition of FILTER", registry_.functions, diagnostics_);
    if (made.filter == nullptr) return std::nullopt;
  }
  auto bound = bind_aggregate(*function, std::move(arguments), call.is_distinct, registry_.functions);
  if (!bound.ok()) {
    diagnostics_.error(argument_error(bound.error(), where));
    return std::nullopt;
  }
  made.bound = std::move(bound).value();
  return made;
}

/// Columns of the input that are no key, outside of aggregates: which of the group's rows would they be of? Whether there was none.
bool PlanBuilder::report_ungrouped(const Ast& ast, NodeId input, const AggregateRequest& request) {
  bool is_good = true;
  for_each_part(ast, [&](const Ast& part) {
    if (const auto* call = std::get_if<CallAst>(&part.node)) {
      if (registry_.functions.find(call->function) != nullptr || call->function == "between") return true;
      if (registry_.aggregates.find(call->function) != nullptr) return false;
      // What its arguments are is beside the point.
      diagnostics_.error(unknown_function(call->function, registry_.functions, scope_of(schema(input), input)).at(part.where));
      return is_good = false;
    }
    const auto* name = std::get_if<NameAst>(&part.node);
    if (name == nullptr || !schema(input).index_of(name->parts.front())) return true;
    const bool is_key = std::any_of(request.by.begin(), request.by.end(), [&](const NamedAst& key) { return key.name == name->parts.front(); }) ||
                        (request.window != nullptr && (name->parts.front() == "window_start" || name->parts.front() == "window_end"));
    if (is_key) return true;
    diagnostics_.error(
        Error{ErrorKind::user, fmt::format("column {} differs between the rows of a group", name->parts.front()), part.where}.as("W0406").with_hint(
            fmt::format("group by it, or say which is meant: any_value({0}), max({0}), first({0}){1}", name->parts.front(), request.window == nullptr ? "" : "; the window's own are window_start and window_end")));
    is_good = false;
    return true;
  });
  return is_good;
}

/// Every call of an aggregate in a column becomes one of the node's; null where it was wrong and reported. `output` are the node's columns.
PlanBuilder::BoundCalls PlanBuilder::bind_aggregate_calls(NodeId input, const NamedAst& column, AggregateNode& node, Schema& output) {
  BoundCalls calls;
  int parts = 0;
  for_each_call(*column.expression, [&](const CallAst& call, const Location& where) {
    if (call.over != nullptr) {
      diagnostics_.error(Error{ErrorKind::user, "OVER is computed over the rows that an aggregate gives", where}.as("W0414").with_hint(
          "put it into a step after this one: - extend: {...}"));
      calls[&call] = nullptr;
      return false;
    }
    if (registry_.functions.find(call.function) != nullptr || registry_.aggregates.find(call.function) == nullptr) return true;
    auto bound = bind_aggregate_call(input, call, where);
    ExpressionPtr& computed = calls[&call];
    if (!bound || !check_regrouped_call(input, *bound, where)) return false;
    // A column that is more than the aggregate is computed from ones with numbers: average_1, average_2.
    const bool is_all = std::get_if<CallAst>(&column.expression->node) == &call;
    const Field field{is_all ? column.name : fmt::format("{}_{}", column.name, ++parts), bound->bound.type,
                      bound->nullable()};
    computed = make_column(output.fields.size(), field, where);
    output.fields.push_back(field);
    node.calls.push_back(*std::move(bound));
    return false;
  });
  return calls;
}

std::optional<NodeId> PlanBuilder::aggregate(NodeId input, const AggregateRequest& request) {
  if (!check_regrouped_input(input, request.where)) return std::nullopt;
  std::optional<WindowedInput> windowed;
  if (request.window != nullptr) {
    windowed = bind_window(input, *request.window);
    if (!windowed) return std::nullopt;
    input = windowed->input;
  }
  AggregateNode node{input, {}, {}};
  Schema keys;
  bool is_good = bind_keys(input, request, node, keys);
  std::vector<NamedAst> names = request.by;
  names.insert(names.end(), request.select.begin(), request.select.end());
  is_good = check_distinct(names, diagnostics_) && is_good;
  is_good = check_window_names(names, request) && is_good;
  Schema output = keys;
  if (windowed && windowed->start != nullptr) {
    keys.fields.push_back({"window_start", timestamp_type, false});
    node.keys.push_back(windowed->start);
    output.fields.push_back(keys.fields.back());
  }
  // The window's end is the last key. Where its start follows from that, it is a column only while expressions are bound, taken out again below.
  ExpressionPtr start;
  if (windowed) {
    windowed->window.key = keys.fields.size();
    keys.fields.push_back({"window_end", timestamp_type, windowed->end->nullable});
    node.keys.push_back(windowed->end);
    node.window = windowed->window;
    const Field end = keys.fields.back();
    if (windowed->start == nullptr) {
      start = bind_window_start(windowed->window, keys, request.where);
      output.fields.push_back({"window_start", timestamp_type, start->nullable});
      keys.fields.push_back(output.fields.back());
    }
    output.fields.push_back(end);
  } else if (is_good) {
    start = adopt_window(node, keys);
  }
  Schema grouped = keys;  // then the aggregates
  std::vector<ExpressionPtr> expressions;
  for (const Field& field : output.fields) expressions.push_back(make_column(*keys.index_of(field.name), field));
  for (const NamedAst& column : request.select) {
    const BoundCalls calls = bind_aggregate_calls(input, column, node, grouped);
    // What is no aggregate reads the keys.
    const Scope scope{&keys, "the groups", &settings_, &other_functions_, &calls};
    const ExpressionPtr bound = report_ungrouped(*column.expression, input, request)
                                    ? bind(*column.expression, scope, registry_.functions, diagnostics_)
                                    : nullptr;
    is_good = is_good && bound != nullptr;
    if (bound == nullptr) continue;
    output.fields.push_back({column.name, bound->type, bound->nullable});
    expressions.push_back(bound);
  }
  if (!is_good || !check_regrouping(node)) return std::nullopt;
  // Rows make sessions longer, and one of two.
  node.rows_can_go = node.has_sessions() || aggregate_above(input).has_value();
  if (start != nullptr) take_out_window_start(node.keys.size(), start, grouped, expressions);
  const NodeId made = add_node(std::move(grouped), std::move(node));
  history_.add_step(made, request.where);
  const NodeId named = add_node(std::move(output), ProjectNode{made, std::move(expressions)});
  history_.take_away(plan_.nodes, named, input, {}, {"rows are grouped here, and have what they are grouped by and what is computed of them", request.where});
  return named;
}

/// Column `index` of `grouped` is `start`, an expression over those before it.
void PlanBuilder::take_out_window_start(std::size_t index, const ExpressionPtr& start, Schema& grouped, std::vector<ExpressionPtr>& expressions) {
  std::vector<ExpressionPtr> columns;
  for (std::size_t i = 0; i < grouped.fields.size(); ++i) columns.push_back(i == index ? start : make_column(i > index ? i - 1 : i, grouped.fields[i]));
  for (ExpressionPtr& expression : expressions) expression = substitute(expression, columns);
  grouped.fields.erase(grouped.fields.begin() + static_cast<std::ptrdiff_t>(index));
}

bool PlanBuilder::check_window_names(const std::vector<NamedAst>& names, const AggregateRequest& request) {
  bool is_good = true;
  for (const NamedAst& column : names) {
    if (request.window == nullptr || (column.name != "window_start" && column.name != "window_end")) continue;
    diagnostics_.error(Error{ErrorKind::user, fmt::format("{} is the window's own column", column.name), column.where}.as("W0413").with_hint(
        "it is there without being listed"));
    is_good = false;
  }
  return is_good;
}

/// Rows of an aggregate change: a sink must know which row a new one takes the place of.
void PlanBuilder::check_aggregated_sink(NodeId input, const SinkRequest& request, SinkNode& sink) {
  const auto aggregate = aggregate_above(input);
  const auto report = [&](const char* mistake, std::string message, std::string hint) {
    diagnostics_.error(Error{ErrorKind::user, std::move(message), request.where}.as(mistake).with_hint(std::move(hint)).with_note("the groups are made here", history_.place_of(*aggregate)));
  };
  if (!aggregate) {
    if (request.emit_where)
      diagnostics_.error(Error{ErrorKind::user, fmt::format("sink {} gets rows that never change: emit is for those of an aggregate", request.name),
                               *request.emit_where}.as("W0420"));
    return;
  }
  for (NodeId node = input; node != *aggregate; node = inputs_of(plan_.nodes[node].operation).front()) {
    const PlanOperation& operation = plan_.nodes[node].operation;
    if (!std::holds_alternative<UnionNode>(operation) && !std::holds_alternative<ExplodeNode>(operation)) continue;
    return report("W0418", fmt::format("sink {}: a step between the aggregate and the sink makes or unites rows, which change: not available in this version",
                              request.name),
                  "put union and explode in front of the aggregate");
  }
  if (sink.outlet == nullptr && (sink.table.key.empty() || sink.table.on_conflict != OnConflict::update)) {
    return report("W0611", fmt::format("sink {} gets rows that change, and must replace them", request.name),
                  "give it the grouping columns as key, and on_conflict: update");
  }
  set_emit(*aggregate, request, sink);
  if (sink.outlet != nullptr) return;  // it is told of changes and replaces nothing
  report_changing_key(input, *aggregate, request, sink);
  const auto& node = std::get<AggregateNode>(plan_.nodes[*aggregate].operation);
  for (std::size_t k = 0; k < node.keys.size(); ++k) {
    if (node.has_sessions() && k + 1 == node.window->key) continue;  // the end, which comes next, tells as much
    bool is_in_key = false, may_be_null = false;
    for (const std::size_t column : sink.table.key) {
      if (!tells_group(*aggregate, k, *over_aggregate(plan_.nodes, input, *aggregate, sink.expressions[column]))) continue;
      is_in_key = true;
      may_be_null = may_be_null || sink.expressions[column]->nullable;
    }
    const Field& field = plan_.nodes[*aggregate].schema.fields[k];
    if (may_be_null) {
      report("W0612", fmt::format("sink {}: its key column {} may be NULL, which no key can be", request.name, field.name),
             fmt::format("group by a value that is never NULL, such as by: {{{0}: coalesce({0}, ...)}}, or leave such rows out with where", field.name));
    }
    if (is_in_key) continue;
    const bool is_session = node.has_sessions() && k == node.window->key;
    report("W0611", fmt::format("sink {}: rows of different groups would replace each other: its key is without {}", request.name, field.name),
           is_session ? "window_end, or window_start, belongs to the key, as it is" : "every grouping column belongs to the key, as it is");
  }
}

/// Whether groups that differ in a key differ in `expression`, over the aggregate's columns.
bool PlanBuilder::tells_group(NodeId aggregate, std::size_t key, const Expression& expression) const {
  const auto* reference = std::get_if<ColumnReference>(&expression.node);
  const auto& node = std::get<AggregateNode>(plan_.nodes[aggregate].operation);
  const auto& window = node.window;
  // Of sessions, the start and the end tell as much.
  const bool is_border = node.has_sessions() && (key == window->key || key + 1 == window->key);
  if (reference != nullptr && is_border) return reference->index == window->key || reference->index + 1 == window->key;
  if (reference != nullptr) return reference->index == key;
  return window && window->key == key && is_start_of(*window, expression);
}

/// A key that changes would leave the row behind that it was the key of.
void PlanBuilder::report_changing_key(NodeId input, NodeId aggregate, const SinkRequest& request, const SinkNode& sink) {
  const auto grouping = static_cast<std::ptrdiff_t>(std::get<AggregateNode>(plan_.nodes[aggregate].operation).keys.size());
  for (const std::size_t column : sink.table.key) {
    std::vector<bool> used(schema(aggregate).fields.size(), false);
    const ExpressionPtr expression = over_aggregate(plan_.nodes, input, aggregate, sink.expressions[column]);
    mark_used_columns(*expression, used);
    const auto* literal = std::get_if<Literal>(&expression->node);
    const bool is_of_over = literal != nullptr && std::holds_alternative<std::monostate>(literal->value.data);
    if (!is_of_over && std::none_of(used.begin() + grouping, used.end(), [](bool is_used) { return is_used; })) continue;
    diagnostics_.error(Error{ErrorKind::user, fmt::format("sink {}: its key column {} changes with the rows of a group", request.name,
                                                          sink.table.schema.fields[column].name),
                             request.where}.as("W0613")
                           .with_hint("the key is made of grouping columns alone"));
  }
}

void PlanBuilder::set_emit(NodeId aggregate, const SinkRequest& request, SinkNode& sink) {
  if (!request.emit) return;
  sink.emit = *request.emit;
  const auto& window = std::get<AggregateNode>(plan_.nodes[aggregate].operation).window;
  if (sink.emit.kind != Emit::Kind::final || (window && window->closes)) return;
  diagnostics_.error(Error{ErrorKind::user, fmt::format("sink {}: emit: final writes what is final, and these rows never are", request.name),
                           request.emit_where.value_or(request.where)}.as("W0420")
                         .with_hint("aggregate by a window over the column of the source's watermark, or write emit: changes"));
}

}  // namespace weir
