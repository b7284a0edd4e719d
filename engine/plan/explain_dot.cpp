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

std::string block_name(std::size_t stage, std::size_t block) {
  return block == 0 ? fmt::format("stage{}", stage) : fmt::format("stage{}_{}", stage, block);
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
  for (std::size_t i = 0; i < facts.stage.expansions.size(); ++i) {
    const Expansion& expansion = facts.stage.expansions[i];
    const std::string block = block_name(index, i + 1);
    text += fmt::format("  {} [shape=box, style=rounded, label={}];\n", block,
                        json_quoted(expansion.dedup != nullptr ? "dedup" : expansion.explode->call.function->declaration.name));
    text += fmt::format("  {} -> {} [label={}];\n", block_name(index, expansion.parent), block, where_label(expansion.predicate));
  }
  for (const Gathering& gathering : facts.stage.gatherings)
    text += fmt::format("  {} -> groups{} [label={}];\n", block_name(index, gathering.block), gathering.aggregate,
                        where_label(gathering.predicate));
  for (const Branch& branch : facts.stage.branches)
    text += fmt::format("  {} -> sink{} [label={}];\n", block_name(index, branch.block), branch.sink, where_label(branch.predicate));
  return text;
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
  for (const GroupStage& groups : fuse_groups(*facts.plan)) {
    text += fmt::format("  groups{} [shape=box, style=rounded, label={}];\n", groups.aggregate,
                        json_quoted(aggregate_text(*facts.plan, groups.aggregate)));
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
