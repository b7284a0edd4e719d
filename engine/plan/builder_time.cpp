// builder_time.cpp — event time in a plan: what sources say of it, dedup within a time, and the windows of aggregates.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/builder.h"
#include "engine/plan/builder_messages.h"
#include "engine/plan/step_columns.h"

namespace weir {
namespace {

const std::vector<std::string> window_kinds = {"tumble", "hop", "cumulate", "session"};

AstPtr ast_of(decltype(Ast::node) node, const Location& where) { return std::make_unique<Ast>(Ast{std::move(node), where}); }

AstPtr call_of(std::string function, AstPtr first, AstPtr second, const Location& where) {
  CallAst call;
  call.function = std::move(function);
  call.arguments.push_back(std::move(first));
  call.arguments.push_back(std::move(second));
  return ast_of(std::move(call), where);
}

AstPtr interval_ast(Duration span, const Location& where) {
  return ast_of(LiteralAst{Value{interval_type, Interval{0, 0, span.count() * 1000}}}, where);
}

Duration span_of(const Expression& literal) {
  const auto& interval = std::get<Interval>(std::get<Literal>(literal.node).value.data);
  return Duration(std::int64_t{interval.days} * 86'400'000'000 + interval.nanoseconds / 1000);
}

}  // namespace

void PlanBuilder::refine_source(NodeId scan, const SourceRules& rules) {
  std::vector<SourceCheck> checks;
  for (const NamedAst& check : rules.checks) {
    ExpressionPtr bound = bind_value(*check.expression, schema(scan), scan);
    if (bound != nullptr) bound = coerce(std::move(bound), boolean_type, "the condition of CHECK", registry_.functions, diagnostics_);
    if (bound != nullptr) checks.push_back({std::move(bound), check.name});
  }
  NodeId last = scan;
  const std::string name = plan_.nodes[scan].name;
  if (!rules.computed.empty()) {
    const auto extended = extend(scan, rules.computed);
    if (!extended) {
      streams_[name] = std::nullopt;
      return;
    }
    last = *extended;
    for (NodeId node = last; node != scan; node = inputs_of(plan_.nodes[node].operation).front()) plan_.nodes[node].name = name;
    streams_[name] = last;
  }
  std::get<ScanNode>(plan_.nodes[scan].operation).checks = std::move(checks);
  if (rules.time_column) set_event_time(scan, last, *rules.time_column, rules.time);
}

void PlanBuilder::set_event_time(NodeId scan, NodeId last, const NamedPlace& column, EventTime time) {
  const auto index = find_column(last, column);
  if (!index) return;
  Field& field = plan_.nodes[last].schema.fields[*index];
  if (field.type != timestamp_type) {
    diagnostics_.error(
        Error{ErrorKind::user, fmt::format("the watermark goes by a timestamp, but {} is {}", column.name, to_string(field.type)), column.where}.as("W0402")
            .with_hint(fmt::format("add computed: {{event_time: timestamp_seconds({0})}} or cast({0} as timestamp), and watermark: event_time - ...", column.name)));
    return;
  }
  if (last != scan && !std::holds_alternative<ProjectNode>(plan_.nodes[last].operation)) {
    diagnostics_.error(Error{ErrorKind::user, "a source's computed columns cannot make rows where it has a watermark", column.where}.as("W0402"));
    return;
  }
  // Rows without a time are rejected.
  field.nullable = false;
  auto& node = std::get<ScanNode>(plan_.nodes[scan].operation);
  time.column = last == scan ? make_column(*index, field, column.where) : std::get<ProjectNode>(plan_.nodes[last].operation).expressions[*index];
  node.time = std::move(time);
}

std::vector<NodeId> PlanBuilder::scans_below(NodeId node) const {
  if (std::holds_alternative<ScanNode>(plan_.nodes[node].operation)) return {node};
  std::vector<NodeId> scans;
  for (const NodeId input : inputs_of(plan_.nodes[node].operation)) {
    for (const NodeId scan : scans_below(input)) {
      if (std::find(scans.begin(), scans.end(), scan) == scans.end()) scans.push_back(scan);
    }
  }
  return scans;
}

std::optional<Duration> PlanBuilder::event_time_lag(NodeId node, const ExpressionPtr& expression) const {
  const PlanOperation& operation = plan_.nodes[node].operation;
  if (const auto* scan = std::get_if<ScanNode>(&operation))
    return scan->time && same(*scan->time->column, *expression) ? std::optional(Duration{}) : std::nullopt;
  if (const auto* filter = std::get_if<FilterNode>(&operation)) return event_time_lag(filter->input, expression);
  if (const auto* dedup = std::get_if<DedupNode>(&operation)) return event_time_lag(dedup->input, expression);
  if (const auto* project = std::get_if<ProjectNode>(&operation)) return event_time_lag(project->input, substitute(expression, project->expressions));
  if (const auto* join = std::get_if<JoinNode>(&operation)) return event_time_lag(join->input, substitute(expression, join->expressions));
  if (const auto* joined = std::get_if<StreamJoinNode>(&operation)) return event_time_lag(*joined, expression);
  if (const auto* united = std::get_if<UnionNode>(&operation)) {
    Duration lag{};
    for (const NodeId input : united->inputs) {
      const auto of_input = event_time_lag(input, expression);
      if (!of_input) return std::nullopt;
      lag = std::max(lag, *of_input);
    }
    return lag;
  }
  if (const auto* explode = std::get_if<ExplodeNode>(&operation)) {
    const auto* column = std::get_if<ColumnReference>(&expression->node);
    const bool is_carried = column != nullptr && column->index < schema(explode->input).fields.size();
    return is_carried ? event_time_lag(explode->input, expression) : std::nullopt;
  }
  return std::nullopt;
}

bool PlanBuilder::holds_dedup(NodeId node) const {
  if (std::holds_alternative<DedupNode>(plan_.nodes[node].operation)) return true;
  const std::vector<NodeId> inputs = inputs_of(plan_.nodes[node].operation);
  return std::any_of(inputs.begin(), inputs.end(), [&](NodeId input) { return holds_dedup(input); });
}

std::optional<NodeId> PlanBuilder::dedup(NodeId input, const DedupRequest& request) {
  const auto report = [&](const char* mistake, std::string message, std::string hint) {
    diagnostics_.error(Error{ErrorKind::user, std::move(message), request.where}.as(mistake).with_hint(std::move(hint)));
    return std::nullopt;
  };
  if (aggregate_above(input)) return report("W0421", "dedup stands in front of an aggregate, whose rows have keys already", "");
  if (stream_join_above(plan_.nodes, input))
    return report("W0421", "dedup of the rows of a join of two streams is not available in this version", "put it in front of the join, into the stream whose rows repeat");
  if (holds_dedup(input)) return report("W0421", "these rows are without duplicates by one dedup already: a second one is not available in this version", "");
  DedupNode node{input, {}, request.within};
  for (const NamedAst& key : request.key) {
    ExpressionPtr bound = bind_grouping(key, input);
    if (bound == nullptr) return std::nullopt;
    node.keys.push_back(std::move(bound));
  }
  for (const NodeId scan : scans_below(input)) {
    const auto& source = std::get<ScanNode>(plan_.nodes[scan].operation);
    if (!request.within || source.time) continue;
    diagnostics_.error(without_watermark("dedup within a time", source.source, request.where));
    return std::nullopt;
  }
  if (!request.within) {
    diagnostics_.warning(Error{ErrorKind::user, "dedup without within remembers every key for ever", request.where}.as("W0905").with_hint(
        "add within: 2 hours, or however far apart duplicates may be"));
  }
  return add_node(schema(input), std::move(node));
}

/// `function` of the same arguments. Null after reporting.
ExpressionPtr PlanBuilder::bind_end(const char* function, NodeId input, const CallAst& call, const ExpressionPtr& time, const Location& where) {
  CallAst end;
  end.function = function;
  BoundCalls bound;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    CallAst stands_for;
    stands_for.function = "argument";
    end.arguments.push_back(ast_of(std::move(stands_for), call.arguments[i]->where));
    ExpressionPtr argument = i == 0 ? time : bind_value(*call.arguments[i], schema(input), input);
    if (argument == nullptr) return nullptr;
    bound[&std::get<CallAst>(end.arguments.back()->node)] = std::move(argument);
  }
  Scope scope = scope_of(schema(input), input);
  scope.computed = &bound;
  return bind(*ast_of(std::move(end), where), scope, registry_.functions, diagnostics_);
}

/// session(ts, gap): each row is a session of its own, until those that touch become one.
std::optional<PlanBuilder::WindowedInput> PlanBuilder::bind_session(NodeId input, const CallAst& call, const ExpressionPtr& time, const Location& where) {
  const auto report = [&](const char* mistake, std::string message, std::string hint) {
    diagnostics_.error(Error{ErrorKind::user, std::move(message), where}.as(mistake).with_hint(std::move(hint)));
    return std::nullopt;
  };
  if (time->nullable)
    return report("W0412", fmt::format("sessions go by the time from one row to the next, and {} may be NULL", print(*time)),
                  "declare its column not null, leave rows without one out with where, or say which time is meant: coalesce(..., ...)");
  const ExpressionPtr gap = bind_value(*call.arguments[1], schema(input), input);
  if (gap == nullptr) return std::nullopt;
  const auto& interval = std::get<Interval>(std::get<Literal>(gap->node).value.data);
  if (interval.months != 0 || interval.nanoseconds % 1000 != 0 || span_of(*gap) <= Duration(0))
    return report("W0412", "the gap of session is a span of time in microseconds, more than none and without months, which differ in length", "write it as INTERVAL 30 MINUTES");
  WindowedInput made{input, {}, bind_end("+", input, call, time, where), time};
  if (made.end == nullptr) return std::nullopt;
  made.window.kind = WindowKind::session;
  made.window.size = made.window.step = span_of(*gap);
  return made;
}

/// tumble(ts, INTERVAL 5 MINUTES), hop(ts, slide, size), cumulate(ts, step, size) or session(ts, gap): what the rows are then, and the key that tells
/// the window. Nothing after reporting.
std::optional<PlanBuilder::WindowedInput> PlanBuilder::bind_window(NodeId input, const Ast& ast) {
  const auto report = [&](const char* mistake, std::string message, const char* hint) {
    diagnostics_.error(Error{ErrorKind::user, std::move(message), ast.where}.as(mistake).with_hint(hint));
    return std::nullopt;
  };
  constexpr const char* example = "write tumble(ts, INTERVAL 5 MINUTES), hop(ts, slide, size), cumulate(ts, step, size) or session(ts, gap)";
  const auto* call = std::get_if<CallAst>(&ast.node);
  const auto kind = call == nullptr ? window_kinds.end() : std::find(window_kinds.begin(), window_kinds.end(), call->function);
  if (kind == window_kinds.end()) {
    if (call == nullptr) return report("W0409", "the window of an aggregate is a call", example);
    diagnostics_.error(unknown("W0409", "window", call->function, window_kinds, ast.where));
    return std::nullopt;
  }
  const auto number = static_cast<std::size_t>(kind - window_kinds.begin());
  const bool is_session = static_cast<WindowKind>(number) == WindowKind::session;
  const std::size_t wanted = number == 0 || is_session ? 2 : 3;
  if (call->arguments.size() != wanted)
    return report("W0409", fmt::format("{} takes {} arguments, not {}", call->function, wanted, call->arguments.size()), example);
  if (number != 0 && aggregate_above(input))
    return report("W0418", fmt::format("{} takes rows of a source, and these are of an aggregate: not available in this version", call->function), "tumble(window_end, INTERVAL 1 HOUR) takes windows together");
  ExpressionPtr time = bind_value(*call->arguments[0], schema(input), input);
  if (time == nullptr) return std::nullopt;
  if (time->type != timestamp_type)
    return report("W0410", fmt::format("windows go by a timestamp, but {} is {}", print(*time), to_string(time->type)), "timestamp_seconds(number) or CAST(text AS timestamp) make one");
  WindowedInput made{input, {}, nullptr, nullptr};
  made.window.kind = static_cast<WindowKind>(number);
  const auto span = [&](std::size_t i) {
    const ExpressionPtr bound = bind_value(*call->arguments[i], schema(input), input);
    const bool is_interval = bound != nullptr && bound->type == interval_type && std::holds_alternative<Literal>(bound->node);
    return is_interval ? std::optional(span_of(*bound)) : std::nullopt;
  };
  for (std::size_t i = 1; i < wanted; ++i) {
    const ExpressionPtr bound = bind_value(*call->arguments[i], schema(input), input);
    if (bound == nullptr) return std::nullopt;
    if (bound->type != interval_type || !std::holds_alternative<Literal>(bound->node))
      return report("W0409", fmt::format("argument {} of {} is a literal interval", i + 1, call->function), example);
  }
  const auto size = span(wanted - 1);
  made.window.size = size.value_or(Duration(1));
  if (const auto of_windows = time_of_windows(input, time, made.window)) {
    time = *of_windows;
    made.window.closes = true;
    made.window.held_back = closing_window_above(input)->held_back;
  }
  // The functions themselves say what else is wrong with their arguments.
  if (made.window.kind == WindowKind::tumble) {
    made.end = bind_end("tumble_end", input, *call, time, ast.where);
  } else if (is_session) {
    auto session = bind_session(input, *call, time, ast.where);
    if (!session) return std::nullopt;
    made = *std::move(session);
  } else {
    const auto exploded = explode(input, {&ast, {}, std::nullopt, false, ast.where});
    if (!exploded) return std::nullopt;
    made.input = *exploded;
    const auto column = schema(made.input).index_of("window_end");
    made.end = make_column(*column, schema(made.input).fields[*column], ast.where);
  }
  if (made.end == nullptr) return std::nullopt;
  const auto step = span(1);
  if (!size || !step) return std::nullopt;
  made.window.step = *step;
  if (!made.window.closes) {
    const std::optional<Duration> lag = event_time_lag(input, time);
    made.window.closes = lag.has_value();
    made.window.held_back = lag.value_or(Duration{});
  }
  if (made.window.closes) {
    auto never_null = std::make_shared<Expression>(*made.end);
    never_null->nullable = false;
    made.end = std::move(never_null);
  } else {
    warn_of_open_windows(input, ast);
  }
  return made;
}

void PlanBuilder::warn_of_open_windows(NodeId input, const Ast& ast) {
  if (closing_window_above(input)) {
    diagnostics_.warning(Error{ErrorKind::user, "these windows never close: they are over another time than the end of the windows that they are made of", ast.where}.as("W0904")
                             .with_hint("state is kept for ever then; write tumble(window_end, ...)"));
    return;
  }
  std::vector<std::string> without;
  for (const NodeId scan : scans_below(input)) {
    const auto& source = std::get<ScanNode>(plan_.nodes[scan].operation);
    if (!source.time) without.push_back(source.source);
  }
  Error warning = Error{ErrorKind::user, without.empty() ? "these windows never close: they are not over the column of the watermark"
                                                 : fmt::format("these windows never close: source {} has no watermark", without.front()),
                ast.where}.as("W0904");
  warning = Error(warning).with_hint("state is kept for ever then; add watermark: COLUMN - INTERVAL 1 HOUR to the source");
  diagnostics_.warning(without.empty() ? std::move(warning) : std::move(warning).with_note(fmt::format("source {} is here", without.front()), place_of_source(without.front())));
}

/// window_start of a window that is told by its end, as an expression over columns among which there is window_end.
ExpressionPtr PlanBuilder::bind_window_start(const Window& window, const Schema& columns, const Location& where) {
  NameAst end;
  end.parts = {"window_end"};
  AstPtr start;
  if (window.kind == WindowKind::cumulate) {
    AstPtr inside = call_of("-", ast_of(std::move(end), where), interval_ast(Duration(1), where), where);
    start = call_of("tumble_start", std::move(inside), interval_ast(window.size, where), where);
  } else {
    start = call_of("-", ast_of(std::move(end), where), interval_ast(window.size, where), where);
  }
  const Scope scope{&columns, "the windows", &settings_, &other_functions_};
  return bind(*start, scope, registry_.functions, diagnostics_);
}

}  // namespace weir
