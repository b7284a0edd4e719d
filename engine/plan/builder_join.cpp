// builder_join.cpp — lookup tables, and the step that joins a stream with one.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/component/lookup_function.h"
#include "engine/component/store_lookup.h"
#include "engine/expression/functions/cast.h"
#include "engine/plan/builder.h"
#include "engine/plan/builder_messages.h"
#include "engine/plan/null_rejection.h"
#include "engine/plan/step_columns.h"

namespace weir {
namespace {

bool can_be_read(const Type& type) {
  return !type.is_nested() && type.kind != TypeKind::bytes && type.kind != TypeKind::json && make_cast({string_type, type, false}) != nullptr;
}

// What decides the results of a lookup, beside the rows of the table.
std::string origin_of(const LookupShape& shape, const LookupDefinition& definition) {
  std::string text = fmt::format("table {} {}", shape.table, definition.fingerprint());
  for (const LookupColumn& column : shape.columns)
    text += fmt::format(" {} {} {} {}", column.field.name, to_string(column.field.type), column.field.nullable, column.from);
  for (const std::size_t key : shape.key) text += fmt::format(" {}", key);
  return text;
}

std::vector<std::string> column_names(const LookupShape& shape) {
  std::vector<std::string> names;
  for (const LookupColumn& column : shape.columns) names.push_back(column.field.name);
  return names;
}

AstPtr name_ast(std::vector<std::string> parts, const Location& where) { return std::make_unique<Ast>(Ast{NameAst{std::move(parts)}, where}); }

AstPtr call_ast(std::string function, AstPtr argument, const Location& where) {
  CallAst call;
  call.function = std::move(function);
  call.arguments.push_back(std::move(argument));
  return std::make_unique<Ast>(Ast{std::move(call), where});
}

}  // namespace

std::shared_ptr<const LookupDefinition> PlanBuilder::define_table(const TableRequest& request) {
  if (request.connection) {
    const auto connection = find_connection(request.connection->name, request.connection->where);
    if (!connection) return nullptr;
    const Connection& found = plan_.connections[*connection];
    return parse_store_lookup(request.options, found.name, found.definition, diagnostics_);
  }
  const LookupSpec* spec = registry_.find_lookup(request.type.name);
  if (spec != nullptr) return spec->parse(request.options, diagnostics_);
  std::vector<std::string> names;
  for (const LookupSpec& one : registry_.lookups) names.push_back(one.name);
  diagnostics_.error(unknown("W0206", "type of table", request.type.name, names, request.type.where));
  return nullptr;
}

bool PlanBuilder::check_table_columns(const TableRequest& request) {
  std::set<std::string> seen;
  bool is_good = true;
  const auto report = [&](const char* mistake, const SourceColumn& column, std::string message, std::string hint) {
    diagnostics_.error(Error{ErrorKind::user, std::move(message), column.where}.as(mistake).with_hint(std::move(hint)));
    is_good = false;
  };
  for (const SourceColumn& column : request.columns) {
    const Field& field = column.decoded.field;
    if (!seen.insert(field.name).second) report("W0212", column, fmt::format("table {} has column {} twice", request.name, field.name), "");
    if (column.decoded.is_metadata) report("W0125", column, fmt::format("column {}: the rows of a table have no metadata", field.name), "");
    if (!can_be_read(field.type)) {
      report("W0315", column, fmt::format("column {}: a lookup table cannot have {}", field.name, to_string(field.type)),
             "declare it as string; from_json(text, type) and unbase64(text) make other values of it");
    }
  }
  return is_good;
}

void PlanBuilder::add_table(const TableRequest& request) {
  const auto [first, is_new] = tables_.emplace(request.name, TablePlace{std::nullopt, request.where});
  if (!is_new) {
    diagnostics_.error(Error{ErrorKind::user, fmt::format("table {} is defined twice", request.name), request.where}.as("W0211").with_note("the first one is here", first->second.where));
    return;
  }
  const std::size_t errors_before = diagnostics_.errors().size();
  PlanTable table;
  table.shape.table = request.name;
  table.refresh = request.refresh;
  table.definition = define_table(request);
  check_table_columns(request);
  for (const SourceColumn& column : request.columns) table.shape.columns.push_back({column.decoded.field, column.decoded.from});
  const std::vector<std::string> names = column_names(table.shape);
  for (const NamedPlace& key : request.key) {
    const auto found = std::find(names.begin(), names.end(), key.name);
    if (found == names.end()) {
      diagnostics_.error(unknown("W0201", "column of table " + request.name, key.name, names, key.where));
      continue;
    }
    table.shape.key.push_back(static_cast<std::size_t>(found - names.begin()));
  }
  if (request.key.empty())
    diagnostics_.error(Error{ErrorKind::user, fmt::format("table {} has no key", request.name), request.where}.as("W0509").with_hint("add key: [NAME], by which rows are found"));
  if (table.definition == nullptr || diagnostics_.errors().size() != errors_before) return;  // a connection that is broken was reported before
  table.slot = std::make_shared<LookupSlot>();
  table.function = std::make_shared<const Function>(lookup_function(table.shape, table.slot, origin_of(table.shape, *table.definition)));
  plan_.tables.push_back(std::move(table));
  tables_.at(request.name).index = plan_.tables.size() - 1;
}

void PlanBuilder::name_broken_table(const std::string& name, const Location& where) { tables_.emplace(name, TablePlace{std::nullopt, where}); }

std::optional<std::size_t> PlanBuilder::find_table(const NamedPlace& table) {
  const auto found = tables_.find(table.name);
  if (found != tables_.end()) {
    found->second.is_read = true;
    return found->second.index;
  }
  std::vector<std::string> names;
  for (const auto& [known, place] : tables_) names.push_back(known);
  const bool is_stream = streams_.count(table.name) != 0;
  diagnostics_.error(is_stream ? Error{ErrorKind::user, fmt::format("{} is a stream, and join wants a table", table.name), table.where}.as("W0506").with_hint(
                                     fmt::format("join a stream with stream: {}", table.name))
                               : unknown("W0205", "table", table.name, names, table.where));
  return std::nullopt;
}

/// The key of the table, of expressions over the input; empty after reporting.
std::vector<ExpressionPtr> PlanBuilder::bind_lookup_key(NodeId input, const LookupShape& shape, const JoinRequest& request) {
  std::vector<std::string> names;
  for (const std::size_t key : shape.key) names.push_back(shape.columns[key].field.name);
  bool is_good = check_distinct(request.key, diagnostics_), knows_all = true;
  for (const NamedAst& given : request.key) {
    if (std::find(names.begin(), names.end(), given.name) != names.end()) continue;
    diagnostics_.error(unknown("W0201", "key column of table " + shape.table, given.name, names, given.where));
    is_good = knows_all = false;
  }
  std::vector<ExpressionPtr> keys;
  for (const std::size_t key : shape.key) {
    const Field& field = shape.columns[key].field;
    const auto given = std::find_if(request.key.begin(), request.key.end(), [&](const NamedAst& one) { return one.name == field.name; });
    if (given == request.key.end() && !request.key.empty()) {
      is_good = false;
      if (!knows_all) continue;  // it may have been meant
      diagnostics_.error(Error{ErrorKind::user, fmt::format("the join does not say what {} of table {} is", field.name, shape.table), request.where}.as("W0501").with_hint(
          fmt::format("a table is looked into with its whole key: {}", join(names))));
      continue;
    }
    // Without keys: by columns of the same names.
    const AstPtr same_name = name_ast({field.name}, request.where);
    const Ast& ast = given == request.key.end() ? *same_name : *given->expression;
    ExpressionPtr bound = bind_value(ast, schema(input), input);
    if (bound != nullptr) bound = coerce(std::move(bound), field.type, fmt::format("key {} of table {}", field.name, shape.table), registry_.functions, diagnostics_);
    is_good = is_good && bound != nullptr;
    keys.push_back(std::move(bound));
  }
  if (!is_good) keys.clear();
  return keys;
}

/// Adds the columns that the join adds. `cells`: of each column of the table, over the input.
bool PlanBuilder::bind_joined(NodeId input, const PlanTable& table, const JoinRequest& request, const std::vector<ExpressionPtr>& cells, Schema& output,
                              std::vector<ExpressionPtr>& expressions) {
  const std::size_t errors_before = diagnostics_.errors().size();
  // Expressions see the table's columns as TABLE.COLUMN, behind those of the input.
  Schema both = output;
  const auto add = [&](const std::string& name, const Location& where, ExpressionPtr expression) {
    if (output.index_of(name)) {
      diagnostics_.error(Error{ErrorKind::user, fmt::format("there is another column called {}", name), where}.as("W0503").with_hint(
          fmt::format("give it another name: select: {{{0}_{1}: {0}.{1}}}", table.shape.table, name)));
    }
    output.fields.push_back({name, expression->type, expression->nullable});
    expressions.push_back(std::move(expression));
  };
  const std::vector<std::string> names = column_names(table.shape);
  for (const NamedPlace& chosen : request.columns) {
    const auto found = std::find(names.begin(), names.end(), chosen.name);
    if (found == names.end())
      diagnostics_.error(unknown("W0201", "column of table " + table.shape.table, chosen.name, names, chosen.where));
    else
      add(chosen.name, chosen.where, cells[static_cast<std::size_t>(found - names.begin())]);
  }
  std::vector<ExpressionPtr> replacements = columns_of(both);
  for (std::size_t i = 0; i < names.size(); ++i) both.fields.push_back({table.shape.table + "." + names[i], cells[i]->type, cells[i]->nullable});
  replacements.insert(replacements.end(), cells.begin(), cells.end());
  for (const NamedAst& column : request.select) {
    const ExpressionPtr bound = bind_value(*column.expression, both, input);
    add(column.name, column.where, bound == nullptr ? stand_in(column.where) : substitute(bound, replacements));
  }
  const bool takes_all = request.takes_all && request.columns.empty() && request.select.empty();
  for (std::size_t i = 0; i < names.size() && takes_all; ++i) {
    if (std::find(table.shape.key.begin(), table.shape.key.end(), i) == table.shape.key.end()) add(names[i], request.where, cells[i]);
  }
  return diagnostics_.errors().size() == errors_before;
}

std::optional<NodeId> PlanBuilder::join_table(NodeId input, const JoinRequest& request) {
  const auto index = find_table(request.table);
  if (!index) return std::nullopt;
  const PlanTable& table = plan_.tables[*index];
  const auto report = [&](const char* mistake, std::string message, std::string hint) {
    diagnostics_.error(Error{ErrorKind::user, std::move(message), request.where}.as(mistake).with_hint(std::move(hint)));
    return std::nullopt;
  };
  if (aggregate_above(input)) return report("W0505", "a join with a table stands in front of an aggregate: rows of groups would change with the table", "put the join first");
  if (schema(input).index_of(table.shape.table))
    return report("W0502", fmt::format("the stream has a column called {}, as the table is", table.shape.table), "rename the column in a step before the join");
  std::vector<ExpressionPtr> keys = bind_lookup_key(input, table.shape, request);
  const bool has_keys = !keys.empty();

  Schema with_row = schema(input);
  std::vector<ExpressionPtr> replacements = columns_of(with_row);
  with_row.fields.push_back({table.shape.table, row_type(table.shape), true});
  replacements.push_back(std::make_shared<Expression>(
      Expression{row_type(table.shape), true, request.where, Call{table.function.get(), &table.function->overloads.front(), keys}}));
  std::vector<ExpressionPtr> cells;
  for (const LookupColumn& column : table.shape.columns) {
    const AstPtr name = name_ast({table.shape.table, column.field.name}, request.where);
    auto cell = std::make_shared<Expression>(*substitute(bind_value(*name, with_row, input), replacements));
    cell->nullable = request.is_left || column.field.nullable;
    cells.push_back(std::move(cell));
  }
  Schema output = schema(input);
  for (const ExpressionPtr& key : keys) {
    if (!request.is_left) reject_nulls(*key, Outcome::not_null, output);
  }
  std::vector<ExpressionPtr> expressions = columns_of(output);
  if (!bind_joined(input, table, request, cells, output, expressions) || !has_keys) return std::nullopt;
  ExpressionPtr has_row;
  if (!request.is_left) {
    const AstPtr is_there = call_ast("not", call_ast("is_null", name_ast({table.shape.table}, request.where), request.where), request.where);
    has_row = substitute(bind_value(*is_there, with_row, input), replacements);
  }
  return add_node(std::move(output), JoinNode{input, *index, std::move(keys), std::move(has_row), std::move(expressions)});
}

void PlanBuilder::warn_of_unused_tables() {
  for (const auto& [name, place] : tables_) {
    if (!place.is_read) diagnostics_.warning(Error{ErrorKind::user, fmt::format("nothing looks into table {}", name), place.where}.as("W0902"));
  }
}

}  // namespace weir
