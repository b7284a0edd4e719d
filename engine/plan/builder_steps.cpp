// builder_steps.cpp — the stateless steps of a stream: filter, select, extend, drop, rename, union.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/expression/binder.h"
#include "engine/plan/builder.h"
#include "engine/plan/builder_messages.h"
#include "engine/plan/calls_in.h"
#include "engine/plan/null_rejection.h"
#include "engine/plan/step_columns.h"

namespace weir {
namespace {

std::size_t count_named(const Schema& schema, const std::string& name) {
  std::size_t count = 0;
  for (const Field& field : schema.fields) count += field.name == name ? 1 : 0;
  return count;
}

// "id string, price decimal(10,2)".
std::string columns_text(const Schema& schema) {
  std::vector<std::string> texts;
  for (const Field& field : schema.fields)
    texts.push_back(fmt::format("{} {}", field.name, to_string(field.type)));
  return join(texts);
}

/// Where the other column stands that a renamed one would stand beside.
Location place_of_other(const std::vector<PlanNode>& nodes, NodeId input, const Schema& renamed, const std::string& name, const std::vector<PlanBuilder::Renaming>& renamings) {
  for (std::size_t i = 0; i < renamed.fields.size(); ++i) {
    if (renamed.fields[i].name == name && nodes[input].schema.fields[i].name == name) return ColumnHistory::origin(nodes, input, i);
  }
  const auto first = std::find_if(renamings.begin(), renamings.end(), [&](const PlanBuilder::Renaming& one) { return one.to.name == name; });
  return first->to.where;
}

bool holds_over(const Ast& ast) {
  bool found = false;
  for_each_call(ast, [&](const CallAst& call, const Location&) {
    found = found || call.over != nullptr;
    return !found;
  });
  return found;
}

bool reads_any(const Ast& ast, const std::vector<PlanBuilder::NamedAst>& columns) {
  bool found = false;
  for_each_part(ast, [&](const Ast& part) {
    const auto* name = std::get_if<NameAst>(&part.node);
    for (const PlanBuilder::NamedAst& column : columns) found = found || (name != nullptr && name->parts.front() == column.name);
    return !found;
  });
  return found;
}

}  // namespace

// Its type converts to every other, so that what uses it is not called wrong too.
ExpressionPtr PlanBuilder::stand_in(const Location& where) {
  has_stand_in_ = true;
  return make_literal(Value{null_type, {}}, where);
}

Scope PlanBuilder::scope_of(const Schema& schema, NodeId input) const {
  return Scope{&schema, describe(input), &settings_, &other_functions_, nullptr, &history_.gone(plan_.nodes, input)};
}

std::optional<NodeId> PlanBuilder::filter(NodeId input, const Ast& predicate) {
  ExpressionPtr bound = bind_value(predicate, schema(input), input);
  if (bound != nullptr) {
    bound =
        coerce(std::move(bound), boolean_type, "the condition of where", registry_.functions, diagnostics_);
  }
  if (bound == nullptr) return std::nullopt;
  Schema output = schema(input);
  reject_nulls(*bound, Outcome::is_true, output);
  return add_node(std::move(output), FilterNode{input, std::move(bound)});
}

std::optional<NodeId> PlanBuilder::select(NodeId input, const std::vector<NamedAst>& columns) {
  if (!columns.empty() && refuse_columns(columns.size(), columns.front().where)) return std::nullopt;
  const bool is_good = check_distinct(columns, diagnostics_);
  const auto overs = place_overs(input, columns);
  if (!overs) return std::nullopt;
  const auto source = explode_column(overs->node, columns);
  const std::size_t made = schema(overs->node).fields.size();
  Schema output;
  std::vector<ExpressionPtr> expressions;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const NamedAst& column = columns[i];
    ExpressionPtr bound = source && source->column == i ? make_column(made, schema(source->node).fields[made], column.where)
                          : table_function_of(*column.expression) != nullptr ? nullptr  // reported
                                                                             : bind_value(*column.expression, schema(input), input, &overs->calls);
    if (bound == nullptr) bound = stand_in(column.where);
    output.fields.push_back(Field{column.name, bound->type, bound->nullable});
    expressions.push_back(std::move(bound));
  }
  if (!is_good || !source) return std::nullopt;
  const NodeId node = add_node(std::move(output), ProjectNode{source->node, std::move(expressions)});
  history_.take_away(plan_.nodes, node, input, {}, {"it is not among the columns that are selected here", columns.front().where});
  return node;
}

// OVER reads the columns as they are before the step: what stands before it in the same step comes first, as a step of its own.
std::optional<NodeId> PlanBuilder::extend(NodeId input, const std::vector<NamedAst>& columns) {
  if (!columns.empty() && refuse_columns(schema(input).fields.size() + columns.size(), columns.front().where)) return std::nullopt;
  if (!check_distinct(columns, diagnostics_)) {
    extend_at_once(input, columns);
    return std::nullopt;
  }
  std::vector<NamedAst> part;
  std::optional<NodeId> node = input;
  bool has_over = false;
  for (const NamedAst& column : columns) {
    const bool is_over = holds_over(*column.expression);
    if (!part.empty() && (is_over || has_over) && (is_over != has_over || reads_any(*column.expression, part))) {
      node = extend_at_once(*node, part);
      if (!node) return std::nullopt;
      part.clear();
    }
    has_over = is_over;
    part.push_back(column);
  }
  return extend_at_once(*node, part);
}

std::optional<NodeId> PlanBuilder::extend_at_once(NodeId input, const std::vector<NamedAst>& columns) {
  const auto overs = place_overs(input, columns);
  if (!overs) return std::nullopt;
  const auto source = explode_column(overs->node, columns);
  Schema output = schema(input);
  std::vector<ExpressionPtr> expressions = columns_of(output);
  const std::size_t made = schema(overs->node).fields.size();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const NamedAst& column = columns[i];
    ExpressionPtr expression;
    if (source && source->column == i) {
      expression = make_column(made, schema(source->node).fields[made], column.where);
    } else if (holds_over(*column.expression)) {
      expression = bind_value(*column.expression, schema(input), input, &overs->calls);
    } else if (table_function_of(*column.expression) == nullptr) {
      // It refers to the columns as they are after the earlier ones of this step; the projection is over its input.
      const ExpressionPtr bound = bind_value(*column.expression, output, input);
      if (bound != nullptr) expression = substitute(bound, expressions);
    }
    if (expression == nullptr) expression = stand_in(column.where);
    const Field field{column.name, expression->type, expression->nullable};
    if (const auto replaced = output.index_of(column.name)) {
      output.fields[*replaced] = field;
      expressions[*replaced] = std::move(expression);
      continue;
    }
    output.fields.push_back(field);
    expressions.push_back(std::move(expression));
  }
  if (!source) return std::nullopt;
  return add_node(std::move(output), ProjectNode{source->node, std::move(expressions)});
}

std::optional<NodeId> PlanBuilder::drop(NodeId input, const std::vector<NamedPlace>& columns) {
  std::set<std::size_t> dropped;
  bool is_good = true;
  for (const NamedPlace& column : columns) {
    const auto index = find_column(input, column);
    is_good = is_good && index.has_value();
    if (index) dropped.insert(*index);
  }
  const Schema& before = schema(input);
  if (is_good && dropped.size() == before.fields.size()) {
    diagnostics_.error(Error{ErrorKind::user, "drop leaves no column", columns.front().where}.as("W0215"));
    is_good = false;
  }
  if (!is_good) return std::nullopt;
  Schema output;
  std::vector<ExpressionPtr> expressions;
  for (std::size_t i = 0; i < before.fields.size(); ++i) {
    if (dropped.count(i) != 0) continue;
    output.fields.push_back(before.fields[i]);
    expressions.push_back(make_column(i, before.fields[i]));
  }
  const NodeId node = add_node(std::move(output), ProjectNode{input, std::move(expressions)});
  std::map<std::string, Note> notes;
  for (const NamedPlace& column : columns) notes[column.name] = {"it was dropped here", column.where};
  history_.take_away(plan_.nodes, node, input, std::move(notes), {});
  return node;
}

std::optional<NodeId> PlanBuilder::rename(NodeId input, const std::vector<Renaming>& renamings) {
  Schema output = schema(input);
  std::set<std::size_t> renamed;
  bool is_good = true;
  for (const Renaming& renaming : renamings) {
    const auto index = find_column(input, renaming.from);
    is_good = is_good && index.has_value();
    if (!index) continue;
    if (!renamed.insert(*index).second) {
      const std::string message = fmt::format("column {} is renamed twice", renaming.from.name);
      const auto first = std::find_if(renamings.begin(), renamings.end(), [&](const Renaming& one) { return one.from.name == renaming.from.name; });
      diagnostics_.error(Error{ErrorKind::user, message, renaming.from.where}.as("W0212").with_note("the first time is here", first->from.where));
      is_good = false;
    }
    output.fields[*index].name = renaming.to.name;
  }
  if (!is_good) return std::nullopt;
  for (const Renaming& renaming : renamings) {
    if (count_named(output, renaming.to.name) == 1) continue;
    const std::string message = fmt::format("there is another column called {}", renaming.to.name);
    const Location other = place_of_other(plan_.nodes, input, output, renaming.to.name, renamings);
    diagnostics_.error(Error{ErrorKind::user, message, renaming.to.where}.as("W0212").with_hint("drop the other one first, or give this one another name").with_note("the other one is here", other));
    is_good = false;
  }
  if (!is_good) return std::nullopt;
  std::vector<ExpressionPtr> columns = columns_of(schema(input));
  const NodeId node = add_node(std::move(output), ProjectNode{input, std::move(columns)});
  std::map<std::string, Note> notes;
  for (const Renaming& renaming : renamings) notes[renaming.from.name] = {fmt::format("it was renamed to {} here", renaming.to.name), renaming.from.where};
  history_.take_away(plan_.nodes, node, input, std::move(notes), {});
  return node;
}

/// Notes on the first column in which two inputs of a union differ, where it comes from.
Error PlanBuilder::with_difference(Error error, NodeId first, NodeId other) const {
  const auto note = [&](NodeId node, std::size_t column, const char* what) {
    const Location where = ColumnHistory::origin(plan_.nodes, node, column);
    const Field& field = schema(node).fields[column];
    if (where.is_known()) error = Error(error).with_note(fmt::format("{} {} is {}{}", describe(node), field.name, to_string(field.type), what), where);
  };
  for (std::size_t i = 0; i < schema(first).fields.size(); ++i) {
    const auto same = schema(other).index_of(schema(first).fields[i].name);
    if (same && schema(other).fields[*same].type == schema(first).fields[i].type) continue;
    note(first, i, same ? " here" : " here, and the other one has no such column");
    if (same) note(other, *same, " here");
    return error;
  }
  for (std::size_t i = 0; i < schema(other).fields.size(); ++i) {
    if (schema(first).index_of(schema(other).fields[i].name)) continue;
    note(other, i, " here, and the first one has no such column");
    return error;
  }
  return error;
}

std::optional<NodeId> PlanBuilder::project_in_order(NodeId input, NodeId first, const Schema& order, const Location& where) {
  const Schema before = schema(input);
  std::vector<ExpressionPtr> expressions;
  Schema output;
  bool is_same_order = true, is_good = before.fields.size() == order.fields.size();
  for (std::size_t i = 0; i < order.fields.size() && is_good; ++i) {
    const auto index = before.index_of(order.fields[i].name);
    is_good = index && before.fields[*index].type == order.fields[i].type;
    if (!is_good) break;
    is_same_order = is_same_order && *index == i;
    output.fields.push_back(before.fields[*index]);
    expressions.push_back(make_column(*index, before.fields[*index]));
  }
  if (!is_good) {
    Error error = Error{ErrorKind::user, fmt::format("{} has other columns than the first input of the union", describe(input)), where}.as("W0508").with_hint(
        fmt::format("the first has {}; this one {}", columns_text(order), columns_text(before)));
    diagnostics_.error(with_difference(std::move(error), first, input));
    return std::nullopt;
  }
  if (is_same_order) return input;
  return add_node(std::move(output), ProjectNode{input, std::move(expressions)});
}

std::optional<NodeId> PlanBuilder::unite(const std::vector<NodeId>& inputs, const Location& where) {
  if (inputs.empty()) {
    diagnostics_.error(Error{ErrorKind::user, "a union needs at least one input", where}.as("W0109"));
    return std::nullopt;
  }
  if (inputs.size() == 1) return inputs.front();
  Schema output = schema(inputs.front());
  std::vector<NodeId> ordered;
  bool is_good = true;
  for (const NodeId input : inputs) {
    const auto projected = project_in_order(input, inputs.front(), output, where);
    is_good = is_good && projected.has_value();
    if (!projected) continue;
    ordered.push_back(*projected);
    for (std::size_t i = 0; i < output.fields.size(); ++i) {
      output.fields[i].nullable = output.fields[i].nullable || schema(*projected).fields[i].nullable;
    }
  }
  if (!is_good) return std::nullopt;
  const NodeId united = add_node(std::move(output), UnionNode{std::move(ordered)});
  return refuse_ways(where) ? std::nullopt : std::optional(united);
}

}  // namespace weir
