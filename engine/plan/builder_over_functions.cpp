// builder_over_functions.cpp — row_number, lag, ntile and the like, and frames: what they take, and where they can be computed.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/expression/implicit_cast.h"
#include "engine/plan/builder.h"
#include "engine/plan/over_functions.h"

namespace weir {
namespace {

using Kind = OverNode::Kind;

const std::map<std::string, Kind> functions = {{"row_number", Kind::row_number},     {"rank", Kind::rank},           {"dense_rank", Kind::dense_rank},
                                               {"percent_rank", Kind::percent_rank}, {"cume_dist", Kind::cume_dist}, {"ntile", Kind::ntile},
                                               {"lag", Kind::lag},                   {"lead", Kind::lead},           {"nth_value", Kind::nth_value}};


bool needs_order(Kind kind) { return kind != Kind::aggregate && kind != Kind::row_number && kind != Kind::rank && kind != Kind::dense_rank && kind != Kind::nth_value; }
bool has_frame(Kind kind) { return kind == Kind::aggregate || kind == Kind::nth_value; }
bool needs_later_rows(Kind kind) { return kind == Kind::lead || kind == Kind::percent_rank || kind == Kind::cume_dist || kind == Kind::ntile; }

const char* usage_of(Kind kind) {
  switch (kind) {
    case Kind::lag: return "lag(value [, rows before [, otherwise]])";
    case Kind::lead: return "lead(value [, rows after [, otherwise]])";
    case Kind::nth_value: return "nth_value(value, number of the row, from 1)";
    case Kind::ntile: return "ntile(number of parts)";
    default: return "it takes no arguments";
  }
}

std::string name_of(Kind kind) {
  for (const auto& [name, one] : functions) {
    if (one == kind) return name;
  }
  return "the frame";
}

}  // namespace

std::optional<Kind> over_function(const std::string& name) {
  const auto found = functions.find(name);
  return found == functions.end() ? std::nullopt : std::optional(found->second);
}

const std::vector<std::string>& over_functions() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> made;
    for (const auto& [name, kind] : functions) made.push_back(name);
    return made;
  }();
  return names;
}

/// A literal whole number. Nothing after reporting.
std::optional<std::int64_t> PlanBuilder::bind_row_count(NodeId input, const CallAst& call, std::size_t argument, std::int64_t least) {
  const Ast& ast = *call.arguments[argument];
  const ExpressionPtr bound = bind_value(ast, schema(input), input);
  if (bound == nullptr) return std::nullopt;
  const auto* literal = std::get_if<Literal>(&bound->node);
  std::optional<std::int64_t> number;
  if (literal != nullptr && bound->type == int32_type && !literal->value.is_null()) number = std::get<std::int32_t>(literal->value.data);
  if (number && *number >= least) return number;
  diagnostics_.error(Error{ErrorKind::user, fmt::format("argument {} of {} is a literal whole number, {} or more", argument + 1, call.function, least), ast.where}.as("W0415").with_hint(
      fmt::format("write {}", usage_of(*over_function(call.function)))));
  return std::nullopt;
}

std::optional<OverNode::Call> PlanBuilder::bind_over_function(NodeId input, const CallAst& call, const Location& where) {
  const Kind kind = *over_function(call.function);
  const std::size_t most = kind == Kind::lag || kind == Kind::lead ? 3 : kind == Kind::nth_value ? 2 : kind == Kind::ntile ? 1 : 0;
  const std::size_t least = kind == Kind::lag || kind == Kind::lead ? 1 : most;
  if (call.is_star || call.is_distinct || call.filter != nullptr || call.arguments.size() < least || call.arguments.size() > most) {
    if (most == 0) diagnostics_.error(Error{ErrorKind::user, fmt::format("{} takes no arguments", call.function), where}.as("W0415"));
    else diagnostics_.error(Error{ErrorKind::user, fmt::format("{} takes {} argument{}", call.function, least == most ? std::to_string(most) : fmt::format("{} to {}", least, most), most == 1 ? "" : "s"), where}.as("W0415")
                                .with_hint(fmt::format("write {}", usage_of(kind))));
    return std::nullopt;
  }
  OverNode::Call made{call.function + "()", int64_type, false, kind};
  if (kind == Kind::percent_rank || kind == Kind::cume_dist) made.type = float64_type;
  if (most == 0) return made;
  made.number = 1;
  if (kind == Kind::ntile || call.arguments.size() > 1) {
    const auto number = bind_row_count(input, call, kind == Kind::ntile ? 0 : 1, kind == Kind::lag || kind == Kind::lead ? 0 : 1);
    if (!number) return std::nullopt;
    made.number = *number;
  }
  if (kind == Kind::ntile) {
    made.text = fmt::format("ntile({})", made.number);
    return made;
  }
  for (std::size_t i : {0u, 2u}) {
    if (i >= call.arguments.size()) continue;
    ExpressionPtr value = bind_value(*call.arguments[i], schema(input), input);
    if (value == nullptr) return std::nullopt;
    made.values.push_back(std::move(value));
  }
  const auto type = common_type(made.values);
  if (!type || type->is_nested() || type->kind == TypeKind::null) {
    diagnostics_.error(!type ? Error{ErrorKind::user, fmt::format("{} gives {} or {}, which have no type in common", call.function, to_string(made.values[0]->type), to_string(made.values[1]->type)), where}.as("W0305")
                                   .with_hint("CAST(value AS type) converts")
                             : Error{ErrorKind::user, fmt::format("{} cannot keep values of type {}", call.function, to_string(*type)), where}.as("W0415").with_hint(
                                   type->is_nested() ? "take a field of it, or CAST(value AS json)" : "CAST(NULL AS type) has a type"));
    return std::nullopt;
  }
  for (ExpressionPtr& value : made.values) {
    if (value->type != *type) value = cast_to(std::move(value), *type, registry_.functions);
  }
  made.type = *type;
  made.nullable = true;
  made.text = fmt::format("{}({}, {}{})", call.function, print(*made.values[0]), made.number, made.values.size() > 1 ? ", " + print(*made.values[1]) : "");
  return made;
}

/// Where the frame begins.
bool PlanBuilder::bind_frame(NodeId input, const OverNode& over, const OverAst& ast, OverNode::Call& call, const Location& where) {
  if (ast.preceding == nullptr) return true;
  const auto report = [&](const char* mistake, std::string message, std::string hint) {
    diagnostics_.error(Error{ErrorKind::user, std::move(message), ast.preceding->where}.as(mistake).with_hint(std::move(hint)));
    return false;
  };
  if (!has_frame(call.kind)) return report("W0416", fmt::format("{} has no frame: it goes by the places of rows", name_of(call.kind)), "leave ROWS or RANGE out");
  if (over.order.empty()) {
    diagnostics_.error(Error{ErrorKind::user, "a frame of some rows needs ORDER BY", where}.as("W0416").with_hint("write ORDER BY window_end ROWS BETWEEN 2 PRECEDING AND CURRENT ROW"));
    return false;
  }
  if (!ast.is_by_rows) {
    if (over.order.size() != 1) return report("W0416", "RANGE with a distance goes by one ordering", fmt::format("there are {}; ROWS goes by rows", over.order.size()));
    call.frame.from = bind_range(input, over, *ast.preceding);
    return call.frame.from != nullptr;
  }
  const auto* literal = std::get_if<LiteralAst>(&ast.preceding->node);
  const auto* number = literal == nullptr ? nullptr : std::get_if<std::int32_t>(&literal->value.data);
  if (number == nullptr) return report("W0416", "ROWS counts rows: a whole number", "RANGE goes by the values that rows are ordered by");
  call.frame.rows_before = *number;
  return true;
}

/// The order of the first row of a frame that goes back by so much: over the input, of the ordering's own type. Null after reporting.
ExpressionPtr PlanBuilder::bind_range(NodeId input, const OverNode& over, const Ast& preceding) {
  const OverNode::Order& order = over.order.front();
  const Type type = order.expression->type;
  if (!type.is_numeric() && type.kind != TypeKind::timestamp && type.kind != TypeKind::date) {
    diagnostics_.error(Error{ErrorKind::user, fmt::format("RANGE with a distance goes by a number or a time, but {} is {}", print(*order.expression), to_string(type)), preceding.where}.as("W0416")
                           .with_hint("ROWS goes by rows"));
    return nullptr;
  }
  const auto& literal = std::get<LiteralAst>(preceding.node);
  if (literal.value.data == decltype(literal.value.data){std::int32_t{0}}) return order.expression;
  const ExpressionPtr distance = bind_value(preceding, schema(input), input);
  if (distance == nullptr) return nullptr;
  if (type.is_numeric() != distance->type.is_numeric()) {
    diagnostics_.error(Error{ErrorKind::user, fmt::format("RANGE goes by {}, which is {}, and not by {}", print(*order.expression), to_string(type), to_string(distance->type)), preceding.where}.as("W0416")
                           .with_hint(type.is_numeric() ? "write RANGE BETWEEN 10 PRECEDING AND CURRENT ROW" : "write RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW"));
    return nullptr;
  }
  const ExpressionPtr from = operation_of(order.descending ? "+" : "-", order.expression, distance);
  return from == nullptr || from->type == type ? from : cast_to(from, type, registry_.functions);
}

bool PlanBuilder::check_distances(NodeId input, const OverNode& over, const OverNode::Call& call, const Location& where) {
  const auto report = [&](const char* mistake, std::string message, const char* hint) {
    diagnostics_.error(Error{ErrorKind::user, std::move(message), where}.as(mistake).with_hint(hint));
    return false;
  };
  if (needs_order(call.kind) && over.order.empty()) return report("W0417", fmt::format("{} goes by an order", name_of(call.kind)), "add ORDER BY");
  if (needs_later_rows(call.kind) && goes_on(input, over)) {
    return report("W0417", fmt::format("{} looks at later rows, and closed windows cannot wait for them", name_of(call.kind)),
                  call.kind == Kind::lead ? "add window_end to PARTITION BY, or let the later row look back with lag" : "add window_end to PARTITION BY");
  }
  return true;
}

}  // namespace weir
