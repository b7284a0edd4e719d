// explain_text.cpp — a plan as people read it: its sources, the stage each becomes, and every sink with the
// tree of steps behind it.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/builder_messages.h"
#include "engine/plan/explain_facts.h"

namespace weir {
namespace {

constexpr std::size_t page_width = 110;

// "reads a, b, c" over as many lines as it takes, each indented.
std::string wrapped(const std::string& label, const std::vector<std::string>& words) {
  std::string text, line = "  " + label;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string word = words[i] + (i + 1 < words.size() ? "," : "");
    if (line.size() + 1 + word.size() > page_width) {
      text += line + "\n";
      line = "   ";
    }
    line += " " + word;
  }
  return text + line + "\n";
}

std::string times(std::size_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string branches(std::size_t count) { return fmt::format("{} branch{}", count, count == 1 ? "" : "es"); }

// Of expressions over the columns of the block, which are not those of the plan's node.
std::string expansion_text(const Expansion& expansion) {
  if (expansion.dedup != nullptr) {
    std::vector<std::string> keys;
    for (const ExpressionPtr& key : expansion.arguments) keys.push_back(print(*key));
    return fmt::format("leaves out rows that repeat one by {}{}", join(keys),
                       expansion.dedup->within ? " within " + format_duration(*expansion.dedup->within) : "");
  }
  BoundTableFunction call = expansion.explode->call;
  call.arguments = expansion.arguments;
  return "makes rows by " + print(call);
}

// What reads the rows of a stage, but for its sinks.
std::string readers_text(const Plan& plan, const Stage& stage) {
  std::string text;
  for (const Expansion& expansion : stage.expansions) {
    const std::string where = expansion.predicate == nullptr ? "" : " where " + print(*expansion.predicate);
    text += fmt::format("  {}{}\n", expansion_text(expansion), where);
  }
  for (const Gathering& gathering : stage.gatherings) {
    const std::string where = gathering.predicate == nullptr ? "" : " where " + print(*gathering.predicate);
    text += fmt::format("  gathers rows for {}{}\n", aggregate_text(plan, gathering.aggregate), where);
  }
  for (const Intake& intake : stage.intakes) {
    const std::string of = intake.is_joined ? std::get<StreamJoinNode>(plan.nodes[intake.join].operation).name : "the input";
    const std::string where = intake.predicate == nullptr ? "" : ", those where " + print(*intake.predicate);
    text += fmt::format("  takes rows of {} for {}{}\n", of, stream_join_text(plan, intake.join), where);
  }
  return text;
}

std::string stage_text(const Plan& plan, const StageFacts& facts) {
  const ScanNode& scan = *facts.scan;
  std::string text = fmt::format("source {}: {}, format {}\n", scan.source, scan.definition->describe(),
                                 scan.format->describe());
  text += fmt::format("  on error: {}\n", error_policy(scan.on_error));
  for (const SourceCheck& check : scan.checks) text += fmt::format("  check of {}: {}\n", check.column, print(*check.predicate));
  if (scan.time) text += fmt::format("  event time: {}\n", time_text(*scan.time));
  std::vector<std::string> read;
  for (const DecodedColumn& column : facts.stage.columns) read.push_back(column_text(column.field));
  text += wrapped(fmt::format("decodes {} of {}:", read.size(), times(scan.columns.size(), "column")), read);
  if (!facts.unread.empty()) text += wrapped("skips:", facts.unread);
  text += fmt::format("  one stage computes {} for {}\n", times(facts.distinct_expressions, "expression"),
                      branches(facts.stage.branches.size()));
  text += readers_text(plan, facts.stage);
  for (const SharedExpression& shared : facts.shared)
    text += fmt::format("  shared by {} uses: {}\n", shared.uses, shared.text);
  return text + "\n";
}

std::string groups_text(const Plan& plan, const GroupStage& groups) {
  if (groups.gatherings.empty()) return "";
  std::string text = fmt::format("groups of {}: rows to {}\n", aggregate_text(plan, groups.aggregate), branches(groups.branches.size()));
  for (const Gathering& gathering : groups.gatherings) {
    const std::string where = gathering.predicate == nullptr ? "" : " where " + print(*gathering.predicate);
    text += fmt::format("  gathers rows for {}{}\n", aggregate_text(plan, gathering.aggregate), where);
  }
  return text + "\n";
}

std::string join_stage_text(const Plan& plan, const JoinStage& stage) {
  const auto& join = std::get<StreamJoinNode>(plan.nodes[stage.join].operation);
  const std::string& name = plan.nodes[stage.join].name;
  std::string text = fmt::format("join{}: {}\n", name.empty() ? "" : " " + name, stream_join_text(plan, stage.join));
  const auto columns = [](const std::vector<Field>& fields) {
    std::vector<std::string> texts;
    for (const Field& field : fields) texts.push_back(column_text(field));
    return texts.empty() ? std::vector<std::string>{"no column"} : texts;
  };
  text += wrapped("keeps of the input:", columns(stage.carried));
  text += wrapped(fmt::format("keeps of {}:", join.name), columns(stage.joined_carried));
  text += fmt::format("  rows go {}\n", join.bounds ? "when the watermark says that none can match them any more" : "never");
  return text + readers_text(plan, stage.rows) + "\n";
}

// Columns that a projection computes; those it only passes on are counted.
std::string projection_text(const PlanNode& node, const ProjectNode& project, const Schema& input) {
  std::vector<std::string> computed;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < project.expressions.size(); ++i) {
    const std::string printed = print(*project.expressions[i]);
    if (printed == node.schema.fields[i].name)
      ++kept;
    else
      computed.push_back(fmt::format("{} = {}", node.schema.fields[i].name, printed));
  }
  if (kept == input.fields.size() && computed.empty()) return "columns in another order";
  std::string text = kept == input.fields.size() ? "extend " : "select ";
  if (computed.empty()) return text + fmt::format("{} of {} columns", kept, input.fields.size());
  text += join(computed);
  return kept == 0 || kept == input.fields.size()
             ? text
             : text + fmt::format(", and {} as they are", times(kept, "column"));
}

std::string step_text(const Plan& plan, NodeId id) {
  const PlanNode& node = plan.nodes[id];
  if (const auto* scan = std::get_if<ScanNode>(&node.operation)) return "source " + scan->source;
  const std::string stream = node.name.empty() ? "" : fmt::format("  [{}]", node.name);
  if (const auto* filter = std::get_if<FilterNode>(&node.operation))
    return "where " + print(*filter->predicate) + stream;
  if (const auto* united = std::get_if<UnionNode>(&node.operation))
    return fmt::format("union of {}", united->inputs.size()) + stream;
  if (std::holds_alternative<ExplodeNode>(node.operation)) return explode_text(plan, id) + stream;
  if (std::holds_alternative<AggregateNode>(node.operation)) return aggregate_text(plan, id) + stream;
  if (std::holds_alternative<JoinNode>(node.operation)) return join_text(plan, id) + stream;
  if (std::holds_alternative<StreamJoinNode>(node.operation)) return stream_join_text(plan, id) + stream;
  if (const auto* dedup = std::get_if<DedupNode>(&node.operation)) return dedup_text(*dedup) + stream;
  if (const auto* over = std::get_if<OverNode>(&node.operation)) return over_text(*over) + stream;
  const auto& project = std::get<ProjectNode>(node.operation);
  return projection_text(node, project, plan.nodes[project.input].schema) + stream;
}

void add_tree(const Plan& plan, NodeId id, const std::string& indent, std::string& text) {
  text += fmt::format("{}<- {}\n", indent, step_text(plan, id));
  for (const NodeId input : inputs_of(plan.nodes[id].operation)) add_tree(plan, input, indent + "   ", text);
}

std::string fill_text(const Fill& fill) {
  return fmt::format("  filled by init-db: one row per day of {} from {} to {}\n", fill.column,
                     to_text(fill.from).substr(0, 10), to_text(fill.to).substr(0, 10));
}

std::string table_sink_text(const PlanFacts& facts, std::size_t index) {
  const SinkNode& sink = facts.plan->sinks[index];
  const Connection& connection = facts.plan->connections[sink.connection];
  std::string text = fmt::format("sink {}: table {} of connection {} ({})\n", sink.table.sink,
                                 sink.table.table, connection.name, connection.definition->describe());
  text += fmt::format("  {}\n", guarantee(*facts.plan, sink));
  const std::string key =
      sink.table.key.empty()
          ? "no key, rows are appended"
          : fmt::format("key {}; on conflict {}", join(key_names(sink.table)), conflict_rule(sink.table));
  return text + fmt::format("  {}; written as number {} of its transaction\n", key, facts.written[index]);
}

std::string outlet_text(const Plan& plan, const SinkNode& sink) {
  const Connection& books = plan.connections[sink.connection];
  std::string text = fmt::format("sink {}: {}\n  {}\n  books in {}\n", sink.table.sink, sink.outlet->describe(), guarantee(plan, sink),
                                 books.definition->describe());
  if (sink.limit) text += fmt::format("  shows the first {} of a run\n", times(*sink.limit, "row"));
  if (sink.table.key.empty()) return text + "  no key, every row is given\n";
  return text + fmt::format("  key {}; of the rows of an epoch with one key the last is given\n", join(key_names(sink.table)));
}

std::string sink_text(const PlanFacts& facts, std::size_t index) {
  const Plan& plan = *facts.plan;
  const SinkNode& sink = plan.sinks[index];
  std::string text = sink.outlet == nullptr ? table_sink_text(facts, index) : outlet_text(plan, sink);
  for (const ForeignKey& reference : sink.table.references) {
    text += fmt::format("  {} refers to {}\n", join(reference.columns), reference.table);
  }
  if (aggregate_above(plan.nodes, sink.input)) text += fmt::format("  rows are written {}\n", emit_text(sink.emit));
  if (sink.fill) text += fill_text(*sink.fill);
  std::size_t width = 0;
  for (const Field& field : sink.table.schema.fields) width = std::max(width, column_text(field).size());
  for (std::size_t i = 0; i < sink.expressions.size(); ++i) {
    text += fmt::format("  {:<{}} = {}\n", column_text(sink.table.schema.fields[i]), width,
                        print(*sink.expressions[i]));
  }
  add_tree(plan, sink.input, "  ", text);
  return text;
}

}  // namespace

std::string explain_text(const PlanFacts& facts) {
  std::string text = fmt::format("pipeline {} (plan {})\n\n", facts.plan->name, facts.fingerprint);
  for (const StageFacts& stage : facts.stages) text += stage_text(*facts.plan, stage);
  for (const JoinStage& join : fuse_joins(*facts.plan)) text += join_stage_text(*facts.plan, join);
  for (const GroupStage& groups : fuse_groups(*facts.plan)) text += groups_text(*facts.plan, groups);
  for (const PlanTable& table : facts.plan->tables) text += fmt::format("table {}: {}\n  {}\n\n", table.shape.table, table.definition->describe(), table_text(table));
  for (std::size_t i = 0; i < facts.plan->sinks.size(); ++i)
    text += (i == 0 ? "" : "\n") + sink_text(facts, i);
  return text + reports_text(facts);
}

}  // namespace weir
