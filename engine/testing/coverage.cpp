// coverage.cpp — hangs an outlet on every stream that something reads, which is given the conditions of those who do.
#include "engine/testing/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "engine/testing/memory_rows.h"
#include "engine/testing/test_run.h"

namespace weir {
namespace {

constexpr std::size_t always = ~std::size_t{0};

/// What is counted of a row that a probe is given, where `guard` (an earlier mark) holds.
struct Mark {
  std::size_t guard = always;
  std::size_t place = 0;
  std::vector<std::size_t> not_columns;  // conditions that are not true,
  std::size_t column = always;           // and the one that is; always: none is asked
};

struct Probe {
  NodeId node = 0;
  std::vector<ExpressionPtr> conditions;
  std::vector<Mark> marks;
};

class ProbePlan {
 public:
  explicit ProbePlan(const Plan& plan) : plan_(plan) {
    for (NodeId node = 0; node < plan.nodes.size(); ++node) std::visit([&](const auto& operation) { read(node, operation); }, plan.nodes[node].operation);
    for (const SinkNode& sink : plan.sinks) {
      for (const ExpressionPtr& expression : sink.expressions) visit(sink.input, *expression, always);
      count_rows(sink.input, "sink", "sink " + sink.table.sink, sink.where);
    }
  }

  std::vector<CoveredPlace> places;
  std::map<NodeId, Probe> probes;

 private:
  // Steps of a sink have no name: where they stand tells.
  std::string stream(NodeId node) const {
    const std::string& name = plan_.nodes[node].name;
    return name.empty() ? "" : "stream " + name + ": ";
  }

  void read(NodeId node, const ScanNode& scan) { count_rows(node, "source", "source " + scan.source, {}); }
  void read(NodeId node, const FilterNode& filter) {
    const std::string text = stream(node) + "where " + print(*filter.predicate);
    const std::size_t condition = column_of(filter.input, filter.predicate);
    mark(filter.input, {always, place("condition", text + " keeps a row", filter.predicate->where), {}, condition});
    mark(filter.input, {always, place("condition", text + " leaves a row out", filter.predicate->where), {condition}, always});
    visit(filter.input, *filter.predicate, always);
  }
  void read(NodeId, const ProjectNode& project) { visit_all(project.input, project.expressions); }
  void read(NodeId, const UnionNode&) {}
  void read(NodeId node, const ExplodeNode& explode) {
    visit_all(explode.input, explode.call.arguments);
    count_rows(node, "step", stream(node) + "explode", {});
  }
  void read(NodeId node, const DedupNode& dedup) {
    visit_all(dedup.input, dedup.keys);
    count_rows(node, "step", stream(node) + "dedup", dedup.keys.front()->where);
  }
  void read(NodeId node, const JoinNode& join) {
    visit_all(join.input, join.keys);
    visit_all(join.input, join.expressions);
    count_rows(node, "step", stream(node) + "join " + plan_.tables[join.table].shape.table, join.keys.empty() ? Location{} : join.keys.front()->where);
  }
  void read(NodeId node, const StreamJoinNode& join) {
    visit_all(join.input, join.keys);
    visit_all(join.joined, join.joined_keys);
    count_rows(node, "step", stream(node) + "join " + join.name, join.keys.front()->where);
  }
  void read(NodeId node, const AggregateNode& aggregate) {
    visit_all(aggregate.input, aggregate.keys);
    for (const AggregateNode::Call& call : aggregate.calls) {
      visit_all(aggregate.input, call.bound.arguments);
      if (call.filter != nullptr) visit(aggregate.input, *call.filter, always);
    }
    count_rows(node, "step", stream(node) + "aggregate", aggregate.keys.empty() ? Location{} : aggregate.keys.front()->where);
  }
  void read(NodeId, const OverNode&) {}

  std::size_t place(std::string kind, std::string text, const Location& where) {
    const auto found = std::find_if(places.begin(), places.end(), [&](const CoveredPlace& one) { return one.kind == kind && one.text == text; });
    if (found != places.end()) return static_cast<std::size_t>(found - places.begin());
    places.push_back({std::move(kind), std::move(text), where});
    return places.size() - 1;
  }
  void count_rows(NodeId node, const char* kind, std::string text, const Location& where) { mark(node, {always, place(kind, std::move(text), where), {}, always}); }

  Probe& probe(NodeId node) {
    Probe& one = probes[node];
    one.node = node;
    return one;
  }
  std::size_t mark(NodeId node, Mark mark) {
    probe(node).marks.push_back(std::move(mark));
    return probe(node).marks.size() - 1;
  }
  std::size_t column_of(NodeId node, const ExpressionPtr& condition) {
    probe(node).conditions.push_back(condition);
    return probe(node).conditions.size() - 1;
  }

  void visit_all(NodeId node, const std::vector<ExpressionPtr>& expressions) {
    for (const ExpressionPtr& expression : expressions) visit(node, *expression, always);
  }
  void visit(NodeId node, const Expression& expression, std::size_t guard) {
    const auto* call = std::get_if<Call>(&expression.node);
    if (call == nullptr) return;
    const std::string& name = call->function->name;
    if (name == "case") return visit_case(node, expression, *call, guard);
    const bool is_the_users = !call->function->is_operator && !is_lookup(call->function);
    if (is_the_users) mark(node, {guard, place("function", "function " + name, expression.where), {}, always});
    for (const ExpressionPtr& argument : call->arguments) visit(node, *argument, guard);
  }
  // Conditions and values in turn, then perhaps what stands behind ELSE.
  void visit_case(NodeId node, const Expression& expression, const Call& call, std::size_t guard) {
    std::vector<std::size_t> before;
    std::size_t i = 0;
    for (; i + 1 < call.arguments.size(); i += 2) {
      const ExpressionPtr& condition = call.arguments[i];
      visit(node, *condition, guard);
      const std::size_t column = column_of(node, condition);
      const Location& where = condition->where.is_known() ? condition->where : expression.where;
      const std::size_t branch = mark(node, {guard, place("branch", fmt::format("{}CASE WHEN {}", stream(node), print(*condition)), where), before, column});
      visit(node, *call.arguments[i + 1], branch);
      before.push_back(column);
    }
    if (i == call.arguments.size()) return;
    const std::size_t otherwise = mark(node, {guard, place("branch", fmt::format("{}ELSE of {}", stream(node), print(expression)), expression.where), before, always});
    visit(node, *call.arguments[i], otherwise);
  }

  bool is_lookup(const Function* function) const {
    return std::any_of(plan_.tables.begin(), plan_.tables.end(), [&](const PlanTable& table) { return table.function.get() == function; });
  }

  const Plan& plan_;
};

/// Counts from any thread.
class ProbeOutlet final : public Outlet {
 public:
  ProbeOutlet(const Probe& probe, std::vector<CoveredPlace>& places, std::mutex& mutex) : probe_(probe), places_(places), mutex_(mutex) {}

  Status write(const SinkTable& table, std::span<const RowReference> rows) override {
    std::vector<std::string_view> bytes;
    for (const RowReference& reference : rows) {
      const EncodedRow& row = reference.rows->rows[reference.index];
      bytes.push_back(std::string_view(reference.rows->bytes).substr(row.offset, row.size));
    }
    const std::scoped_lock lock(mutex_);
    for (const RowOfValues& row : read_memory_rows(table.schema, bytes)) count(row);
    return {};
  }

 private:
  static bool is_true(const Value& value) { return !value.is_null() && std::get<bool>(value.data); }

  void count(const RowOfValues& row) {
    std::vector<bool> holds(probe_.marks.size());
    for (std::size_t i = 0; i < probe_.marks.size(); ++i) {
      const Mark& mark = probe_.marks[i];
      holds[i] = (mark.guard == always || holds[mark.guard]) && (mark.column == always || is_true(row[mark.column])) &&
                 std::none_of(mark.not_columns.begin(), mark.not_columns.end(), [&](std::size_t column) { return is_true(row[column]); });
      if (holds[i]) ++places_[mark.place].rows;
    }
  }

  const Probe& probe_;
  std::vector<CoveredPlace>& places_;
  std::mutex& mutex_;
};

class ProbeDefinition final : public OutletDefinition {
 public:
  ProbeDefinition(const Probe& probe, std::vector<CoveredPlace>& places, std::mutex& mutex) : probe_(probe), places_(places), mutex_(mutex) {}
  Result<std::unique_ptr<Outlet>> open() const override { return std::unique_ptr<Outlet>(std::make_unique<ProbeOutlet>(probe_, places_, mutex_)); }
  std::unique_ptr<RowEncoder> encoder(const SinkTable& table) const override { return make_memory_encoder(table); }
  std::string describe() const override { return "a counter"; }
  std::string fingerprint() const override { return "counter"; }
  void check_table(const SinkTable&, const Location&, Diagnostics&) const override {}

 private:
  const Probe& probe_;
  std::vector<CoveredPlace>& places_;
  std::mutex& mutex_;
};

}  // namespace

struct Coverage::Counters {
  explicit Counters(const Plan& plan) : own_sinks(plan.sinks.size()), probes(plan), probed(plan) {
    for (const auto& [node, probe] : probes.probes) {
      SinkNode sink;
      sink.input = node;
      sink.connection = plan.sinks.front().connection;
      sink.table.sink = sink.table.table = fmt::format("(counter {})", node);
      sink.outlet = std::make_shared<ProbeDefinition>(probe, probes.places, mutex);
      sink.expressions = probe.conditions;
      // A row of nothing is none: there is a column at least.
      sink.expressions.push_back(make_literal(Value{boolean_type, true}));
      for (std::size_t i = 0; i < sink.expressions.size(); ++i) sink.table.schema.fields.push_back({fmt::format("c{}", i), boolean_type, true});
      probed.sinks.push_back(std::move(sink));
    }
  }

  const std::size_t own_sinks;
  std::mutex mutex;
  ProbePlan probes;
  Plan probed;
};

Coverage::Coverage(const Plan& plan) : counters_(std::make_unique<Counters>(plan)) {}
Coverage::~Coverage() = default;
Coverage::Coverage(Coverage&&) noexcept = default;

Status Coverage::add(const PipelineTest& test) { return walk_once(counters_->probed, counters_->own_sinks, test); }

std::vector<CoveredPlace> Coverage::places() const { return counters_->probes.places; }

}  // namespace weir
