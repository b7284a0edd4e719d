// look.cpp — cuts out of a plan what one stream needs.
#include "engine/plan/look.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/nearest_name.h"
#include "engine/component/unheard_source.h"
#include "engine/plan/builder_messages.h"

namespace weir {
namespace {

constexpr Duration until_the_end = std::chrono::hours(24) * 36'500;

/// What is needed of a plan, under new numbers.
class NeededPart {
 public:
  explicit NeededPart(const Plan& plan) : plan_(plan), numbers_(plan.nodes.size()), tables_(plan.tables.size()) {}

  /// The number of `node` in part().
  NodeId take(NodeId node) {
    if (numbers_[node]) return *numbers_[node];
    PlanNode copy = plan_.nodes[node];
    std::visit([&](auto& operation) { take_inputs(operation); }, copy.operation);
    part_.nodes.push_back(std::move(copy));
    numbers_[node] = part_.nodes.size() - 1;
    return *numbers_[node];
  }
  Plan part() && { return std::move(part_); }

 private:
  void take_inputs(ScanNode& scan) { scan.definition = unheard(std::move(scan.definition)); }
  void take_inputs(UnionNode& united) {
    for (NodeId& input : united.inputs) input = take(input);
  }
  void take_inputs(StreamJoinNode& joined) {
    joined.input = take(joined.input);
    joined.joined = take(joined.joined);
  }
  void take_inputs(JoinNode& joined) {
    joined.input = take(joined.input);
    std::optional<std::size_t>& number = tables_[joined.table];
    if (!number) {
      part_.tables.push_back(plan_.tables[joined.table]);
      number = part_.tables.size() - 1;
    }
    joined.table = *number;
  }
  template <typename Node>
  void take_inputs(Node& node) {
    node.input = take(node.input);
  }

  const Plan& plan_;
  std::vector<std::optional<NodeId>> numbers_;
  std::vector<std::optional<std::size_t>> tables_;
  Plan part_;
};

SinkNode sink_of_stream(const Plan& plan, const std::string& name, NodeId node) {
  SinkNode sink;
  sink.input = node;
  sink.table.sink = name;
  sink.table.schema = plan.nodes[node].schema;
  for (std::size_t i = 0; i < sink.table.schema.fields.size(); ++i) sink.expressions.push_back(make_column(i, sink.table.schema.fields[i]));
  return sink;
}

Result<std::vector<SinkNode>> find(const Plan& plan, const std::string& name) {
  if (name.empty()) return plan.sinks;
  std::vector<std::string> names;
  for (const SinkNode& sink : plan.sinks) {
    if (sink.table.sink == name) return std::vector<SinkNode>{sink};
    names.push_back(sink.table.sink);
  }
  for (const auto& [stream, node] : plan.streams) {
    if (stream == name) return std::vector<SinkNode>{sink_of_stream(plan, name, node)};
    if (std::find(names.begin(), names.end(), stream) == names.end()) names.push_back(stream);
  }
  const std::string near = nearest_name(name, names);
  return Error{ErrorKind::usage, fmt::format("no sink, stream or source is called {}{}", name,
                                             near.empty() ? fmt::format(" (there are: {})", join(names)) : fmt::format(" (did you mean {}?)", near))};
}

}  // namespace

Result<Plan> look_at(const Plan& plan, const LookRequest& request, Connection books, const MakeOutlet& make_outlet) {
  WEIR_ASSIGN(std::vector<SinkNode> sinks, find(plan, request.name));
  NeededPart needed(plan);
  for (SinkNode& sink : sinks) {
    sink.input = needed.take(sink.input);
    sink.outlet = make_outlet(sink.table.sink);
    sink.connection = 0;
    sink.table.table = sink.table.sink;
    sink.table.key.clear();  // rows are shown as they come, also those that take the place of others
    sink.table.on_conflict = OnConflict::update;
    sink.table.references.clear();
    sink.fill.reset();
    sink.emit = request.at_end ? Emit{Emit::Kind::every, until_the_end} : Emit{};
    sink.limit = std::min(sink.limit.value_or(request.rows), request.rows);
  }
  Plan result = std::move(needed).part();
  result.name = plan.name;
  result.connections.push_back(std::move(books));
  result.sinks = std::move(sinks);
  result.state = plan.state;
  result.conjunction = plan.conjunction;
  return result;
}

}  // namespace weir
