// fingerprint.cpp — hashes what decides a plan's results, in the fused form, so that two ways to write one
// plan are equal.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/data/hash.h"
#include "engine/plan/explain_facts.h"
#include "engine/plan/stage.h"

namespace weir {
namespace {

// Texts are preceded by their length, so that no two plans give one canonical text.
void add(std::string& out, const std::string& text) { out += fmt::format("{}:{}\n", text.size(), text); }

void add_field(std::string& out, const Field& field) {
  add(out, fmt::format("{} {}{}", field.name, to_string(field.type), field.nullable ? "" : " not null"));
}

/// Where the functions come from that do not ship with Weir: one of the same name may do something else.
void add_origins(std::string& out, const Expression& expression) {
  const auto* const call = std::get_if<Call>(&expression.node);
  if (call == nullptr) return;
  if (!call->overload->origin.empty()) add(out, call->overload->origin);
  for (const ExpressionPtr& argument : call->arguments) add_origins(out, *argument);
}

void add_expression(std::string& out, const ExpressionPtr& expression) {
  if (expression == nullptr) return add(out, "true");
  add(out, print(*expression) + " " + to_string(expression->type));
  add_origins(out, *expression);
}

std::string scan_text(const ScanNode& scan, const Stage& stage) {
  std::string out;
  for (const std::string& text : {scan.source, scan.connector, scan.definition->fingerprint(),
                                  scan.format_name, scan.format->describe()}) {
    add(out, text);
  }
  add(out, std::to_string(static_cast<int>(scan.on_error.reaction)));
  std::vector<std::string> columns;
  for (const DecodedColumn& column : stage.columns) {
    add_field(columns.emplace_back(), column.field);
    add(columns.back(), (column.is_metadata ? "metadata " : "from ") + column.from);
  }
  for (const SourceCheck& check : stage.checks) {
    add(columns.emplace_back(), "check");
    add_expression(columns.back(), check.predicate);
  }
  if (scan.time) {
    add(columns.emplace_back(), "time");
    add_expression(columns.back(), scan.time->column);
    add(columns.back(), time_text(*scan.time));
  }
  std::sort(columns.begin(), columns.end());
  for (const std::string& column : columns) out += column;
  return out;
}

/// How the rows of a block come about, from the source on.
std::string block_text(const Stage& stage, std::size_t block) {
  if (block == 0) return "";
  const Expansion& expansion = stage.expansions[block - 1];
  std::string out = block_text(stage, expansion.parent);
  if (expansion.dedup != nullptr) {
    add(out, fmt::format("dedup {}", expansion.dedup->within ? expansion.dedup->within->count() : -1));
    add_expression(out, expansion.predicate);
    for (const ExpressionPtr& key : expansion.arguments) add_expression(out, key);
    for (const ExpressionPtr& carried : expansion.carried) add_expression(out, carried);
    return out;
  }
  const Function& declaration = expansion.explode->call.function->declaration;
  add(out, declaration.name);
  for (const Overload& overload : declaration.overloads) out += overload.origin;
  add(out, fmt::format("{} {}", expansion.explode->keeps_empty, expansion.explode->numbers_rows));
  add_expression(out, expansion.predicate);
  for (const ExpressionPtr& argument : expansion.arguments) add_expression(out, argument);
  for (const ExpressionPtr& carried : expansion.carried) add_expression(out, carried);
  return out;
}

std::string output_text(const Plan& plan, const Branch& branch) {
  std::string out;
  add(out, plan.sinks[branch.sink].table.sink);
  add_expression(out, branch.predicate);
  for (const ExpressionPtr& output : branch.outputs) add_expression(out, output);
  return out;
}

/// `from`: what the rows of block 0 are.
std::string branch_text(const Plan& plan, const std::string& from, const Stage& stage, const Branch& branch) {
  std::string out;
  add(out, from);
  return out + block_text(stage, branch.block) + output_text(plan, branch);
}

/// Without the input's names: what is computed of the arguments.
std::string aggregate_definition(const Plan& plan, NodeId node) {
  const auto& aggregate = std::get<AggregateNode>(plan.nodes[node].operation);
  std::string out;
  for (const ExpressionPtr& key : aggregate.keys) add(out, to_string(key->type));
  for (const AggregateNode::Call& call : aggregate.calls) {
    const Function& declaration = call.bound.function->declaration;
    add(out, fmt::format("{} {} {}", declaration.name, call.is_distinct, to_string(call.bound.type)));
    for (const Overload& overload : declaration.overloads) out += overload.origin;
  }
  if (aggregate.window) add(out, fmt::format("window {} {}{}", aggregate.window->key, aggregate.window->closes, aggregate.has_sessions() ? " session" : ""));
  return out;
}

/// What OVER computes, down to the aggregate.
std::string over_blocks_text(const GroupStage& groups, std::size_t block) {
  if (block == 0) return "";
  const OverBlock& over = groups.overs[block - 1];
  std::string out = over_blocks_text(groups, over.parent);
  add_expression(out, over.predicate);
  for (const ExpressionPtr& key : over.partition) add_expression(out, key);
  for (std::size_t i = 0; i < over.order.size(); ++i) {
    add_expression(out, over.order[i]);
    add(out, fmt::format("{} {}", over.over->order[i].descending, over.over->order[i].nulls_first));
  }
  for (std::size_t c = 0; c < over.over->calls.size(); ++c) {
    const OverNode::Call& call = over.over->calls[c];
    add(out, call.aggregate ? call.aggregate->bound.function->declaration.name : std::to_string(static_cast<int>(call.kind)));
    for (const ExpressionPtr& argument : over.arguments[c]) add_expression(out, argument);
    add_expression(out, over.filters[c]);
    if (call.number != 0) add(out, std::to_string(call.number));
    if (call.frame.rows_before) add(out, fmt::format("rows {}", *call.frame.rows_before));
    if (call.frame.from != nullptr) add_expression(out, over.froms[c]);
  }
  for (const ExpressionPtr& carried : over.carried) add_expression(out, carried);
  return out;
}

/// `block`: how the rows come about that the aggregate takes in.
std::string gathering_text(const Plan& plan, const std::string& block, const Gathering& gathering) {
  std::string out = block + aggregate_definition(plan, gathering.aggregate);
  add_expression(out, gathering.predicate);
  for (const ExpressionPtr& key : gathering.keys) add_expression(out, key);
  for (std::size_t i = 0; i < gathering.arguments.size(); ++i) {
    for (const ExpressionPtr& argument : gathering.arguments[i]) add_expression(out, argument);
    add_expression(out, gathering.filters[i]);
  }
  return out;
}

/// Without the input's names, as aggregate_definition().
std::string join_definition(const JoinStage& stage, const StreamJoinNode& join) {
  std::string out;
  for (const ExpressionPtr& key : join.keys) add(out, to_string(key->type));
  for (const auto* carried : {&stage.carried, &stage.joined_carried}) {
    for (const Field& field : *carried) add(out, to_string(field.type));
  }
  add(out, join.is_left ? "left" : "inner");
  add(out, join.bounds ? fmt::format("{} {}", join.bounds->lower.count(), join.bounds->upper.count()) : "ever");
  add_expression(out, stage.condition);
  return out;
}

std::string intake_text(const std::string& from, const Stage& stage, const Intake& intake, const std::string& definition) {
  std::string out;
  add(out, from);
  out += block_text(stage, intake.block) + definition;
  add(out, intake.is_joined ? "joined" : "input");
  add_expression(out, intake.predicate);
  for (const ExpressionPtr& key : intake.keys) add_expression(out, key);
  for (const ExpressionPtr& carried : intake.carried) add_expression(out, carried);
  return out;
}

std::string sink_text(const SinkNode& sink) {
  std::string out;
  add(out, sink.table.sink);
  add(out, sink.table.table);
  for (const Field& field : sink.table.schema.fields) add_field(out, field);
  for (const std::size_t key : sink.table.key) add(out, std::to_string(key));
  add(out, std::to_string(static_cast<int>(sink.table.on_conflict)));
  if (sink.emit.kind != Emit::Kind::changes) add(out, emit_text(sink.emit));
  if (sink.table.on_conflict == OnConflict::update_newer) add(out, std::to_string(sink.table.newer_by));
  if (sink.outlet != nullptr) add(out, sink.outlet->fingerprint());
  return out;
}

}  // namespace

std::string fingerprint(const Plan& plan) {
  std::string text;
  add(text, plan.name);
  // The order of sources, sinks and columns in the file decides nothing.
  std::vector<std::string> parts;
  std::map<NodeId, std::string> joins;
  const auto add_readers = [&](const std::string& from, const Stage& stage) {
    std::string source;
    add(source, from);
    for (const Gathering& gathering : stage.gatherings) parts.push_back(gathering_text(plan, source + block_text(stage, gathering.block), gathering));
    for (const Intake& intake : stage.intakes) parts.push_back(intake_text(from, stage, intake, joins.at(intake.join)));
    for (const Branch& branch : stage.branches) parts.push_back(branch_text(plan, from, stage, branch));
  };
  const std::vector<JoinStage> join_stages = fuse_joins(plan);
  for (const JoinStage& stage : join_stages) joins[stage.join] = join_definition(stage, std::get<StreamJoinNode>(plan.nodes[stage.join].operation));
  for (const JoinStage& stage : join_stages) add_readers(joins[stage.join], stage.rows);
  for (const Stage& stage : fuse(plan)) {
    const auto& scan = std::get<ScanNode>(plan.nodes[stage.scan].operation);
    parts.push_back(scan_text(scan, stage));
    add_readers(scan.source, stage);
  }
  for (const GroupStage& groups : fuse_groups(plan)) {
    for (const Branch& branch : groups.branches) parts.push_back(output_text(plan, branch) + over_blocks_text(groups, branch.block) + aggregate_definition(plan, groups.aggregate));
    for (const Gathering& gathering : groups.gatherings)
      parts.push_back(gathering_text(plan, aggregate_definition(plan, groups.aggregate) + over_blocks_text(groups, gathering.block), gathering));
  }
  for (const SinkNode& sink : plan.sinks) parts.push_back(sink_text(sink));
  std::sort(parts.begin(), parts.end());
  for (const std::string& part : parts) add(text, part);
  return fmt::format("{:016x}", hash_bytes(text).low);
}

}  // namespace weir
