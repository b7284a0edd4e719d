// fingerprint.cpp — hashes what decides a plan's results, in the fused form, so that two ways to write one
// plan are equal.
#include <fmt/format.h>

#include <algorithm>

#include "engine/data/hash.h"
#include "engine/plan/stage.h"

namespace weir {
namespace {

// Texts are preceded by their length, so that no two plans give one canonical text.
void add(std::string& out, const std::string& text) { out += fmt::format("{}:{}\n", text.size(), text); }

void add_field(std::string& out, const Field& field) {
  add(out, fmt::format("{} {}{}", field.name, to_string(field.type), field.nullable ? "" : " not null"));
}

void add_expression(std::string& out, const ExpressionPtr& expression) {
  add(out, expression == nullptr ? "true" : print(*expression) + " " + to_string(expression->type));
}

void add_stage(std::string& out, const Plan& plan, const Stage& stage) {
  const auto& scan = std::get<ScanNode>(plan.nodes[stage.scan].operation);
  for (const std::string& text : {scan.source, scan.connector, scan.definition->fingerprint(),
                                  scan.format_name, scan.format->describe()}) {
    add(out, text);
  }
  add(out, std::to_string(static_cast<int>(scan.on_error.reaction)));
  for (const DecodedColumn& column : stage.columns) {
    add_field(out, column.field);
    add(out, (column.is_metadata ? "metadata " : "from ") + column.from);
  }
  for (const Branch& branch : stage.branches) {
    add(out, plan.sinks[branch.sink].table.sink);
    add_expression(out, branch.predicate);
    for (const ExpressionPtr& output : branch.outputs) add_expression(out, output);
  }
}

void add_sink(std::string& out, const SinkNode& sink) {
  add(out, sink.table.sink);
  add(out, sink.table.table);
  for (const Field& field : sink.table.schema.fields) add_field(out, field);
  for (const std::size_t key : sink.table.key) add(out, std::to_string(key));
  add(out, std::to_string(static_cast<int>(sink.table.on_conflict)));
  if (sink.table.on_conflict == OnConflict::update_newer) add(out, std::to_string(sink.table.newer_by));
}

}  // namespace

std::string fingerprint(const Plan& plan) {
  std::string text;
  add(text, plan.name);
  // The order of sources and of sinks in the file decides nothing.
  std::vector<std::string> parts;
  for (const Stage& stage : fuse(plan)) add_stage(parts.emplace_back(), plan, stage);
  for (const SinkNode& sink : plan.sinks) add_sink(parts.emplace_back(), sink);
  std::sort(parts.begin(), parts.end());
  for (const std::string& part : parts) add(text, part);
  return fmt::format("{:016x}", hash_bytes(text).low);
}

}  // namespace weir
