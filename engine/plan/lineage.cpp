// lineage.cpp — follows columns from the sources through the steps of a plan.
#include "engine/plan/lineage.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/nearest_name.h"
#include "engine/plan/builder_messages.h"

namespace weir {
namespace {

/// What is known of the rows of one node.
struct NodeOrigins {
  std::vector<Origins> columns;
  Origins rows;
};

void merge(Origins& into, const Origins& from) {
  for (const auto& [column, influences] : from) into[column].insert(influences.begin(), influences.end());
}

/// What takes part in `origins` takes part by way of `influence` in what is made of them. What had but a say has the same say still.
Origins by_way_of(const Origins& origins, Influence influence) {
  Origins result;
  for (const auto& [column, influences] : origins) {
    for (const Influence one : influences) {
      const bool stays = !gives_value(one) || (gives_value(influence) && one > influence);
      result[column].insert(stays ? one : influence);
    }
  }
  return result;
}

class LineageWalk {
 public:
  explicit LineageWalk(const Plan& plan) : plan_(plan) {
    for (NodeId id = 0; id < plan.nodes.size(); ++id) {
      NodeOrigins made = std::visit([&](const auto& node) { return walk(id, node); }, plan.nodes[id].operation);
      nodes_.push_back(std::move(made));
    }
  }

  SinkLineage of_sink(std::size_t index) const {
    const SinkNode& sink = plan_.sinks[index];
    const NodeOrigins& input = nodes_[sink.input];
    SinkLineage result{index, {}, input.rows};
    for (std::size_t i = 0; i < sink.expressions.size(); ++i) {
      ColumnLineage column{sink.table.schema.fields[i].name, origins_of(*sink.expressions[i], input), ""};
      const bool has_value = std::any_of(column.origins.begin(), column.origins.end(),
                                         [](const auto& origin) { return gives_value(*origin.second.begin()); });
      if (!has_value) column.constant = made_by(*sink.expressions[i], sink.input);
      result.columns.push_back(std::move(column));
    }
    if (sink.table.on_conflict == OnConflict::update_newer) merge(result.rows, by_way_of(result.columns[sink.table.newer_by].origins, Influence::sort));
    return result;
  }

 private:
  Origins origins_of(const Expression& expression, const NodeOrigins& input) const {
    if (const auto* column = std::get_if<ColumnReference>(&expression.node)) return input.columns[column->index];
    const auto* call = std::get_if<Call>(&expression.node);
    if (call == nullptr) return {};
    if (const auto cell = table_cell(*call, input)) return *cell;
    const bool is_choice = call->function->name == "case" || call->function->name == "if" || call->function->name == "nvl2";
    Origins result;
    for (std::size_t i = 0; i < call->arguments.size(); ++i) {
      // if and nvl2 have one condition; CASE has one before each value, and perhaps a last value without.
      const bool is_condition = is_choice && (call->function->name == "case" ? i % 2 == 0 && i + 1 < call->arguments.size() : i == 0);
      const Influence influence = is_condition ? Influence::conditional : Influence::transformation;
      merge(result, by_way_of(origins_of(*call->arguments[i], input), influence));
    }
    return result;
  }

  /// A column of a lookup table's row, or that there is such a row.
  std::optional<Origins> table_cell(const Call& call, const NodeOrigins& input) const {
    const bool is_field = call.function->name == "get_field";
    const auto* row = is_field ? std::get_if<Call>(&call.arguments[0]->node) : &call;
    const auto* name = is_field ? std::get_if<Literal>(&call.arguments[1]->node) : nullptr;
    for (std::size_t t = 0; row != nullptr && t < plan_.tables.size(); ++t) {
      const PlanTable& table = plan_.tables[t];
      if (row->function != table.function.get()) continue;
      Origins result = keys_of(t, row->arguments, input);
      for (std::size_t i = 0; name != nullptr && i < table.shape.columns.size(); ++i) {
        if (name->value.data == decltype(name->value.data){table.shape.columns[i].field.name}) result[{true, t, i}].insert(Influence::identity);
      }
      return result;
    }
    return std::nullopt;
  }

  Origins keys_of(std::size_t table, const std::vector<ExpressionPtr>& keys, const NodeOrigins& input) const {
    Origins result = all_of(keys, input, Influence::join);
    for (const std::size_t key : plan_.tables[table].shape.key) result[{true, table, key}].insert(Influence::join);
    return result;
  }

  Origins all_of(const std::vector<ExpressionPtr>& expressions, const NodeOrigins& input, Influence influence) const {
    Origins result;
    for (const ExpressionPtr& expression : expressions) {
      if (expression != nullptr) merge(result, by_way_of(origins_of(*expression, input), influence));
    }
    return result;
  }

  /// What the aggregate makes of a group's rows, which its filter chooses.
  Origins of_call(const AggregateNode::Call& call, const NodeOrigins& input) const {
    Origins result = all_of(call.bound.arguments, input, Influence::aggregation);
    merge(result, all_of({call.filter}, input, Influence::filter));
    return result;
  }

  NodeOrigins walk(NodeId id, const ScanNode& scan) const {
    NodeOrigins made;
    for (std::size_t i = 0; i < scan.columns.size(); ++i) made.columns.push_back(Origins{{OriginColumn{false, id, i}, {Influence::identity}}});
    for (const SourceCheck& check : scan.checks) merge(made.rows, all_of({check.predicate}, made, Influence::filter));
    return made;
  }

  NodeOrigins walk(NodeId, const FilterNode& filter) const {
    NodeOrigins made = nodes_[filter.input];
    merge(made.rows, all_of({filter.predicate}, nodes_[filter.input], Influence::filter));
    return made;
  }

  NodeOrigins walk(NodeId, const ProjectNode& project) const {
    NodeOrigins made{{}, nodes_[project.input].rows};
    for (const ExpressionPtr& expression : project.expressions) made.columns.push_back(origins_of(*expression, nodes_[project.input]));
    return made;
  }

  NodeOrigins walk(NodeId, const UnionNode& united) const {
    NodeOrigins made = nodes_[united.inputs.front()];
    for (const NodeId input : united.inputs) {
      for (std::size_t i = 0; i < made.columns.size(); ++i) merge(made.columns[i], nodes_[input].columns[i]);
      merge(made.rows, nodes_[input].rows);
    }
    return made;
  }

  NodeOrigins walk(NodeId id, const ExplodeNode& explode) const {
    NodeOrigins made = nodes_[explode.input];
    merge(made.rows, all_of(explode.call.arguments, nodes_[explode.input], Influence::explode));
    const Origins value = all_of(explode.call.arguments, nodes_[explode.input], Influence::transformation);
    made.columns.resize(plan_.nodes[id].schema.fields.size(), value);
    return made;
  }

  NodeOrigins walk(NodeId, const DedupNode& dedup) const {
    const NodeOrigins& input = nodes_[dedup.input];
    NodeOrigins made = input;
    merge(made.rows, all_of(dedup.keys, input, Influence::dedup));
    if (dedup.within) merge(made.rows, times_of(dedup.input, Influence::dedup));
    return made;
  }

  NodeOrigins walk(NodeId, const JoinNode& joined) const {
    const NodeOrigins& input = nodes_[joined.input];
    NodeOrigins made{{}, input.rows};
    for (const ExpressionPtr& expression : joined.expressions) made.columns.push_back(origins_of(*expression, input));
    if (joined.has_row != nullptr) merge(made.rows, keys_of(joined.table, joined.keys, input));
    return made;
  }

  NodeOrigins walk(NodeId, const StreamJoinNode& joined) const {
    NodeOrigins made = nodes_[joined.input];
    const NodeOrigins& other = nodes_[joined.joined];
    made.columns.insert(made.columns.end(), other.columns.begin(), other.columns.end());
    merge(made.rows, other.rows);
    merge(made.rows, all_of(joined.keys, nodes_[joined.input], Influence::join));
    merge(made.rows, all_of(joined.joined_keys, other, Influence::join));
    merge(made.rows, all_of({joined.condition}, made, Influence::join));
    if (!joined.bounds) return made;
    merge(made.rows, times_of(joined.input, Influence::join));
    merge(made.rows, times_of(joined.joined, Influence::join));
    return made;
  }

  NodeOrigins walk(NodeId, const AggregateNode& aggregate) const {
    const NodeOrigins& input = nodes_[aggregate.input];
    NodeOrigins made{{}, input.rows};
    for (const ExpressionPtr& key : aggregate.keys) made.columns.push_back(origins_of(*key, input));
    for (const AggregateNode::Call& call : aggregate.calls) made.columns.push_back(of_call(call, input));
    merge(made.rows, all_of(aggregate.keys, input, Influence::group_by));
    return made;
  }

  NodeOrigins walk(NodeId, const OverNode& over) const {
    const NodeOrigins& input = nodes_[over.input];
    NodeOrigins made = input;
    Origins window = all_of(over.partition, input, Influence::window);
    for (const OverNode::Order& order : over.order) merge(window, all_of({order.expression}, input, Influence::window));
    for (const OverNode::Call& call : over.calls) {
      Origins value = call.aggregate ? of_call(*call.aggregate, input) : all_of(call.values, input, Influence::transformation);
      merge(value, all_of({call.frame.from}, input, Influence::window));
      merge(value, window);
      made.columns.push_back(std::move(value));
    }
    return made;
  }

  /// The event times of the sources that rows of `node` come from.
  Origins times_of(NodeId node, Influence influence) const {
    if (const auto* scan = std::get_if<ScanNode>(&plan_.nodes[node].operation))
      return scan->time ? all_of({scan->time->column}, nodes_[node], influence) : Origins{};
    Origins result;
    for (const NodeId input : inputs_of(plan_.nodes[node].operation)) merge(result, times_of(input, influence));
    return result;
  }

  /// The expression behind a column that no field gives its value: through the projections that only pass it on.
  std::string made_by(const Expression& expression, NodeId node) const {
    const auto* column = std::get_if<ColumnReference>(&expression.node);
    if (column == nullptr) return print(expression);
    const PlanOperation& operation = plan_.nodes[node].operation;
    if (const auto* project = std::get_if<ProjectNode>(&operation)) return made_by(*project->expressions[column->index], project->input);
    if (const auto* joined = std::get_if<JoinNode>(&operation)) return made_by(*joined->expressions[column->index], joined->input);
    if (const auto* filter = std::get_if<FilterNode>(&operation)) return made_by(expression, filter->input);
    if (const auto* aggregate = std::get_if<AggregateNode>(&operation); aggregate != nullptr) {
      if (column->index < aggregate->keys.size()) return made_by(*aggregate->keys[column->index], aggregate->input);
      return print(aggregate->calls[column->index - aggregate->keys.size()]);
    }
    if (const auto* over = std::get_if<OverNode>(&operation)) {
      const std::size_t before = plan_.nodes[over->input].schema.fields.size();
      return column->index < before ? made_by(expression, over->input) : over->calls[column->index - before].text;
    }
    return print(expression);
  }

  const Plan& plan_;
  std::vector<NodeOrigins> nodes_;
};

}  // namespace

std::vector<SinkLineage> lineage(const Plan& plan) {
  const LineageWalk walk(plan);
  std::vector<SinkLineage> result;
  for (std::size_t i = 0; i < plan.sinks.size(); ++i) result.push_back(walk.of_sink(i));
  return result;
}

Result<std::vector<SinkLineage>> choose_lineage(const Plan& plan, std::vector<SinkLineage> all, const std::string& name) {
  std::vector<std::string> sinks;
  for (const SinkLineage& one : all) sinks.push_back(plan.sinks[one.sink].table.sink);
  const auto of_sink = [&](const std::string& sink) { return std::find(sinks.begin(), sinks.end(), sink); };
  const auto dot = name.find('.');
  // Either may have dots of its own: what is a sink as it stands is one.
  const bool is_sink = of_sink(name) != sinks.end() || dot == std::string::npos;
  const auto found = of_sink(is_sink ? name : name.substr(0, dot));
  const auto not_there = [&](const std::string& what, const std::string& given, const std::vector<std::string>& known) {
    const std::string near = nearest_name(given, known);
    return Error{ErrorKind::usage, fmt::format("--column: unknown {}: {}{}", what, given, near.empty() ? fmt::format(" (there are: {})", join(known))
                                                                                                       : fmt::format(" (did you mean {}?)", near))};
  };
  if (found == sinks.end()) return not_there("sink", is_sink ? name : name.substr(0, dot), sinks);
  SinkLineage chosen = std::move(all[static_cast<std::size_t>(found - sinks.begin())]);
  if (is_sink) return std::vector<SinkLineage>{std::move(chosen)};
  const std::string column = name.substr(dot + 1);
  std::vector<std::string> columns;
  for (const ColumnLineage& one : chosen.columns) columns.push_back(one.name);
  if (std::find(columns.begin(), columns.end(), column) == columns.end()) return not_there("column of sink " + *found, column, columns);
  std::erase_if(chosen.columns, [&](const ColumnLineage& one) { return one.name != column; });
  return std::vector<SinkLineage>{std::move(chosen)};
}

}  // namespace weir
