// builder_aggregate.cpp — the step aggregate: its keys, the aggregates in its columns, and what a sink of its rows must be like.
#include <fmt/format.h>

#include <algorithm>

#include "engine/expression/binder.h"
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

std::optional<NodeId> PlanBuilder::aggregate_above(NodeId node) const {
  if (std::holds_alternative<AggregateNode>(plan_.nodes[node].operation)) return node;
  for (const NodeId input : inputs_of(plan_.nodes[node].operation)) {
    if (const auto found = aggregate_above(input)) return found;
  }
  return std::nullopt;
}

bool PlanBuilder::bind_keys(NodeId input, const AggregateRequest& request, AggregateNode& node, Schema& output) {
  bool is_good = true;
  for (const NamedAst& key : request.by) {
    ExpressionPtr bound = bind_value(*key.expression, schema(input), input);
    if (bound == nullptr) {
      is_good = false;
      bound = stand_in(key.where);
    } else if (!can_group(bound->type)) {
      diagnostics_.error(
          Error{ErrorKind::user, fmt::format("rows cannot be grouped by {}, which is of type {}", key.name, to_string(bound->type)), key.where}
              .with_hint(bound->type.kind == TypeKind::json ? "use json_value() or cast it to string" : ""));
      is_good = false;
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
    diagnostics_.error(Error{ErrorKind::user, fmt::format("{}(*) means nothing: only count takes *", call.function), where});
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
    diagnostics_.error(Error{ErrorKind::user, bound.error().message(), where}.with_hint(bound.error().hint()));
    return std::nullopt;
  }
  made.bound = std::move(bound).value();
  return made;
}

/// Columns of the input that are no key, outside of aggregates: which of the group's rows would they be of? Whether there was none.
bool PlanBuilder::report_ungrouped(const Ast& ast, NodeId input, const AggregateRequest& request) {
  bool is_good = true;
  for_each_part(ast, [&](const Ast& part) {
    if (const auto* call = std::get_if<CallAst>(&part.node))
      return registry_.functions.find(call->function) != nullptr || registry_.aggregates.find(call->function) == nullptr;
    const auto* name = std::get_if<NameAst>(&part.node);
    if (name == nullptr || !schema(input).index_of(name->parts.front())) return true;
    const bool is_key = std::any_of(request.by.begin(), request.by.end(), [&](const NamedAst& key) { return key.name == name->parts.front(); });
    if (is_key) return true;
    diagnostics_.error(
        Error{ErrorKind::user, fmt::format("column {} differs between the rows of a group", name->parts.front()), part.where}.with_hint(
            fmt::format("group by it, or say which is meant: any_value({0}), max({0}), first({0})", name->parts.front())));
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
    if (registry_.functions.find(call.function) != nullptr || registry_.aggregates.find(call.function) == nullptr) return true;
    auto bound = bind_aggregate_call(input, call, where);
    ExpressionPtr& computed = calls[&call];
    if (!bound) return false;
    // A column that is more than the aggregate is computed from ones with numbers: average_1, average_2.
    const bool is_all = std::get_if<CallAst>(&column.expression->node) == &call;
    const Field field{is_all ? column.name : fmt::format("{}_{}", column.name, ++parts), bound->bound.type,
                      bound->bound.function->declaration.name != "count"};
    computed = make_column(output.fields.size(), field, where);
    output.fields.push_back(field);
    node.calls.push_back(*std::move(bound));
    return false;
  });
  return calls;
}

std::optional<NodeId> PlanBuilder::aggregate(NodeId input, const AggregateRequest& request) {
  if (aggregate_above(input)) {
    diagnostics_.error(Error{ErrorKind::user, "these rows are aggregates already, and change: not available in this version", request.where});
    return std::nullopt;
  }
  AggregateNode node{input, {}, {}};
  Schema keys;
  bool is_good = bind_keys(input, request, node, keys);
  std::vector<NamedAst> names = request.by;
  names.insert(names.end(), request.select.begin(), request.select.end());
  is_good = check_distinct(names, diagnostics_) && is_good;
  Schema grouped = keys;  // then the aggregates
  Schema output = keys;
  std::vector<ExpressionPtr> expressions = columns_of(keys);
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
  if (!is_good) return std::nullopt;
  const NodeId made = add_node(std::move(grouped), std::move(node));
  return add_node(std::move(output), ProjectNode{made, std::move(expressions)});
}

/// Rows of an aggregate change: a sink must know which row a new one takes the place of.
void PlanBuilder::check_aggregated_sink(NodeId input, const SinkRequest& request, const SinkNode& sink) {
  const auto aggregate = aggregate_above(input);
  if (!aggregate) return;
  const auto report = [&](std::string message, std::string hint) {
    diagnostics_.error(Error{ErrorKind::user, std::move(message), request.where}.with_hint(std::move(hint)));
  };
  std::vector<ExpressionPtr> expressions = sink.expressions;
  for (NodeId node = input; node != *aggregate;) {
    const auto* project = std::get_if<ProjectNode>(&plan_.nodes[node].operation);
    if (project == nullptr) {
      return report(fmt::format("sink {}: a step between the aggregate and the sink chooses or makes rows, which change: not available in this version",
                                request.name),
                    "put where and explode in front of the aggregate");
    }
    for (ExpressionPtr& expression : expressions) expression = substitute(expression, project->expressions);
    node = project->input;
  }
  if (sink.outlet != nullptr) return;  // it is told of changes and replaces nothing
  if (sink.table.key.empty() || sink.table.on_conflict != OnConflict::update) {
    return report(fmt::format("sink {} gets rows that change, and must replace them", request.name),
                  "give it the grouping columns as key, and on_conflict: update");
  }
  const auto& keys = std::get<AggregateNode>(plan_.nodes[*aggregate].operation).keys;
  for (std::size_t k = 0; k < keys.size(); ++k) {
    const bool is_in_key = std::any_of(sink.table.key.begin(), sink.table.key.end(), [&](std::size_t column) {
      const auto* reference = std::get_if<ColumnReference>(&expressions[column]->node);
      return reference != nullptr && reference->index == k;
    });
    const Field& field = plan_.nodes[*aggregate].schema.fields[k];
    if (is_in_key && field.nullable) {
      report(fmt::format("sink {}: its key column {} may be NULL, which no key can be", request.name, field.name),
             fmt::format("group by a value that is never NULL, such as by: {{{0}: coalesce({0}, ...)}}, or leave such rows out with where", field.name));
    }
    if (is_in_key) continue;
    report(fmt::format("sink {}: rows of different groups would replace each other: its key is without {}", request.name,
                       field.name),
           "every grouping column belongs to the key, as it is");
  }
}

}  // namespace weir
