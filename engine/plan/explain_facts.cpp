// explain_facts.cpp — finds what explain says: used columns, shared expressions, write order, guarantees.
#include "engine/plan/explain_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "engine/plan/builder_messages.h"

namespace weir {
namespace {

/// Calls of a stage, equal ones as one, with the number of places that use them.
class SharedCalls {
 public:
  void visit(const ExpressionPtr& expression) {
    const auto* call = std::get_if<Call>(&expression->node);
    if (call == nullptr) return;
    for (const std::size_t index : by_hash_[hash_of(*expression)]) {
      if (!same(*calls_[index].expression, *expression)) continue;
      ++calls_[index].uses;
      return;
    }
    by_hash_[hash_of(*expression)].push_back(calls_.size());
    calls_.push_back({expression, 1});
    for (const ExpressionPtr& argument : call->arguments) visit(argument);
  }
  std::size_t size() const { return calls_.size(); }
  std::vector<SharedExpression> shared() const {
    std::vector<SharedExpression> result;
    for (const Counted& counted : calls_) {
      if (counted.uses > 1) result.push_back({print(*counted.expression), counted.uses});
    }
    std::stable_sort(result.begin(), result.end(),
                     [](const auto& a, const auto& b) { return a.uses > b.uses; });
    return result;
  }

 private:
  struct Counted {
    ExpressionPtr expression;
    std::size_t uses;
  };
  std::vector<Counted> calls_;
  std::unordered_map<std::size_t, std::vector<std::size_t>> by_hash_;
};

StageFacts stage_facts(const Plan& plan, Stage stage) {
  StageFacts facts;
  facts.scan = &std::get<ScanNode>(plan.nodes[stage.scan].operation);
  for (const SourceColumn& declared : facts.scan->columns) {
    const std::string& name = declared.decoded.field.name;
    const bool is_read = std::any_of(stage.columns.begin(), stage.columns.end(),
                                     [&](const DecodedColumn& column) { return column.field.name == name; });
    if (!is_read) facts.unread.push_back(name);
  }
  SharedCalls calls;
  for (const Branch& branch : stage.branches) {
    if (branch.predicate != nullptr) calls.visit(branch.predicate);
    for (const ExpressionPtr& output : branch.outputs) calls.visit(output);
  }
  for (const Expansion& expansion : stage.expansions) {
    if (expansion.predicate != nullptr) calls.visit(expansion.predicate);
    for (const ExpressionPtr& argument : expansion.arguments) calls.visit(argument);
    for (const ExpressionPtr& carried : expansion.carried) calls.visit(carried);
  }
  for (const Gathering& gathering : stage.gatherings) {
    if (gathering.predicate != nullptr) calls.visit(gathering.predicate);
    for (const ExpressionPtr& key : gathering.keys) calls.visit(key);
    for (const auto& arguments : gathering.arguments) {
      for (const ExpressionPtr& argument : arguments) calls.visit(argument);
    }
    for (const ExpressionPtr& filter : gathering.filters) {
      if (filter != nullptr) calls.visit(filter);
    }
  }
  for (const Intake& intake : stage.intakes) {
    if (intake.predicate != nullptr) calls.visit(intake.predicate);
    for (const ExpressionPtr& key : intake.keys) calls.visit(key);
    for (const ExpressionPtr& carried : intake.carried) calls.visit(carried);
  }
  facts.distinct_expressions = calls.size();
  facts.shared = calls.shared();
  facts.stage = std::move(stage);
  return facts;
}

}  // namespace

Result<PlanFacts> gather_facts(const Plan& plan) {
  PlanFacts facts{&plan, fingerprint(plan), {}, std::vector<std::size_t>(plan.sinks.size(), 0)};
  for (Stage& stage : fuse(plan)) facts.stages.push_back(stage_facts(plan, std::move(stage)));
  for (std::size_t connection = 0; connection < plan.connections.size(); ++connection) {
    WEIR_ASSIGN(const std::vector<std::size_t> order, write_order(plan, connection));
    for (std::size_t i = 0; i < order.size(); ++i) facts.written[order[i]] = i + 1;
  }
  return facts;
}

std::string guarantee(const Plan& plan, const SinkNode& sink) {
  if (sink.outlet != nullptr) {
    return fmt::format("at least once, after the commit (positions and ledger in one transaction of connection {})",
                       plan.connections[sink.connection].name);
  }
  return fmt::format("exactly once (rows, positions and ledger in one transaction of connection {})",
                     plan.connections[sink.connection].name);
}

std::string conflict_rule(const SinkTable& table) {
  switch (table.on_conflict) {
    case OnConflict::ignore:
      return "ignore";
    case OnConflict::update:
      return "update";
    case OnConflict::update_newer:
      return "update newer by " + table.schema.fields[table.newer_by].name;
    case OnConflict::error:
      return "error";
  }
  WEIR_CHECK(false, "every conflict rule has a name");
}

std::vector<std::string> key_names(const SinkTable& table) {
  std::vector<std::string> names;
  for (const std::size_t index : table.key) names.push_back(table.schema.fields[index].name);
  return names;
}

std::string error_policy(const ErrorPolicy& policy) {
  const char* reaction = policy.reaction == OnRowError::reject ? "reject"
                         : policy.reaction == OnRowError::fail ? "fail"
                                                               : "null";
  if (!policy.stop_above) return reaction;
  return fmt::format("{}, stop above {:g} %", reaction, *policy.stop_above * 100);
}

std::string explode_text(const Plan& plan, NodeId node) {
  const auto& explode = std::get<ExplodeNode>(plan.nodes[node].operation);
  const std::vector<Field>& fields = plan.nodes[node].schema.fields;
  std::vector<std::string> made;
  for (std::size_t i = plan.nodes[explode.input].schema.fields.size(); i < fields.size(); ++i) made.push_back(fields[i].name);
  const bool says_empty = explode.keeps_empty && !explode.call.function->keeps_empty;
  return fmt::format("{} as {}{}", print(explode.call), join(made), says_empty ? ", keeping empty ones" : "");
}

std::string aggregate_text(const Plan& plan, NodeId node) {
  const auto& aggregate = std::get<AggregateNode>(plan.nodes[node].operation);
  std::vector<std::string> calls, keys;
  const std::vector<Field>& fields = plan.nodes[node].schema.fields;
  const std::size_t plain_keys = aggregate.has_sessions() ? aggregate.window->key - 1 : aggregate.keys.size();
  for (std::size_t i = 0; i < plain_keys; ++i) {
    const std::string printed = print(*aggregate.keys[i]);
    keys.push_back(printed == fields[i].name ? printed : fmt::format("{} = {}", fields[i].name, printed));
  }
  for (std::size_t i = 0; i < aggregate.calls.size(); ++i)
    calls.push_back(fmt::format("{} = {}", fields[aggregate.keys.size() + i].name, print(aggregate.calls[i])));
  std::string window;
  if (aggregate.window) {
    const char* kind = aggregate.window->kind == WindowKind::tumble ? "tumble" : aggregate.window->kind == WindowKind::hop ? "hop" : "cumulate";
    window = fmt::format(" in windows {} {}{}", kind, format_duration(aggregate.window->size),
                         aggregate.window->step == aggregate.window->size ? "" : " by " + format_duration(aggregate.window->step));
    if (aggregate.has_sessions())
      window = fmt::format(" in sessions of {} with gaps of up to {}", print(*aggregate.keys[plain_keys]), format_duration(aggregate.window->size));
    window += aggregate.window->closes ? "" : ", which never close";
  }
  return fmt::format("aggregate {}{}{}", join(calls), keys.empty() ? "" : " by " + join(keys), window);
}

std::string join_text(const Plan& plan, NodeId node) {
  const auto& joined = std::get<JoinNode>(plan.nodes[node].operation);
  const LookupShape& shape = plan.tables[joined.table].shape;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < joined.keys.size(); ++i) keys.push_back(fmt::format("{} = {}", shape.columns[shape.key[i]].field.name, print(*joined.keys[i])));
  return fmt::format("{}join table {} by {}", joined.has_row == nullptr ? "left " : "", shape.table, join(keys));
}

std::string stream_join_text(const Plan& plan, NodeId node) {
  const auto& joined = std::get<StreamJoinNode>(plan.nodes[node].operation);
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < joined.keys.size(); ++i) keys.push_back(fmt::format("{} = {}", print(*joined.joined_keys[i]), print(*joined.keys[i])));
  std::string text = fmt::format("{}join {} by {}", joined.is_left ? "left " : "", joined.name, join(keys));
  if (joined.bounds) {
    const auto signed_text = [](Duration span) { return span < Duration{} ? "-" + format_duration(-span) : format_duration(span); };
    text += joined.bounds->lower == -joined.bounds->upper
                ? " within " + format_duration(joined.bounds->upper)
                : fmt::format(" between {} and {} later", signed_text(joined.bounds->lower), signed_text(joined.bounds->upper));
  }
  return joined.condition == nullptr ? text : text + " where " + print(*joined.condition);
}

std::string table_text(const PlanTable& table) {
  std::vector<std::string> key;
  for (const std::size_t index : table.shape.key) key.push_back(table.shape.columns[index].field.name);
  return fmt::format("key {}; read {}", join(key), table.refresh ? "again every " + format_duration(*table.refresh) : "once, at the start");
}

std::string dedup_text(const DedupNode& dedup) {
  std::vector<std::string> keys;
  for (const ExpressionPtr& key : dedup.keys) keys.push_back(print(*key));
  return fmt::format("dedup by {}{}", join(keys), dedup.within ? " within " + format_duration(*dedup.within) : "");
}

std::string over_text(const OverNode& over) {
  std::vector<std::string> calls;
  for (const OverNode::Call& call : over.calls) calls.push_back(call.text);
  return "over other groups: " + join(calls);
}

std::string time_text(const EventTime& time) {
  std::string late = "kept as rejects";
  if (time.late == LateRows::drop) late = "dropped and counted";
  if (time.late == LateRows::correct) late = time.correct_for ? "corrected for " + format_duration(*time.correct_for) : "corrected, however late";
  std::string text = fmt::format("{}, delay {}; late rows are {}; splits are idle after {}", print(*time.column), format_duration(time.delay), late,
                                 format_duration(time.idle_after));
  if (time.max_future) text += fmt::format("; rows more than {} ahead of the clock are rejected", format_duration(*time.max_future));
  if (time.close_when_quiet) text += fmt::format("; windows close when no row came for {}", format_duration(*time.close_when_quiet));
  return text;
}

std::string emit_text(const Emit& emit) {
  if (emit.kind == Emit::Kind::changes) return "whenever they change";
  return emit.kind == Emit::Kind::final ? "once their window has closed" : "every " + format_duration(emit.interval);
}

std::string column_text(const Field& field) {
  return fmt::format("{} {}{}", field.name, to_string(field.type), field.nullable ? "" : " not null");
}

Result<std::string> explain(const Plan& plan, ExplainFormat format) { return explain(plan, {}, format); }

Result<std::string> explain(const Plan& plan, std::span<const Report> reports, ExplainFormat format) {
  WEIR_ASSIGN(PlanFacts facts, gather_facts(plan));
  facts.reports = reports;
  switch (format) {
    case ExplainFormat::text:
      return explain_text(facts);
    case ExplainFormat::json:
      return explain_json(facts);
    case ExplainFormat::dot:
      return explain_dot(facts);
  }
  WEIR_CHECK(false, "every explain format has a writer");
}

}  // namespace weir
