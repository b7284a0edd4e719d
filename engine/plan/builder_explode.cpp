// builder_explode.cpp — rows made of rows: the step explode, and table functions as a column of select or extend.
#include <fmt/format.h>

#include "engine/expression/binder.h"
#include "engine/plan/builder.h"
#include "engine/plan/builder_messages.h"
#include "engine/plan/calls_in.h"
#include "engine/plan/over_functions.h"

namespace weir {
namespace {

std::string columns_of_call(const std::vector<Field>& fields) {
  std::vector<std::string> names;
  for (const Field& field : fields) names.push_back(field.name);
  return fmt::format("{} column{}, {}", names.size(), names.size() == 1 ? "" : "s", join(names));
}

}  // namespace

/// The table function that `ast` is a call of; a function of that name, which a plugin may have, comes first.
const TableFunction* PlanBuilder::table_function_of(const Ast& ast) const {
  const auto* call = std::get_if<CallAst>(&ast.node);
  if (call == nullptr || registry_.functions.find(call->function) != nullptr) return nullptr;
  return registry_.tables.find(call->function);
}

/// Functions that make no value of one row, inside an expression. Whether there was none.
bool PlanBuilder::report_misplaced(const Ast& ast) {
  bool is_good = true;
  for_each_call(ast, [&](const CallAst& call, const Location& where) {
    if (call.over != nullptr) return false;
    if (registry_.functions.find(call.function) != nullptr) return true;
    if (over_function(call.function)) {
      diagnostics_.error(Error{ErrorKind::user, fmt::format("{} needs OVER: it goes by the other rows of an aggregate", call.function), where}.as("W0414").with_hint(
          fmt::format("write {}(...) OVER (PARTITION BY ... ORDER BY ...)", call.function)));
      is_good = false;
      return true;
    }
    if (registry_.tables.find(call.function) != nullptr) {
      diagnostics_.error(Error{ErrorKind::user, fmt::format("{} makes rows, and cannot be part of an expression", call.function), where}.as("W0310")
                             .with_hint("it stands alone, as a column of select or extend or in a step explode"));
      is_good = false;
    } else if (registry_.aggregates.find(call.function) != nullptr) {
      diagnostics_.error(
          Error{ErrorKind::user, fmt::format("{} makes one value of many rows, and this expression has one row", call.function), where}.as("W0309")
              .with_hint("aggregates stand in a step aggregate: - aggregate: {by: [...], select: {...}}"));
      is_good = false;
    }
    return true;
  });
  return is_good;
}

/// Null after reporting.
ExpressionPtr PlanBuilder::bind_value(const Ast& ast, const Schema& schema, NodeId input, const BoundCalls* computed) {
  if (!report_misplaced(ast)) return nullptr;
  Scope scope = scope_of(schema, input);
  scope.computed = computed;
  return bind(ast, scope, registry_.functions, diagnostics_);
}

/// Of a call of a table function; empty after reporting.
std::vector<ExpressionPtr> PlanBuilder::bind_call_arguments(const Ast& call, NodeId input) {
  std::vector<ExpressionPtr> arguments;
  bool is_good = true;
  for (const AstPtr& argument : std::get<CallAst>(call.node).arguments) {
    arguments.push_back(bind_value(*argument, schema(input), input));
    is_good = is_good && arguments.back() != nullptr;
  }
  if (!is_good) arguments.clear();
  return arguments;
}

std::optional<ExplodeNode> PlanBuilder::bind_explode(NodeId input, const ExplodeRequest& request) {
  const TableFunction* function = table_function_of(*request.of);
  std::vector<ExpressionPtr> arguments;
  if (function != nullptr) {
    arguments = bind_call_arguments(*request.of, input);
    if (arguments.empty() && !std::get<CallAst>(request.of->node).arguments.empty()) return std::nullopt;
  } else {
    function = registry_.tables.find("explode");
    WEIR_CHECK(function != nullptr, "the registry has the table function explode");
    ExpressionPtr collection = bind_value(*request.of, schema(input), input);
    if (collection == nullptr) return std::nullopt;
    if (!collection->type.is_list()) {
      const bool is_text = collection->type.is_text_like();
      Error error = Error{ErrorKind::user, fmt::format("explode expects an array, a map or a table function, got {}", to_string(collection->type)),
                  request.of->where}.as("W0311");
      diagnostics_.error(is_text ? std::move(error).with_hint("from_json(text, 'array<...>') reads an array from JSON") : std::move(error));
      return std::nullopt;
    }
    arguments.push_back(std::move(collection));
  }
  auto bound = bind_table_function(*function, std::move(arguments), registry_.functions);
  if (!bound.ok()) {
    diagnostics_.error(argument_error(bound.error(), request.of->where));
    return std::nullopt;
  }
  const bool numbers_rows = function->numbers_rows || request.position.has_value();
  return ExplodeNode{input, std::move(bound).value(), function->keeps_empty || request.keep_empty, numbers_rows};
}

std::vector<Field> PlanBuilder::made_fields(const ExplodeNode& explode) const {
  std::vector<Field> fields;
  if (explode.numbers_rows) fields.push_back({"pos", int32_type, explode.keeps_empty});
  for (const Field& column : explode.call.columns)
    fields.push_back({column.name, column.type, column.nullable || explode.keeps_empty});
  return fields;
}

NodeId PlanBuilder::add_explode(ExplodeNode explode, const std::vector<Field>& made) {
  Schema output = schema(explode.input);
  output.fields.insert(output.fields.end(), made.begin(), made.end());
  return add_node(std::move(output), std::move(explode));
}

/// Gives the made columns the names asked for.
bool PlanBuilder::name_made(const ExplodeRequest& request, const ExplodeNode& explode, std::vector<Field>& made) {
  std::vector<NamedPlace> names = request.as;
  if (request.position && !names.empty()) names.insert(names.begin(), *request.position);
  if (!names.empty() && names.size() != made.size()) {
    const std::vector<Field> all(made.begin() + (request.position ? 1 : 0), made.end());
    diagnostics_.error(Error{ErrorKind::user, fmt::format("as gives {} name{}, and explode makes {}", request.as.size(),
                                                          request.as.size() == 1 ? "" : "s", columns_of_call(all)),
                             request.as.front().where}.as("W0311"));
    return false;
  }
  for (std::size_t i = 0; i < names.size(); ++i) made[i].name = names[i].name;
  if (names.empty() && request.position) made[0].name = request.position->name;
  const auto& arguments = explode.call.arguments;
  const auto* bare = arguments.empty() ? nullptr : std::get_if<ColumnReference>(&arguments.front()->node);
  const bool is_column = bare != nullptr && std::holds_alternative<NameAst>(request.of->node) && explode.call.columns.size() == 1;
  if (names.empty() && is_column) made.back().name = schema(explode.input).fields[bare->index].name;
  for (std::size_t i = 0; i < made.size(); ++i) {
    for (std::size_t other = 0; other < i; ++other) {
      if (made[i].name != made[other].name) continue;
      diagnostics_.error(Error{ErrorKind::user, fmt::format("explode makes two columns called {}", made[i].name), request.where}.as("W0212").with_hint(
          "give them other names with as"));
      return false;
    }
  }
  return true;
}

std::optional<NodeId> PlanBuilder::explode(NodeId input, const ExplodeRequest& request) {
  auto bound = bind_explode(input, request);
  if (!bound) return std::nullopt;
  if (request.position && bound->call.function->numbers_rows) {
    diagnostics_.error(Error{ErrorKind::user, fmt::format("{} numbers its rows by itself", bound->call.function->declaration.name),
                             request.position->where}.as("W0311")
                           .with_hint("name that column as the first one of as"));
    return std::nullopt;
  }
  std::vector<Field> made = made_fields(*bound);
  if (!name_made(request, *bound, made)) return std::nullopt;
  const NodeId node = add_explode(*std::move(bound), made);
  const std::vector<Field> all = schema(node).fields;
  const std::size_t inputs = all.size() - made.size();
  // A made column takes the place of one that has its name.
  Schema output;
  std::vector<ExpressionPtr> expressions;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto before = i < inputs ? std::nullopt : output.index_of(all[i].name);
    ExpressionPtr column = make_column(i, all[i]);
    if (before) {
      output.fields[*before] = all[i];
      expressions[*before] = std::move(column);
      continue;
    }
    output.fields.push_back(all[i]);
    expressions.push_back(std::move(column));
  }
  if (output.fields.size() == all.size()) return node;
  return add_node(std::move(output), ProjectNode{node, std::move(expressions)});
}

std::optional<PlanBuilder::ExplodedColumn> PlanBuilder::explode_column(NodeId input, const std::vector<NamedAst>& columns) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Ast& ast = *columns[i].expression;
    if (table_function_of(ast) == nullptr) continue;
    if (found) {
      diagnostics_.error(Error{ErrorKind::user, "one step can make rows once, and this is the second table function", ast.where}.as("W0310").with_hint(
          "put it into a step of its own"));
      return std::nullopt;
    }
    found = i;
  }
  if (!found) return ExplodedColumn{input, std::nullopt};
  const Ast& ast = *columns[*found].expression;
  auto bound = bind_explode(input, {&ast, {}, std::nullopt, false, ast.where});
  if (!bound) return std::nullopt;
  const std::vector<Field> made = made_fields(*bound);
  if (made.size() != 1) {
    diagnostics_.error(Error{ErrorKind::user, fmt::format("{} makes {}, and there is one name for them", bound->call.function->declaration.name,
                                                          columns_of_call(made)),
                             ast.where}.as("W0310")
                           .with_hint("write it as a step: - explode: {of: ..., as: [...]}"));
    return std::nullopt;
  }
  return ExplodedColumn{add_explode(*std::move(bound), made), found};
}

}  // namespace weir
