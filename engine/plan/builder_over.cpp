// builder_over.cpp — OVER (PARTITION BY .. ORDER BY ..): columns computed over other rows of the same aggregate.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/builder.h"
#include "engine/plan/builder_messages.h"
#include "engine/plan/calls_in.h"
#include "engine/plan/over_functions.h"
#include "engine/plan/step_columns.h"

namespace weir {
namespace {


bool same_place(const OverNode& a, const OverNode& b) {
  const auto same_order = [](const OverNode::Order& x, const OverNode::Order& y) {
    return x.descending == y.descending && x.nulls_first == y.nulls_first && same(*x.expression, *y.expression);
  };
  return std::equal(a.partition.begin(), a.partition.end(), b.partition.begin(), b.partition.end(),
                    [](const ExpressionPtr& x, const ExpressionPtr& y) { return same(*x, *y); }) &&
         std::equal(a.order.begin(), a.order.end(), b.order.begin(), b.order.end(), same_order);
}

std::string text_of(const OverNode& over, const OverNode::Frame& frame, const std::string& call) {
  std::vector<std::string> partition, order;
  for (const ExpressionPtr& key : over.partition) partition.push_back(print(*key));
  for (const OverNode::Order& one : over.order) order.push_back(print(*one.expression) + (one.descending ? " DESC" : ""));
  std::string bounds;
  if (frame.rows_before) bounds = fmt::format(" ROWS {} PRECEDING", *frame.rows_before);
  if (frame.from != nullptr) bounds = " RANGE FROM " + print(*frame.from);
  return fmt::format("{} OVER ({}{}{}{})", call, partition.empty() ? "" : "PARTITION BY " + join(partition), partition.empty() || order.empty() ? "" : " ",
                     order.empty() ? "" : "ORDER BY " + join(order), bounds);
}

}  // namespace

std::optional<OverNode::Call> PlanBuilder::bind_over_call(NodeId input, const CallAst& call, const Location& where) {
  if (over_function(call.function)) return bind_over_function(input, call, where);
  if (registry_.aggregates.find(call.function) == nullptr) {
    std::vector<std::string> known;
    for (const AggregateFunction* aggregate : registry_.aggregates.functions()) known.push_back(aggregate->declaration.name);
    for (const std::string& name : over_functions()) known.push_back(name);
    diagnostics_.error(unknown("W0202", "function of OVER", call.function, known, where));
    return std::nullopt;
  }
  auto bound = bind_aggregate_call(input, call, where);
  if (!bound) return std::nullopt;
  OverNode::Call made{print(*bound), bound->bound.type};
  made.aggregate = *std::move(bound);
  return made;
}

std::optional<OverNode> PlanBuilder::bind_over(NodeId input, const CallAst& call, const Location& where) {
  OverNode over{input, {}, {}, {}, {}};
  auto count = bind_aggregate(*registry_.aggregates.find("count"), {}, false, registry_.functions);
  WEIR_CHECK(count.ok(), "the registry has the aggregate count");
  over.count = std::move(count).value();
  for (const AstPtr& key : call.over->partition) {
    ExpressionPtr bound = bind_grouping({"PARTITION BY", key.get(), key->where}, input);
    if (bound == nullptr) return std::nullopt;
    over.partition.push_back(std::move(bound));
  }
  for (const OverAst::Order& order : call.over->order) {
    ExpressionPtr bound = bind_grouping({"ORDER BY", order.expression.get(), order.expression->where}, input);
    if (bound == nullptr) return std::nullopt;
    over.order.push_back({std::move(bound), order.descending, order.nulls_first.value_or(!order.descending)});
  }
  // From the first row on, and where no two rows of a partition are equal in order, ROWS and RANGE are the same.
  if (call.over->is_by_rows && !tells_rows_apart(input, over)) {
    diagnostics_.error(Error{ErrorKind::user, "ROWS: rows of equal order would come in no order", where}.as("W0416").with_hint(
        "order by all grouping columns, or leave the frame out: rows up to the current one count then, with those of equal order"));
    return std::nullopt;
  }
  if (!check_over(input, over, where)) return std::nullopt;
  auto made = bind_over_call(input, call, where);
  if (!made || !bind_frame(input, over, *call.over, *made, where) || !check_distances(input, over, *made, where)) return std::nullopt;
  made->text = text_of(over, made->frame, made->text);
  // A frame has the current row at least, but where its bound is NULL.
  if (made->aggregate) made->nullable = made->frame.from == nullptr ? made->aggregate->nullable() : made->aggregate->bound.nullable_of_none;
  over.calls.push_back(*std::move(made));
  return over;
}

/// Whether PARTITION BY and ORDER BY hold every grouping column.
bool PlanBuilder::tells_rows_apart(NodeId input, const OverNode& over) const {
  const NodeId aggregate = *aggregate_above(input);
  std::vector<ExpressionPtr> all = over.partition;
  for (const OverNode::Order& order : over.order) all.push_back(order.expression);
  const std::size_t keys = std::get<AggregateNode>(plan_.nodes[aggregate].operation).keys.size();
  for (std::size_t k = 0; k < keys; ++k) {
    const bool is_there = std::any_of(all.begin(), all.end(), [&](const ExpressionPtr& expression) {
      return tells_group(aggregate, k, *over_aggregate(plan_.nodes, input, aggregate, expression));
    });
    if (!is_there) return false;
  }
  return true;
}

/// Whether an expression over the rows of `input` is the window of the aggregate that they come from: the end, or the start, which is computed from it alone.
bool PlanBuilder::is_window_of_groups(NodeId input, const ExpressionPtr& expression) const {
  const NodeId aggregate = *aggregate_above(input);
  const auto& window = std::get<AggregateNode>(plan_.nodes[aggregate].operation).window;
  std::vector<bool> used(schema(aggregate).fields.size(), false);
  const ExpressionPtr resolved = over_aggregate(plan_.nodes, input, aggregate, expression);
  mark_used_columns(*resolved, used);
  const bool is_of_it = window && used[window->key] && std::count(used.begin(), used.end(), true) == 1;
  const auto* call = std::get_if<Call>(&resolved->node);
  return is_of_it && (call == nullptr || call->function->name == "-" || call->function->name == "tumble_start");
}

/// Whether later rows of a partition come when the windows of earlier ones have closed.
bool PlanBuilder::goes_on(NodeId input, const OverNode& over) const {
  const auto& window = std::get<AggregateNode>(plan_.nodes[*aggregate_above(input)].operation).window;
  return window && window->closes &&
         std::none_of(over.partition.begin(), over.partition.end(), [&](const ExpressionPtr& key) { return is_window_of_groups(input, key); });
}

/// Partitions must be told by the groups, and closed windows must not be needed any more.
bool PlanBuilder::check_over(NodeId input, const OverNode& over, const Location& where) {
  const NodeId aggregate = *aggregate_above(input);
  const auto& node = std::get<AggregateNode>(plan_.nodes[aggregate].operation);
  const auto report = [&](const char* mistake, std::string message, const char* hint) {
    diagnostics_.error(Error{ErrorKind::user, std::move(message), where}.as(mistake).with_hint(hint));
    return false;
  };
  for (const ExpressionPtr& key : over.partition) {
    std::vector<bool> used(schema(aggregate).fields.size(), false);
    mark_used_columns(*over_aggregate(plan_.nodes, input, aggregate, key), used);
    if (std::any_of(used.begin() + static_cast<std::ptrdiff_t>(node.keys.size()), used.end(), [](bool is_used) { return is_used; }))
      return report("W0417", "PARTITION BY takes grouping columns: what an aggregate computes changes", "");
  }
  if (!goes_on(input, over)) return true;
  if (!over.order.empty() && !over.order.front().descending && is_window_of_groups(input, over.order.front().expression)) return true;
  return report("W0417", "this would need the rows of closed windows for ever",
                "begin ORDER BY with window_end, or add window_end to PARTITION BY");
}

std::optional<PlanBuilder::OverInput> PlanBuilder::place_overs(NodeId input, const std::vector<NamedAst>& columns) {
  OverInput made{input, {}};
  std::vector<std::pair<const CallAst*, Location>> calls;
  for (const NamedAst& column : columns) {
    for_each_call(*column.expression, [&](const CallAst& call, const Location& where) {
      if (call.over == nullptr) return true;
      calls.emplace_back(&call, where);
      return false;
    });
  }
  if (calls.empty()) return made;
  if (!aggregate_above(input)) {
    diagnostics_.error(Error{ErrorKind::user, "OVER needs the rows of an aggregate: these rows have no end", calls.front().second}.as("W0414").with_hint(
        "put a step aggregate in front of it"));
    return std::nullopt;
  }
  std::vector<OverNode> overs;
  std::vector<std::pair<std::size_t, std::size_t>> places;  // of each call: which node, and which of its calls
  for (const auto& [call, where] : calls) {
    std::optional<OverNode> over = bind_over(input, *call, where);
    if (!over) return std::nullopt;
    const auto equal = std::find_if(overs.begin(), overs.end(), [&](const OverNode& other) { return same_place(other, *over); });
    if (equal == overs.end()) {
      places.emplace_back(overs.size(), 0);
      overs.push_back(*std::move(over));
    } else {
      places.emplace_back(equal - overs.begin(), equal->calls.size());
      equal->calls.push_back(std::move(over->calls.front()));
    }
  }
  std::vector<std::size_t> first_columns;
  for (OverNode& over : overs) {
    Schema output = schema(made.node);
    first_columns.push_back(output.fields.size());
    for (const OverNode::Call& call : over.calls) output.fields.push_back({call.text, call.type, call.nullable});
    over.input = made.node;
    made.node = add_node(std::move(output), std::move(over));
  }
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const std::size_t column = first_columns[places[i].first] + places[i].second;
    made.calls[calls[i].first] = make_column(column, schema(made.node).fields[column], calls[i].second);
  }
  return made;
}

}  // namespace weir
