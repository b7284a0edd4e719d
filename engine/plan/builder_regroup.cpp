// builder_regroup.cpp — aggregates of the rows of an aggregate: what may stand between the two, and which of their windows close.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/builder.h"

namespace weir {
namespace {

/// A call in `expression` that gives another value each time; null if there is none.
const Expression* changing_call(const Expression& expression) {
  const auto* call = std::get_if<Call>(&expression.node);
  if (call == nullptr) return nullptr;
  if (!call->function->deterministic) return &expression;
  for (const ExpressionPtr& argument : call->arguments) {
    if (const Expression* found = changing_call(*argument)) return found;
  }
  return nullptr;
}

bool is_column(const Expression& expression, std::size_t index) {
  const auto* column = std::get_if<ColumnReference>(&expression.node);
  return column != nullptr && column->index == index;
}

}  // namespace

bool is_start_of(const Window& window, const Expression& expression) {
  const auto* call = std::get_if<Call>(&expression.node);
  const bool is_of_one_size = window.kind == WindowKind::tumble || window.kind == WindowKind::hop;
  if (!is_of_one_size || call == nullptr || call->function->name != "-" || !is_column(*call->arguments[0], window.key)) return false;
  const auto* size = std::get_if<Literal>(&call->arguments[1]->node);
  return size != nullptr && size->value.data == decltype(size->value.data){Interval{0, 0, window.size.count() * 1000}};
}

/// Which of an aggregate's rows are gone must be known: they change one by one, and are what they are whenever they are computed.
bool PlanBuilder::check_regrouping(const AggregateNode& node) {
  const auto inner = aggregate_above(node.input);
  if (!inner) return true;
  std::vector<ExpressionPtr> expressions;
  const auto add = [&](NodeId at, const ExpressionPtr& expression) {
    if (expression != nullptr) expressions.push_back(over_aggregate(plan_.nodes, at, *inner, expression));
  };
  for (const ExpressionPtr& key : node.keys) add(node.input, key);
  for (const AggregateNode::Call& call : node.calls) {
    for (const ExpressionPtr& argument : call.bound.arguments) add(node.input, argument);
    add(node.input, call.filter);
  }
  for (NodeId at = node.input; at != *inner; at = inputs_of(plan_.nodes[at].operation).front()) {
    if (const auto* filter = std::get_if<FilterNode>(&plan_.nodes[at].operation)) add(filter->input, filter->predicate);
    const auto* over = std::get_if<OverNode>(&plan_.nodes[at].operation);
    if (over == nullptr) continue;
    for (const OverNode::Order& order : over->order) add(over->input, order.expression);
    for (const OverNode::Call& call : over->calls) {
      for (const ExpressionPtr& value : call.aggregate ? call.aggregate->bound.arguments : call.values) add(over->input, value);
      if (call.aggregate) add(over->input, call.aggregate->filter);
    }
  }
  for (const ExpressionPtr& expression : expressions) {
    const Expression* changing = changing_call(*expression);
    if (changing == nullptr) continue;
    diagnostics_.error(Error{ErrorKind::user, fmt::format("{} is another value each time, and rows of an aggregate are computed again whenever they change", print(*changing)),
                             changing->where}.as("W0419")
                           .with_hint("put it behind the last aggregate"));
    return false;
  }
  return true;
}

/// Whether rows of `input`, where they come from an aggregate, come one for each of its groups.
bool PlanBuilder::check_regrouped_input(NodeId input, const Location& where) {
  const auto inner = aggregate_above(input);
  for (NodeId node = input; inner && node != *inner; node = inputs_of(plan_.nodes[node].operation).front()) {
    const PlanOperation& operation = plan_.nodes[node].operation;
    if (!std::holds_alternative<UnionNode>(operation) && !std::holds_alternative<ExplodeNode>(operation)) continue;
    diagnostics_.error(
        Error{ErrorKind::user, "a step between two aggregates makes or unites rows, which change: not available in this version", where}.as("W0418").with_hint(
            "put union and explode in front of the first aggregate"));
    return false;
  }
  return true;
}

/// first, last and string_agg go by the place of rows in their source.
bool PlanBuilder::check_regrouped_call(NodeId input, const AggregateNode::Call& call, const Location& where) {
  if (!aggregate_above(input) || !call.bound.body->uses_positions()) return true;
  const std::string& name = call.bound.function->declaration.name;
  diagnostics_.error(
      Error{ErrorKind::user, fmt::format("{} goes by the places of rows in their source, and rows of an aggregate have none", name), where}.as("W0419").with_hint(
          name == "string_agg" ? "string_agg(DISTINCT value, ...) goes by the values" : "say which row is meant: min_by(value, order) or max_by(value, order)"));
  return false;
}

/// The closing window of the aggregate that rows of `input` come from, as one of an aggregate of them; nothing where there is none.
std::optional<Window> PlanBuilder::closing_window_above(NodeId input) const {
  const auto inner = aggregate_above(input);
  if (!inner) return std::nullopt;
  const auto& window = std::get<AggregateNode>(plan_.nodes[*inner].operation).window;
  return window && window->closes ? window : std::nullopt;
}

/// Whether windows over `time`, a column of rows that are windows themselves, close: each such row must lie in windows that end no earlier than it does.
/// Its time is then the last instant of the row's window where `time` is its end.
std::optional<ExpressionPtr> PlanBuilder::time_of_windows(NodeId input, const ExpressionPtr& time, const Window& made) {
  const auto inner = closing_window_above(input);
  if (!inner) return std::nullopt;
  const ExpressionPtr resolved = over_aggregate(plan_.nodes, input, *aggregate_above(input), time);
  if (is_start_of(*inner, *resolved) && inner->kind == WindowKind::tumble && made.size.count() % inner->size.count() == 0) return time;
  if (!is_column(*resolved, inner->key)) return std::nullopt;
  // The end of a session is of it.
  return inner->kind == WindowKind::session || inner->has_its_end ? time : shifted(time, "-", Duration(1));
}

/// `time` + or - `span`.
ExpressionPtr PlanBuilder::shifted(const ExpressionPtr& time, const char* sign, Duration span) {
  return operation_of(sign, time, make_literal(Value{interval_type, Interval{0, 0, span.count() * 1000}}, time->where));
}

/// An operator with bound operands, its types as a written one has them. Null after reporting.
ExpressionPtr PlanBuilder::operation_of(const char* name, const ExpressionPtr& left, const ExpressionPtr& right) {
  CallAst call;
  call.function = name;
  BoundCalls bound;
  for (const ExpressionPtr& part : {left, right}) {
    CallAst stands_for;
    stands_for.function = "argument";
    call.arguments.push_back(std::make_unique<Ast>(Ast{std::move(stands_for), part->where}));
    bound[&std::get<CallAst>(call.arguments.back()->node)] = part;
  }
  const Schema no_columns;
  const Scope scope{&no_columns, "the windows", &settings_, &other_functions_, &bound};
  return bind(Ast{std::move(call), right->where}, scope, registry_.functions, diagnostics_);
}

/// Rows grouped by the window that they are, with no window of their own: theirs closes. It becomes the last key; where it is told by its start, that is
/// computed from the end, `keys` has it behind the end, and the result is the expression for it.
ExpressionPtr PlanBuilder::adopt_window(AggregateNode& node, Schema& keys) {
  const auto inner = closing_window_above(node.input);
  if (!inner) return nullptr;
  const auto find = [&](const auto& is_it) {
    return std::find_if(node.keys.begin(), node.keys.end(), [&](const ExpressionPtr& key) {
             return is_it(*over_aggregate(plan_.nodes, node.input, *aggregate_above(node.input), key));
           }) - node.keys.begin();
  };
  const auto count = static_cast<std::ptrdiff_t>(node.keys.size());
  const std::ptrdiff_t end = find([&](const Expression& key) { return is_column(key, inner->key); });
  const std::ptrdiff_t start = end != count ? count : find([&](const Expression& key) { return is_start_of(*inner, key); });
  if (end == count && start == count) return nullptr;
  const std::ptrdiff_t place = std::min(end, start);
  std::rotate(node.keys.begin() + place, node.keys.begin() + place + 1, node.keys.end());
  std::rotate(keys.fields.begin() + place, keys.fields.begin() + place + 1, keys.fields.end());
  auto never_null = std::make_shared<Expression>(*node.keys.back());
  never_null->nullable = false;
  node.keys.back() = std::move(never_null);
  node.window = *inner;
  node.window->key = node.keys.size() - 1;
  if (inner->kind == WindowKind::session) {
    // What makes rows sessions is done; these windows only close as they do.
    node.window->kind = WindowKind::tumble;
    node.window->has_its_end = true;
  }
  if (end != count) return nullptr;
  const Field field = keys.fields.back();
  keys.fields.back().name = keys.index_of("window_end") ? "end of " + field.name : "window_end";
  node.keys.back() = shifted(node.keys.back(), "+", inner->size);
  const ExpressionPtr start_of_end = shifted(make_column(node.window->key, keys.fields.back()), "-", inner->size);
  keys.fields.push_back(field);
  return start_of_end;
}

}  // namespace weir
