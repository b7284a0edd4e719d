// explain_json.cpp — a plan for other programs: the same facts as the text, under stable keys.
#include "engine/component/json_writer.h"
#include "engine/plan/explain_facts.h"

namespace weir {
namespace {

void write_field(JsonWriter& json, const Field& field) {
  json.member("name", field.name);
  json.member("type", to_string(field.type));
  json.member("nullable", field.nullable);
}

void write_source(JsonWriter& json, const StageFacts& facts) {
  const ScanNode& scan = *facts.scan;
  json.begin_object();
  json.member("name", scan.source);
  json.member("connector", scan.connector);
  json.member("description", scan.definition->describe());
  json.member("format", scan.format_name);
  json.member("on_error", error_policy(scan.on_error));
  if (scan.time) json.member("event_time", time_text(*scan.time));
  json.key("decoded_columns");
  json.begin_array();
  for (const DecodedColumn& column : facts.stage.columns) {
    json.begin_object();
    write_field(json, column.field);
    json.member("from", column.from);
    json.member("is_metadata", column.is_metadata);
    json.end_object();
  }
  json.end_array();
  json.member("skipped_columns", facts.unread);
  json.end_object();
}

void write_predicate(JsonWriter& json, const ExpressionPtr& predicate) {
  json.key("where");
  if (predicate == nullptr)
    json.null();
  else
    json.value(print(*predicate));
}

/// Makes block `block` of the stage.
void write_expansion(JsonWriter& json, const Expansion& expansion, std::size_t block) {
  json.begin_object();
  json.member("block", block);
  json.member("parent", expansion.parent);
  write_predicate(json, expansion.predicate);
  json.member("function", expansion.dedup != nullptr ? "dedup" : expansion.explode->call.function->declaration.name);
  std::vector<std::string> arguments;
  for (const ExpressionPtr& argument : expansion.arguments) arguments.push_back(print(*argument));
  json.member("arguments", arguments);
  json.member("keeps_empty", expansion.explode != nullptr && expansion.explode->keeps_empty);
  if (expansion.dedup != nullptr && expansion.dedup->within) json.member("within", format_duration(*expansion.dedup->within));
  json.end_object();
}

void write_gathering(JsonWriter& json, const Plan& plan, const Gathering& gathering) {
  const auto& node = std::get<AggregateNode>(plan.nodes[gathering.aggregate].operation);
  json.begin_object();
  json.member("stream", plan.nodes[gathering.aggregate].name);
  json.member("block", gathering.block);
  write_predicate(json, gathering.predicate);
  std::vector<std::string> keys, aggregates;
  for (const ExpressionPtr& key : gathering.keys) keys.push_back(print(*key));
  for (const AggregateNode::Call& call : node.calls) aggregates.push_back(print(call));
  json.member("by", keys);
  json.member("aggregates", aggregates);
  json.end_object();
}

void write_intake(JsonWriter& json, const Plan& plan, const Intake& intake) {
  json.begin_object();
  json.member("stream", plan.nodes[intake.join].name);
  json.member("join", stream_join_text(plan, intake.join));
  json.member("is_joined", intake.is_joined);
  json.member("block", intake.block);
  write_predicate(json, intake.predicate);
  std::vector<std::string> keys, carried;
  for (const ExpressionPtr& key : intake.keys) keys.push_back(print(*key));
  for (const ExpressionPtr& expression : intake.carried) carried.push_back(print(*expression));
  json.member("keys", keys);
  json.member("carried", carried);
  json.end_object();
}

/// The aggregate's rows, and the aggregates that take them in.
void write_groups(JsonWriter& json, const Plan& plan, const GroupStage& groups) {
  json.begin_object();
  json.member("stream", plan.nodes[groups.aggregate].name);
  json.member("aggregate", aggregate_text(plan, groups.aggregate));
  json.key("gatherings");
  json.begin_array();
  for (const Gathering& gathering : groups.gatherings) write_gathering(json, plan, gathering);
  json.end_array();
  json.end_object();
}

void write_branch(JsonWriter& json, const Plan& plan, const Branch& branch) {
  const SinkTable& table = plan.sinks[branch.sink].table;
  json.begin_object();
  json.member("sink", table.sink);
  json.member("block", branch.block);
  write_predicate(json, branch.predicate);
  json.key("columns");
  json.begin_array();
  for (std::size_t i = 0; i < branch.outputs.size(); ++i) {
    json.begin_object();
    json.member("name", table.schema.fields[i].name);
    json.member("expression", print(*branch.outputs[i]));
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

template <typename Items, typename Write>
void write_all(JsonWriter& json, const char* key, const Items& items, const Write& write) {
  json.key(key);
  json.begin_array();
  for (const auto& item : items) write(item);
  json.end_array();
}

// What reads the rows of a stage's blocks.
void write_readers(JsonWriter& json, const Plan& plan, const Stage& stage) {
  std::size_t block = 0;
  write_all(json, "expansions", stage.expansions, [&](const Expansion& one) { write_expansion(json, one, ++block); });
  write_all(json, "gatherings", stage.gatherings, [&](const Gathering& one) { write_gathering(json, plan, one); });
  if (!stage.intakes.empty()) write_all(json, "intakes", stage.intakes, [&](const Intake& one) { write_intake(json, plan, one); });
  write_all(json, "branches", stage.branches, [&](const Branch& one) { write_branch(json, plan, one); });
}

void write_stage(JsonWriter& json, const Plan& plan, const StageFacts& facts) {
  json.begin_object();
  json.member("source", facts.scan->source);
  json.member("distinct_expressions", facts.distinct_expressions);
  write_all(json, "shared_expressions", facts.shared, [&](const SharedExpression& shared) {
    json.begin_object();
    json.member("expression", shared.text);
    json.member("uses", shared.uses);
    json.end_object();
  });
  write_readers(json, plan, facts.stage);
  json.end_object();
}

void write_join(JsonWriter& json, const Plan& plan, const JoinStage& join) {
  json.begin_object();
  json.member("stream", plan.nodes[join.join].name);
  json.member("join", stream_join_text(plan, join.join));
  write_readers(json, plan, join.rows);
  json.end_object();
}

void write_references(JsonWriter& json, const SinkTable& table) {
  json.key("references");
  json.begin_array();
  for (const ForeignKey& reference : table.references) {
    json.begin_object();
    json.member("columns", reference.columns);
    json.member("table", reference.table);
    json.member("referenced", reference.references);
    json.end_object();
  }
  json.end_array();
}

void write_sink(JsonWriter& json, const PlanFacts& facts, std::size_t index) {
  const SinkNode& sink = facts.plan->sinks[index];
  json.begin_object();
  json.member("name", sink.table.sink);
  json.member("connection", facts.plan->connections[sink.connection].name);
  if (sink.outlet != nullptr) {
    json.member("outlet", sink.outlet->describe());
    json.member("guarantee", "at_least_once");
    if (sink.limit) json.member("limit", *sink.limit);
    json.member("key", key_names(sink.table));
  } else {
    json.member("table", sink.table.table);
    json.member("guarantee", "exactly_once");
    json.member("key", key_names(sink.table));
    json.member("on_conflict", conflict_rule(sink.table));
    json.member("write_order", facts.written[index]);
  }
  if (aggregate_above(facts.plan->nodes, sink.input)) json.member("emit", emit_text(sink.emit));
  if (sink.outlet == nullptr) write_references(json, sink.table);
  json.key("columns");
  json.begin_array();
  for (const Field& field : sink.table.schema.fields) {
    json.begin_object();
    write_field(json, field);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_table(JsonWriter& json, const PlanTable& table) {
  json.begin_object();
  json.member("name", table.shape.table);
  json.member("description", table.definition->describe());
  std::vector<std::string> key;
  for (const std::size_t index : table.shape.key) key.push_back(table.shape.columns[index].field.name);
  json.member("key", key);
  if (table.refresh) json.member("refresh", format_duration(*table.refresh));
  json.key("columns");
  json.begin_array();
  for (const LookupColumn& column : table.shape.columns) {
    json.begin_object();
    write_field(json, column.field);
    json.member("from", column.from);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_connection(JsonWriter& json, const Connection& connection) {
  json.begin_object();
  json.member("name", connection.name);
  json.member("store", connection.store_name);
  json.member("description", connection.definition->describe());
  json.end_object();
}

}  // namespace

std::string explain_json(const PlanFacts& facts) {
  JsonWriter json;
  json.begin_object();
  json.member("pipeline", facts.plan->name);
  json.member("fingerprint", facts.fingerprint);
  json.key("sources");
  json.begin_array();
  for (const StageFacts& stage : facts.stages) write_source(json, stage);
  json.end_array();
  json.key("stages");
  json.begin_array();
  for (const StageFacts& stage : facts.stages) write_stage(json, *facts.plan, stage);
  json.end_array();
  if (const std::vector<JoinStage> joins = fuse_joins(*facts.plan); !joins.empty())
    write_all(json, "joins", joins, [&](const JoinStage& join) { write_join(json, *facts.plan, join); });
  json.key("groups");
  json.begin_array();
  for (const GroupStage& groups : fuse_groups(*facts.plan)) write_groups(json, *facts.plan, groups);
  json.end_array();
  json.key("tables");
  json.begin_array();
  for (const PlanTable& table : facts.plan->tables) write_table(json, table);
  json.end_array();
  json.key("connections");
  json.begin_array();
  for (const Connection& connection : facts.plan->connections) write_connection(json, connection);
  json.end_array();
  json.key("sinks");
  json.begin_array();
  for (std::size_t i = 0; i < facts.plan->sinks.size(); ++i) write_sink(json, facts, i);
  json.end_array();
  write_reports(json, facts);
  json.end_object();
  return std::move(json).text();
}

}  // namespace weir
