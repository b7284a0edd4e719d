// build_plan.cpp — walks the syntax tree into the plan builder.
#include "dsl/build_plan.h"

#include <fmt/format.h>

#include "dsl/knowledge.h"
#include "dsl/sink_target.h"
#include "dsl/stream_order.h"
#include "engine/plan/builder.h"
#include "engine/plan/builder_messages.h"

namespace weir {
namespace {

std::vector<PlanBuilder::NamedAst> named(const std::vector<NamedExpression>& columns) {
  std::vector<PlanBuilder::NamedAst> result;
  for (const NamedExpression& column : columns)
    result.push_back({column.name.text, column.expression.get(), column.name.where});
  return result;
}

std::vector<PlanBuilder::NamedPlace> placed(const std::vector<Name>& names) {
  std::vector<PlanBuilder::NamedPlace> result;
  for (const Name& name : names) result.push_back({name.text, name.where});
  return result;
}

template <typename Spec>
std::vector<std::string> names_of(const std::vector<Spec>& specs) {
  std::vector<std::string> names;
  for (const Spec& spec : specs) names.push_back(spec.name);
  return names;
}

class PlanWalk {
 public:
  PlanWalk(const PipelineSyntax& pipeline, const Registry& registry, Diagnostics& diagnostics, Knowledge* knowledge)
      : knowledge_(knowledge),
        pipeline_(pipeline),
        registry_(registry),
        diagnostics_(diagnostics),
        builder_(pipeline.name.text, registry, diagnostics) {}

  std::optional<Plan> run() {
    for (const SettingSyntax& setting : pipeline_.settings)
      builder_.add_setting(setting.name.text, setting.name.where, setting.value);
    for (const ConnectionSyntax& connection : pipeline_.connections) {
      if (connection.is_broken) {
        builder_.name_broken_connection(connection.name.text);
      } else {
        builder_.add_connection(connection.name.text, connection.options);
      }
    }
    if (pipeline_.state_limits_where.is_known()) builder_.set_state_limits(pipeline_.state_limits, pipeline_.state_limits_where);
    if (pipeline_.state) builder_.set_books(pipeline_.state->text, pipeline_.state->where);
    for (const SourceSyntax& source : pipeline_.sources) add_source(source);
    for (const TableSyntax& table : pipeline_.tables) add_table(table);
    const StreamOrder order = stream_order(pipeline_);
    report_circle(order.circle);
    for (const StreamSyntax* stream : order.stuck)
      builder_.name_broken_stream(stream->name.text, stream->name.where);
    for (const StreamSyntax* stream : order.streams) add_stream(*stream);
    for (const SinkSyntax& sink : pipeline_.sinks) add_sink(sink);
    if (pipeline_.is_broken) return std::nullopt;
    return builder_.finish();
  }

 private:
  void add_source(const SourceSyntax& source) {
    if (source.is_broken || !knows_connector_and_format(source)) {
      builder_.name_broken_stream(source.name.text, source.name.where);
      return;
    }
    const std::optional<NodeId> scan =
        builder_.add_source(source.name.text, source.name.where, source.connector.text, source.format.text, source.options, source.columns, source.on_error);
    if (!scan) return;
    std::vector<PlanBuilder::NamedAst> checks;
    for (const CheckSyntax& check : source.checks) checks.push_back({check.column.text, check.predicate.get(), check.column.where});
    PlanBuilder::SourceRules rules{std::move(checks), named(source.computed), std::nullopt, {}};
    if (source.time) {
      rules.time_column = PlanBuilder::NamedPlace{source.time->column.text, source.time->column.where};
      rules.time = source.time->rules;
    }
    builder_.refine_source(*scan, rules);
    if (knowledge_ == nullptr) return;
    if (const Schema* columns = builder_.schema_of(source.name.text)) knowledge_->sources[source.name.text] = *columns;
  }

  void add_table(const TableSyntax& table) {
    const Name& name = table.name;
    if (table.is_broken) return builder_.name_broken_table(name.text, name.where);
    const auto place = [](const std::optional<Name>& given) { return given ? PlanBuilder::NamedPlace{given->text, given->where} : PlanBuilder::NamedPlace{}; };
    PlanBuilder::TableRequest request{name.text, name.where, place(table.type), std::nullopt, table.options, table.columns, placed(table.key), table.refresh};
    if (table.connection) request.connection = place(table.connection);
    builder_.add_table(request);
  }

  // The builder knows one place per source; here each name has its own.
  bool knows_connector_and_format(const SourceSyntax& source) {
    const bool knows_connector = registry_.find_source(source.connector.text) != nullptr;
    const bool knows_format =
        source.format.text.empty() || registry_.find_format(source.format.text) != nullptr;
    if (!knows_connector) {
      diagnostics_.error(unknown("W0206", "type of source", source.connector.text, names_of(registry_.sources),
                                 source.connector.where));
    }
    if (!knows_format)
      diagnostics_.error(
          unknown("W0206", "format", source.format.text, names_of(registry_.formats), source.format.where));
    return knows_connector && knows_format;
  }

  void report_circle(const std::vector<const StreamSyntax*>& circle) {
    if (circle.empty()) return;
    std::string names;
    for (const StreamSyntax* stream : circle) names += stream->name.text + " reads ";
    names += circle.front()->name.text;
    Error error = Error{ErrorKind::user, fmt::format("streams read each other in a circle: {}", names), circle.front()->name.where}.as("W0213");
    for (std::size_t i = 0; i < circle.size(); ++i) {
      const std::string& next = circle[(i + 1) % circle.size()]->name.text;
      const std::vector<Name> inputs = read_by(*circle[i]);
      const auto input = std::find_if(inputs.begin(), inputs.end(), [&](const Name& one) { return one.text == next; });
      if (input != inputs.end()) error = Error(error).with_note(fmt::format("{} reads {} here", circle[i]->name.text, next), input->where);
    }
    diagnostics_.error(std::move(error));
  }

  void add_stream(const StreamSyntax& stream) {
    for (const Step& step : stream.steps) {
      const auto* limit = std::get_if<LimitStep>(&step);
      if (limit != nullptr) refuse_limit(limit->where, fmt::format("stream {} has a limit, and what reads it would get rows by the order in which they come", stream.name.text));
    }
    if (const std::optional<NodeId> node = apply_steps(stream, knowledge_ == nullptr ? nullptr : &knowledge_->streams[stream.name.text])) {
      builder_.name_stream(stream.name.text, *node, stream.name.where);
    } else {
      builder_.name_broken_stream(stream.name.text, stream.name.where);
    }
  }

  /// `known`: gets the columns before each step, and behind the last; or null.
  std::optional<NodeId> apply_steps(const StreamSyntax& stream, std::vector<Schema>* known) {
    const auto remember = [&](NodeId node) {
      if (known != nullptr) known->push_back(builder_.schema(node));
    };
    std::optional<NodeId> node = input_of(stream);
    for (const Step& step : stream.steps) {
      if (!node) return std::nullopt;
      if (builder_.refuse_steps(*node, stream.name.where)) return std::nullopt;
      remember(*node);
      node = std::visit([&](const auto& one) { return apply(*node, one, stream.where); }, step);
    }
    if (node) remember(*node);
    if (stream.is_broken) return std::nullopt;
    return node;
  }

  void refuse_limit(const Location& where, std::string message) {
    diagnostics_.error(Error{ErrorKind::user, std::move(message), where}.as("W0422").with_hint("a limit is for looking at data: the last step of a sink of type console; weir run FILE --print NAME --limit N looks at any stream without one"));
  }

  /// How many rows a sink shows. What comes behind a limit may only choose columns.
  std::optional<std::size_t> limit_of(const SinkSyntax& sink, bool is_outlet) {
    std::optional<std::size_t> rows;
    const std::string& name = sink.stream.name.text;
    for (const Step& step : sink.stream.steps) {
      const auto* limit = std::get_if<LimitStep>(&step);
      const bool chooses_columns = std::holds_alternative<SelectStep>(step) || std::holds_alternative<DropStep>(step) || std::holds_alternative<RenameStep>(step);
      if (limit != nullptr && !is_outlet) {
        refuse_limit(limit->where, fmt::format("sink {} is a table, and which rows a limit leaves there would depend on the order in which they come", name));
        return std::nullopt;
      }
      if (limit != nullptr) {
        rows = std::min(rows.value_or(limit->rows), limit->rows);
      } else if (rows && !chooses_columns) {
        refuse_limit(sink.stream.where, fmt::format("sink {} has a limit before other steps, which would see rows by the order in which they come", name));
        return std::nullopt;
      }
    }
    return rows;
  }

  std::optional<NodeId> input_of(const StreamSyntax& stream) {
    const std::optional<std::vector<NodeId>> nodes = find_all(stream.inputs);
    if (!nodes || nodes->empty()) return std::nullopt;
    return nodes->size() == 1 ? nodes->front() : builder_.unite(*nodes, stream.inputs[1].where);
  }

  std::optional<std::vector<NodeId>> find_all(const std::vector<Name>& names) {
    std::vector<NodeId> nodes;
    for (const Name& name : names) {
      if (const std::optional<NodeId> node = builder_.find_stream(name.text, name.where))
        nodes.push_back(*node);
    }
    if (nodes.size() != names.size()) return std::nullopt;
    return nodes;
  }

  // A step that keeps columns as they are and is wrong: what follows is looked at all the same.
  std::optional<NodeId> apply(NodeId input, const WhereStep& step, const Location&) { return builder_.filter(input, *step.predicate).value_or(input); }
  std::optional<NodeId> apply(NodeId input, const SelectStep& step, const Location&) {
    return builder_.select(input, named(step.columns));
  }
  std::optional<NodeId> apply(NodeId input, const ExtendStep& step, const Location&) {
    return builder_.extend(input, named(step.columns));
  }
  std::optional<NodeId> apply(NodeId input, const DropStep& step, const Location&) {
    return builder_.drop(input, placed(step.columns)).value_or(input);
  }
  std::optional<NodeId> apply(NodeId input, const RenameStep& step, const Location&) {
    std::vector<PlanBuilder::Renaming> renamings;
    for (const auto& [from, to] : step.columns)
      renamings.push_back({{from.text, from.where}, {to.text, to.where}});
    return builder_.rename(input, renamings);
  }
  std::optional<NodeId> apply(NodeId input, const ExplodeStep& step, const Location&) {
    PlanBuilder::ExplodeRequest request{step.of.get(), placed(step.as), std::nullopt, step.keep_empty, step.of->where};
    if (step.position) request.position = PlanBuilder::NamedPlace{step.position->text, step.position->where};
    return builder_.explode(input, request);
  }
  std::optional<NodeId> apply(NodeId input, const AggregateStep& step, const Location&) {
    return builder_.aggregate(input, {step.window.get(), named(step.by), named(step.columns), step.where});
  }
  std::optional<NodeId> apply(NodeId input, const DedupStep& step, const Location&) {
    return builder_.dedup(input, {named(step.key), step.within, step.where}).value_or(input);
  }
  std::optional<NodeId> apply(NodeId input, const JoinStep& step, const Location&) {
    return builder_.join_table(
        input, {{step.table.text, step.table.where}, named(step.keys), step.is_left, placed(step.columns), named(step.select), step.where, !step.has_select});
  }
  std::optional<NodeId> apply(NodeId input, const StreamJoinStep& step, const Location&) {
    const std::optional<NodeId> joined = builder_.find_stream(step.stream.text, step.stream.where);
    if (!joined) return std::nullopt;
    return builder_.join_streams(input, {*joined, {step.as.text, step.as.where}, named(step.keys), step.bounds, step.is_left, step.condition.get(),
                                         placed(step.columns), named(step.select), step.where, !step.has_select});
  }
  std::optional<NodeId> apply(NodeId input, const LimitStep&, const Location&) { return input; }  // of the sink: limit_of()
  std::optional<NodeId> apply(NodeId input, const UnionStep& step, const Location&) {
    std::optional<std::vector<NodeId>> nodes = find_all(step.streams);
    if (!nodes) return std::nullopt;
    nodes->insert(nodes->begin(), input);
    return builder_.unite(*nodes, step.streams.front().where);
  }

  void add_sink(const SinkSyntax& sink) {
    const std::optional<NodeId> node = apply_steps(sink.stream, knowledge_ == nullptr ? nullptr : &knowledge_->sinks[sink.stream.name.text]);
    const std::optional<SinkTarget> target = find_target(sink, pipeline_, registry_, builder_, diagnostics_);
    if (!node || !target) return;
    PlanBuilder::SinkRequest request;
    request.name = sink.stream.name.text;
    request.where = sink.stream.name.where;
    request.connection = target->connection;
    request.outlet = target->outlet;
    request.limit = limit_of(sink, target->outlet != nullptr);
    request.table = sink.table;
    request.key = placed(sink.key);
    request.on_conflict = sink.on_conflict;
    if (sink.newer_by) request.newer_by = PlanBuilder::NamedPlace{sink.newer_by->text, sink.newer_by->where};
    request.references = sink.references;
    if (sink.emit) request.emit_where = sink.emit_where;
    request.emit = sink.emit ? sink.emit : pipeline_.emit;
    if (sink.fill) {
      const FillSyntax& fill = *sink.fill;
      request.fill = PlanBuilder::SinkRequest::FillRequest{
          {fill.column.text, fill.column.where}, fill.from, fill.to, fill.where};
    }
    builder_.add_sink(*node, std::move(request));
  }

  Knowledge* knowledge_;
  const PipelineSyntax& pipeline_;
  const Registry& registry_;
  Diagnostics& diagnostics_;
  PlanBuilder builder_;
};

}  // namespace

std::optional<Plan> build_plan(const PipelineSyntax& pipeline, const Registry& registry, Diagnostics& diagnostics, Knowledge* knowledge) {
  return PlanWalk(pipeline, registry, diagnostics, knowledge).run();
}

}  // namespace weir
