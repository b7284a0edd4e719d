// builder_sink.cpp — adds a sink: its table, key, conflict rule, references and fill, all checked against
// what its stream gives.
#include <fmt/format.h>

#include <algorithm>

#include "engine/data/calendar.h"
#include "engine/plan/builder.h"
#include "engine/plan/builder_messages.h"
#include "engine/plan/null_on_error.h"
#include "engine/plan/step_columns.h"

namespace weir {
namespace {

bool is_orderable(const Type& type) {
  return type.kind != TypeKind::json && type.kind != TypeKind::interval && type.kind != TypeKind::null;
}

std::optional<std::size_t> output_column(const Schema& schema, const PlanBuilder::NamedPlace& column,
                                         const std::string& sink, Diagnostics& diagnostics) {
  if (const auto index = schema.index_of(column.name)) return index;
  diagnostics.error(
      unknown("W0201", fmt::format("column of sink {}", sink), column.name, field_names(schema), column.where));
  return std::nullopt;
}

Location place_in_key(const PlanBuilder::SinkRequest& request, const std::string& column) {
  const auto first = std::find_if(request.key.begin(), request.key.end(), [&](const PlanBuilder::NamedPlace& one) { return one.name == column; });
  return first->where;
}

void set_key(SinkTable& table, const PlanBuilder::SinkRequest& request, Diagnostics& diagnostics) {
  for (const PlanBuilder::NamedPlace& column : request.key) {
    const auto index = output_column(table.schema, column, request.name, diagnostics);
    if (!index) continue;
    if (std::find(table.key.begin(), table.key.end(), *index) != table.key.end()) {
      diagnostics.error(
          Error{ErrorKind::user, fmt::format("column {} is in the key twice", column.name), column.where}.as("W0604").with_note("the first one is here", place_in_key(request, column.name)));
      continue;
    }
    Field& field = table.schema.fields[*index];
    if (field.type.kind == TypeKind::json) {
      diagnostics.error(Error{ErrorKind::user,
                              fmt::format("key column {} is json, which has no equality", column.name),
                              column.where}.as("W0604")
                            .with_hint("use json_value() or cast it to string"));
    }
    // Rows whose key is NULL are refused by the encoder.
    field.nullable = false;
    table.key.push_back(*index);
  }
}

void set_conflict_rule(SinkTable& table, const PlanBuilder::SinkRequest& request, Diagnostics& diagnostics) {
  // Of the rows of an epoch that have one key, an outlet is given the last.
  table.on_conflict = request.outlet == nullptr ? request.on_conflict : OnConflict::update;
  if (request.outlet != nullptr) return;
  if (request.on_conflict != OnConflict::ignore && request.key.empty()) {
    const std::string message =
        fmt::format("sink {} says what to do on a conflict, but has no key", request.name);
    diagnostics.error(Error{ErrorKind::user, message, request.where}.as("W0603").with_hint("add key: [COLUMN, ...]"));
  }
  if (request.on_conflict != OnConflict::update_newer) return;
  WEIR_CHECK(request.newer_by.has_value(), "update newer comes with the column that decides");
  const auto index = output_column(table.schema, *request.newer_by, request.name, diagnostics);
  if (!index) return;
  table.newer_by = *index;
  const Field& field = table.schema.fields[*index];
  if (is_orderable(field.type)) return;
  diagnostics.error(Error{ErrorKind::user,
                          fmt::format("column {} is {}: it has no order to say which row is newer",
                                      field.name, to_string(field.type)),
                          request.newer_by->where}.as("W0605"));
}

void set_references(SinkTable& table, const PlanBuilder::SinkRequest& request, Diagnostics& diagnostics) {
  for (const ForeignKey& reference : request.references) {
    for (const std::string& column : reference.columns) {
      output_column(table.schema, {column, request.where}, request.name, diagnostics);
    }
    if (!reference.references.empty() && reference.references.size() != reference.columns.size()) {
      const std::string message =
          fmt::format("a reference to {} has {} columns here and {} there", reference.table,
                      reference.columns.size(), reference.references.size());
      diagnostics.error(Error{ErrorKind::user, message, request.where}.as("W0608"));
    }
  }
  table.references = request.references;
}

// Tables hold arrays, maps and structs as JSON.
void write_nested_as_json(SinkNode& sink, const FunctionRegistry& functions, Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < sink.expressions.size(); ++i) {
    Field& field = sink.table.schema.fields[i];
    if (!field.type.is_nested()) continue;
    const std::string what = fmt::format("column {} of sink {}", field.name, sink.table.sink);
    if (ExpressionPtr json = coerce(sink.expressions[i], json_type, what, functions, diagnostics)) sink.expressions[i] = std::move(json);
    field.type = json_type;
  }
}

void check_types(const SinkTable& table, const Location& where, Diagnostics& diagnostics) {
  for (const Field& field : table.schema.fields) {
    if (field.type.kind != TypeKind::null) continue;
    const std::string message =
        fmt::format("column {} of sink {} has no type: it is always NULL", field.name, table.sink);
    diagnostics.error(
        Error{ErrorKind::user, message, where}.as("W0609").with_hint("write cast(null as string), or another type"));
  }
}

std::optional<Value> parse_bound(const Type& type, const std::string& text) {
  if (type.kind == TypeKind::date) {
    if (const auto days = parse_date(text)) return Value{type, *days};
    return std::nullopt;
  }
  if (const auto time = parse_timestamp(text)) return Value{type, *time};
  return std::nullopt;
}

std::optional<Fill> make_fill(const Schema& input, const PlanBuilder::SinkRequest::FillRequest& request,
                              Diagnostics& diagnostics) {
  const auto index = input.index_of(request.column.name);
  if (!index) {
    diagnostics.error(unknown("W0201", "column", request.column.name, field_names(input), request.column.where));
    return std::nullopt;
  }
  const Type type = input.fields[*index].type;
  if (type.kind != TypeKind::date && type.kind != TypeKind::timestamp) {
    const std::string message =
        fmt::format("fill goes by a date or a timestamp, but {} is {}", request.column.name, to_string(type));
    diagnostics.error(Error{ErrorKind::user, message, request.column.where}.as("W0610"));
    return std::nullopt;
  }
  const auto from = parse_bound(type, request.from), to = parse_bound(type, request.to);
  for (const auto& [bound, text] : {std::pair{&from, &request.from}, std::pair{&to, &request.to}}) {
    if (*bound) continue;
    diagnostics.error(
        Error{ErrorKind::user, fmt::format("not a {}: {}", to_string(type), *text), request.where}.as("W0610").with_hint(
            "write it like 2024-11-01"));
  }
  if (!from || !to) return std::nullopt;
  const bool is_backwards = type.kind == TypeKind::date
                                ? std::get<std::int32_t>(from->data) > std::get<std::int32_t>(to->data)
                                : std::get<std::int64_t>(from->data) > std::get<std::int64_t>(to->data);
  if (is_backwards) {
    const std::string message = fmt::format("fill ends ({}) before it begins ({})", request.to, request.from);
    diagnostics.error(Error{ErrorKind::user, message, request.where}.as("W0610"));
    return std::nullopt;
  }
  return Fill{request.column.name, *from, *to};
}

/// Makes columns nullable of which `may_be_null(expression)`, but those of the key.
template <typename MayBeNull>
void take_nulls(SinkNode& sink, MayBeNull may_be_null) {
  for (std::size_t column = 0; column < sink.expressions.size(); ++column) {
    const bool is_key = std::find(sink.table.key.begin(), sink.table.key.end(), column) != sink.table.key.end();
    if (!is_key && may_be_null(*sink.expressions[column])) sink.table.schema.fields[column].nullable = true;
  }
}

/// The rows of a fill have nothing but its column.
void take_nulls_of_fill(const Schema& input, SinkNode& sink) {
  const std::size_t filled = *input.index_of(sink.fill->column);
  take_nulls(sink, [&](const Expression& expression) {
    std::vector<bool> used(input.fields.size(), false);
    mark_used_columns(expression, used);
    used[filled] = false;
    return std::find(used.begin(), used.end(), true) != used.end();
  });
}

}  // namespace

void PlanBuilder::check_table_is_free(const SinkRequest& request) {
  for (const SinkNode& sink : plan_.sinks) {
    if (sink.outlet != nullptr || sink.connection != request.connection || sink.table.table != request.table) continue;
    const std::string message =
        fmt::format("sinks {} and {} write the same table: {}", sink.table.sink, request.name, request.table);
    diagnostics_.error(Error{ErrorKind::user, message, request.where}.as("W0606").with_hint(
        "unite their streams and write them with one sink").with_note(fmt::format("sink {} is here", sink.table.sink), sink.where));
  }
}

const SinkNode* PlanBuilder::first_table() const {
  const auto found = std::find_if(plan_.sinks.begin(), plan_.sinks.end(), [](const SinkNode& sink) { return sink.outlet == nullptr; });
  return found == plan_.sinks.end() ? nullptr : &*found;
}

// One epoch is one transaction, and a transaction has one database.
void PlanBuilder::check_one_connection(const SinkRequest& request) {
  const SinkNode* first = first_table();
  if (first == nullptr || first->connection == request.connection) return;
  const std::string message = fmt::format("sink {} writes to connection {}, but sink {} to {}", request.name,
                                          plan_.connections[request.connection].name, first->table.sink,
                                          plan_.connections[first->connection].name);
  diagnostics_.error(Error{ErrorKind::user, message, request.where}.as("W0607").with_hint(
      "all sinks of a pipeline commit in one transaction, so they share a connection").with_note(fmt::format("sink {} is here", first->table.sink), first->where));
}

void PlanBuilder::check_table(const SinkNode& sink, const SinkRequest& request) {
  if (sink.outlet != nullptr) return sink.outlet->check_table(sink.table, request.where, diagnostics_);
  plan_.connections.at(request.connection).definition->check_table(sink.table, request.where, diagnostics_);
}

void PlanBuilder::add_sink(NodeId input, SinkRequest request) {
  const auto [first, is_new] = sink_places_.emplace(request.name, request.where);
  if (!is_new) {
    diagnostics_.error(
        Error{ErrorKind::user, fmt::format("sink {} is defined twice", request.name), request.where}.as("W0211")
            .with_note("the first one is here", first->second));
  }
  SinkNode sink;
  sink.input = input;
  sink.connection = request.connection;
  sink.outlet = request.outlet;
  sink.limit = request.limit;
  sink.where = request.where;
  sink.table.sink = request.name;
  sink.table.table = sink.outlet == nullptr ? request.table : request.name;
  sink.table.schema = schema(input);
  const auto* own_selection = std::get_if<ProjectNode>(&plan_.nodes[input].operation);
  if (own_selection != nullptr && plan_.nodes[input].name.empty()) {
    sink.input = own_selection->input;
    sink.expressions = own_selection->expressions;
  } else {
    sink.expressions = columns_of(sink.table.schema);
  }
  write_nested_as_json(sink, registry_.functions, diagnostics_);
  const std::size_t errors_before = diagnostics_.errors().size();
  if (sink.table.table.empty())
    diagnostics_.error(
        Error{ErrorKind::user, fmt::format("sink {} names no table", request.name), request.where}.as("W0107"));
  if (sink.outlet == nullptr) {
    check_one_connection(request);
    check_table_is_free(request);
  }
  if (!has_stand_in_) check_types(sink.table, request.where, diagnostics_);
  set_key(sink.table, request, diagnostics_);
  set_conflict_rule(sink.table, request, diagnostics_);
  set_references(sink.table, request, diagnostics_);
  if (request.fill) sink.fill = make_fill(schema(sink.input), *request.fill, diagnostics_);
  if (sink.fill) take_nulls_of_fill(schema(sink.input), sink);
  const std::vector<NodeId> scans = scans_below(sink.input);
  const bool errors_are_null = std::any_of(scans.begin(), scans.end(), [&](NodeId scan) { return std::get<ScanNode>(plan_.nodes[scan].operation).on_error.reaction == OnRowError::null; });
  if (errors_are_null) {
    take_nulls(sink, [&, nulls = NullsOfErrors(plan_.nodes)](const Expression& expression) mutable { return nulls.may_be_null(sink.input, expression); });
  }
  if (diagnostics_.errors().size() == errors_before) check_table(sink, request);
  if (!has_stand_in_) check_aggregated_sink(sink.input, request, sink);
  if (!is_joined(sink.input)) {
    diagnostics_.error(Error{ErrorKind::user, fmt::format("sink {} gets rows of a join of streams and others: not available in this version", request.name),
                             request.where}.as("W0617")
                           .with_hint("write them with two sinks, into two tables"));
  }
  plan_.sinks.push_back(std::move(sink));
}

}  // namespace weir
