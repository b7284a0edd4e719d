// join_bounds.cpp — finds comparisons of the event times of both sides in the condition of a join.
#include "engine/plan/join_bounds.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace weir {
namespace {

/// Whether `expression` over the rows of `node` is their event time, by which a join puts them.
bool is_row_time(const std::vector<PlanNode>& nodes, NodeId node, const ExpressionPtr& expression) {
  const PlanOperation& operation = nodes[node].operation;
  if (const auto* scan = std::get_if<ScanNode>(&operation)) return scan->time && same(*scan->time->column, *expression);
  if (const auto* filter = std::get_if<FilterNode>(&operation)) return is_row_time(nodes, filter->input, expression);
  if (const auto* dedup = std::get_if<DedupNode>(&operation)) return is_row_time(nodes, dedup->input, expression);
  if (const auto* project = std::get_if<ProjectNode>(&operation)) return is_row_time(nodes, project->input, substitute(expression, project->expressions));
  if (const auto* join = std::get_if<JoinNode>(&operation)) return is_row_time(nodes, join->input, substitute(expression, join->expressions));
  if (const auto* united = std::get_if<UnionNode>(&operation))
    return std::all_of(united->inputs.begin(), united->inputs.end(), [&](NodeId input) { return is_row_time(nodes, input, expression); });
  // The columns of the input come first, and the time of what is made of a row is the row's.
  const auto is_of_input = [&](NodeId input) {
    const auto* column = std::get_if<ColumnReference>(&expression->node);
    return column != nullptr && column->index < nodes[input].schema.fields.size() && is_row_time(nodes, input, expression);
  };
  if (const auto* explode = std::get_if<ExplodeNode>(&operation)) return is_of_input(explode->input);
  if (const auto* join = std::get_if<StreamJoinNode>(&operation)) return is_of_input(join->input);
  return false;
}

/// The time of one side, and so much more.
struct Moment {
  bool is_joined;
  Duration more;
};

class Condition {
 public:
  Condition(const std::vector<PlanNode>& nodes, NodeId input, NodeId joined) : nodes_(nodes), input_(input), joined_(joined) {}

  void add(const ExpressionPtr& expression) {
    const auto* call = std::get_if<Call>(&expression->node);
    if (call == nullptr || call->arguments.size() != 2) return;
    const std::string_view name = call->function->name;
    if (name == "and") {
      for (const ExpressionPtr& part : call->arguments) add(part);
      return;
    }
    const auto left = moment(call->arguments[0]), right = moment(call->arguments[1]);
    if (!left || !right || left->is_joined == right->is_joined) return;
    // As bounds of the joined time less the input's.
    const auto at_most = [&](Duration less) { left->is_joined ? not_above(right->more - left->more - less) : not_below(left->more - right->more + less); };
    const auto at_least = [&](Duration less) { left->is_joined ? not_below(right->more - left->more + less) : not_above(left->more - right->more - less); };
    constexpr Duration least{1};  // times are whole microseconds
    if (name == "<=" || name == "=") at_most(Duration{});
    if (name == ">=" || name == "=") at_least(Duration{});
    if (name == "<") at_most(least);
    if (name == ">") at_least(least);
  }

  std::optional<StreamJoinNode::Bounds> bounds() const { return lower_ && upper_ ? std::optional(StreamJoinNode::Bounds{*lower_, *upper_}) : std::nullopt; }

 private:
  void not_above(Duration bound) { upper_ = std::min(upper_.value_or(bound), bound); }
  void not_below(Duration bound) { lower_ = std::max(lower_.value_or(bound), bound); }

  /// An interval that is as long wherever it is added, in whole microseconds.
  static std::optional<Duration> span(const Expression& expression) {
    const auto* literal = std::get_if<Literal>(&expression.node);
    const auto* interval = literal == nullptr ? nullptr : std::get_if<Interval>(&literal->value.data);
    if (interval == nullptr || interval->months != 0 || std::abs(std::int64_t{interval->days}) > 1'000'000 || interval->nanoseconds % 1000 != 0) return std::nullopt;
    return Duration(std::int64_t{interval->days} * 86'400'000'000 + interval->nanoseconds / 1000);
  }

  std::optional<Moment> moment(const ExpressionPtr& expression) const {
    if (const auto* call = std::get_if<Call>(&expression->node); call != nullptr && call->arguments.size() == 2) {
      const bool is_less = call->function->name == "-";
      if (!is_less && call->function->name != "+") return std::nullopt;
      const bool is_turned = !is_less && span(*call->arguments[0]);
      const auto from = moment(call->arguments[is_turned ? 1 : 0]);
      const auto step = span(*call->arguments[is_turned ? 0 : 1]);
      if (!from || !step) return std::nullopt;
      return Moment{from->is_joined, from->more + (is_less ? -*step : *step)};
    }
    const auto* column = std::get_if<ColumnReference>(&expression->node);
    if (column == nullptr) return std::nullopt;
    const std::size_t border = nodes_[input_].schema.fields.size();
    const bool is_joined = column->index >= border;
    const std::size_t index = is_joined ? column->index - border : column->index;
    const NodeId node = is_joined ? joined_ : input_;
    const Field& field = nodes_[node].schema.fields[index];
    return is_row_time(nodes_, node, make_column(index, field)) ? std::optional(Moment{is_joined, {}}) : std::nullopt;
  }

  const std::vector<PlanNode>& nodes_;
  NodeId input_, joined_;
  std::optional<Duration> lower_, upper_;
};

}  // namespace

std::optional<StreamJoinNode::Bounds> bounds_of(const std::vector<PlanNode>& nodes, NodeId input, NodeId joined, const ExpressionPtr& condition) {
  if (condition == nullptr) return std::nullopt;
  Condition found(nodes, input, joined);
  found.add(condition);
  return found.bounds();
}

}  // namespace weir
