// explain_dot.cpp — a plan as a Graphviz graph: sources, the stage each becomes, sinks and the transactions
// they share.
#include <fmt/format.h>

#include "engine/component/json_writer.h"
#include "engine/plan/builder_messages.h"
#include "engine/plan/explain_facts.h"

namespace weir {
namespace {

std::string where_label(const ExpressionPtr& predicate) {
  return json_quoted(predicate == nullptr ? "" : "where " + print(*predicate));
}

std::string block_name(const std::string& stage, std::size_t block) { return block == 0 ? stage : fmt::format("{}_{}", stage, block); }

// What reads the rows of a stage's blocks. `name`: of block 0.
std::string reader_edges(const Stage& stage, const std::string& name) {
  std::string text;
  for (std::size_t i = 0; i < stage.expansions.size(); ++i) {
    const Expansion& expansion = stage.expansions[i];
    const std::string block = block_name(name, i + 1);
    text += fmt::format("  {} [shape=box, style=rounded, label={}];\n", block,
                        json_quoted(expansion.dedup != nullptr ? "dedup" : expansion.explode->call.function->declaration.name));
    text += fmt::format("  {} -> {} [label={}];\n", block_name(name, expansion.parent), block, where_label(expansion.predicate));
  }
  for (const Gathering& gathering : stage.gatherings)
    text += fmt::format("  {} -> groups{} [label={}];\n", block_name(name, gathering.block), gathering.aggregate, where_label(gathering.predicate));
  for (const Intake& intake : stage.intakes)
    text += fmt::format("  {} -> join{} [label={}];\n", block_name(name, intake.block), intake.join, where_label(intake.predicate));
  for (const Branch& branch : stage.branches)
    text += fmt::format("  {} -> sink{} [label={}];\n", block_name(name, branch.block), branch.sink, where_label(branch.predicate));
  return text;
}

std::string stage_nodes(const StageFacts& facts, std::size_t index) {
  const ScanNode& scan = *facts.scan;
  std::string text =
      fmt::format("  source{} [shape=cds, label={}];\n", index,
                  json_quoted(fmt::format("{}\n{}", scan.source, scan.definition->describe())));
  text += fmt::format("  stage{} [shape=box, style=rounded, label={}];\n", index,
                      json_quoted(fmt::format("decode {} columns\n{} expressions", facts.stage.columns.size(),
                                              facts.distinct_expressions)));
  text += fmt::format("  source{0} -> stage{0} [label={1}];\n", index, json_quoted(scan.format_name));
  return text + reader_edges(facts.stage, fmt::format("stage{}", index));
}

std::string connection_cluster(const Plan& plan, std::size_t index) {
  const Connection& connection = plan.connections[index];
  std::string text = fmt::format("  subgraph cluster{} {{\n    label={};\n", index,
                                 json_quoted(fmt::format("one transaction of {} ({})", connection.name,
                                                         connection.definition->describe())));
  for (std::size_t i = 0; i < plan.sinks.size(); ++i) {
    const SinkTable& table = plan.sinks[i].table;
    if (plan.sinks[i].connection != index || plan.sinks[i].outlet != nullptr) continue;
    const std::string key = table.key.empty() ? "no key" : "key " + join(key_names(table));
    text += fmt::format(
        "    sink{} [shape=cylinder, label={}];\n", i,
        json_quoted(fmt::format("{}\n{}\non conflict {}", table.table, key, conflict_rule(table))));
  }
  return text + "  }\n";
}

}  // namespace

std::string explain_dot(const PlanFacts& facts) {
  std::string text = fmt::format("digraph {} {{\n  rankdir=LR;\n", json_quoted(facts.plan->name));
  for (std::size_t i = 0; i < facts.stages.size(); ++i) text += stage_nodes(facts.stages[i], i);
  for (const JoinStage& join : fuse_joins(*facts.plan)) {
    const std::string name = fmt::format("join{}", join.join);
    text += fmt::format("  {} [shape=box, style=rounded, label={}];\n", name, json_quoted(stream_join_text(*facts.plan, join.join)));
    text += reader_edges(join.rows, name);
  }
  for (const GroupStage& groups : fuse_groups(*facts.plan)) {
    text += fmt::format("  groups{} [shape=box, style=rounded, label={}];\n", groups.aggregate,
                        json_quoted(aggregate_text(*facts.plan, groups.aggregate)));
    for (const Gathering& gathering : groups.gatherings)
      text += fmt::format("  groups{} -> groups{} [label={}];\n", groups.aggregate, gathering.aggregate, where_label(gathering.predicate));
    for (const Branch& branch : groups.branches) text += fmt::format("  groups{} -> sink{};\n", groups.aggregate, branch.sink);
  }
  for (std::size_t i = 0; i < facts.plan->connections.size(); ++i) text += connection_cluster(*facts.plan, i);
  for (std::size_t i = 0; i < facts.plan->sinks.size(); ++i) {
    const SinkNode& sink = facts.plan->sinks[i];
    if (sink.outlet != nullptr)
      text += fmt::format("  sink{} [shape=note, label={}];\n", i, json_quoted(fmt::format("{}\n{}", sink.table.sink, sink.outlet->describe())));
  }
  return text + "}\n";
}

}  // namespace weir
