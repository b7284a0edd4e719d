// symbols.cpp — what the names of a pipeline mean and where they stand.
#include "dsl/language_server/symbols.h"

#include <algorithm>

#include "dsl/language_server/scope.h"
#include "engine/expression/name_resolution.h"
#include "engine/plan/calls_in.h"

namespace weir {
namespace {

using Kind = Mention::Kind;

bool is_same_place(const Location& a, const Location& b) { return a.source == b.source && a.line == b.line && a.column == b.column && a.length == b.length; }

std::string joined(const std::vector<std::string>& parts) {
  std::string name;
  for (const std::string& part : parts) name += (name.empty() ? "" : ".") + part;
  return name;
}

}  // namespace

Symbols::Symbols(const Knowledge& knowledge) : knowledge_(knowledge) {
  if (!knowledge.syntax) return;
  const PipelineSyntax& pipeline = *knowledge.syntax;
  for (const ConnectionSyntax& connection : pipeline.connections) add(Kind::connection, connection.name, true);
  for (const FunctionSyntax& function : pipeline.functions) add(Kind::function, function.name, true);
  for (const SourceSyntax& source : pipeline.sources) add_source(source);
  for (const TableSyntax& table : pipeline.tables) add_table(table);
  for (const StreamSyntax& stream : pipeline.streams) add_stream(stream);
  for (const ReportSyntax& report : pipeline.reports) {
    add(Kind::report, report.name, true);
    if (report.connection) add(Kind::connection, *report.connection, false);
  }
  is_sink_ = true;
  for (const SinkSyntax& sink : pipeline.sinks) {
    add_stream(sink.stream);
    const std::size_t last = sink.stream.steps.size();
    if (sink.connection) add(Kind::connection, *sink.connection, false);
    for (const Name& key : sink.key) add_column(key, sink.stream, last);
    if (sink.newer_by) add_column(*sink.newer_by, sink.stream, last);
    if (sink.fill) add_column(sink.fill->column, sink.stream, last);
  }
}

void Symbols::add(Kind kind, const Name& name, bool is_definition) {
  if (name.where.is_known() && !name.text.empty()) mentions_.push_back({kind, name.text, name.where, is_definition});
}

void Symbols::add_column(const Name& name, const StreamSyntax& stream, std::size_t step, bool is_definition) {
  if (name.where.is_known()) mentions_.push_back({Kind::column, name.text, name.where, is_definition, stream.name.text, is_sink_, step});
}

void Symbols::add_source(const SourceSyntax& source) {
  add(Kind::source, source.name, true);
  const auto columns = knowledge_.sources.find(source.name.text);
  const Schema* schema = columns == knowledge_.sources.end() ? nullptr : &columns->second;
  const Mention owner{Kind::column, "", {}, false, source.name.text};
  const auto define = [&](const std::string& name, const Location& where) {
    mentions_.push_back({Kind::column, name, where, true, source.name.text});
  };
  for (const SourceColumn& column : source.columns) define(column.decoded.field.name, column.where);
  for (const CheckSyntax& check : source.checks) add_expression(check.predicate.get(), owner, schema);
  for (const NamedExpression& column : source.computed) {
    define(column.name.text, column.name.where);
    add_expression(column.expression.get(), owner, schema);
  }
  if (source.time) mentions_.push_back({Kind::column, source.time->column.text, source.time->column.where, false, source.name.text});
}

void Symbols::add_table(const TableSyntax& table) {
  add(Kind::table, table.name, true);
  if (table.connection) add(Kind::connection, *table.connection, false);
  for (const SourceColumn& column : table.columns) mentions_.push_back({Kind::column, column.decoded.field.name, column.where, true, table.name.text});
  for (const Name& key : table.key) mentions_.push_back({Kind::column, key.text, key.where, false, table.name.text});
}

Kind Symbols::kind_of_relation(const std::string& name) const {
  const auto& sources = knowledge_.syntax->sources;
  const bool is_source = std::any_of(sources.begin(), sources.end(), [&](const SourceSyntax& one) { return one.name.text == name; });
  return is_source ? Kind::source : Kind::stream;
}

void Symbols::add_stream(const StreamSyntax& stream) {
  add(is_sink_ ? Kind::sink : Kind::stream, stream.name, true);
  for (const Name& input : stream.inputs) add(kind_of_relation(input.text), input, false);
  for (std::size_t at = 0; at < stream.steps.size(); ++at) add_step(stream, stream.steps[at], at);
}

void Symbols::add_expression(const Ast* ast, const Mention& owner, const Schema* columns) {
  if (ast == nullptr) return;
  expressions_.push_back({ast, columns});
  for_each_part(*ast, [&](const Ast& part) {
    if (const auto* name = std::get_if<NameAst>(&part.node)) {
      Mention mention = owner;
      mention.name = joined(name->parts);
      mention.where = part.where;
      // A field of a struct: the column is what stands before it.
      if (columns != nullptr && name->parts.size() > 1 && !columns->index_of(mention.name) && columns->index_of(name->parts.front())) {
        mention.name = name->parts.front();
        mention.where.length = std::min<std::uint32_t>(mention.where.length, static_cast<std::uint32_t>(mention.name.size()));
      }
      mentions_.push_back(std::move(mention));
    }
    const auto* call = std::get_if<CallAst>(&part.node);
    if (call == nullptr) return true;
    const auto& functions = knowledge_.syntax->functions;
    const bool is_own = std::any_of(functions.begin(), functions.end(), [&](const FunctionSyntax& one) { return one.name.text == call->function; });
    if (!is_own) return true;
    Location where = part.where;
    where.length = static_cast<std::uint32_t>(call->function.size());
    mentions_.push_back({Kind::function, call->function, where});
    return true;
  });
}

void Symbols::add_step(const StreamSyntax& stream, const Step& step, std::size_t at) {
  const std::vector<Schema>* known = columns_of(stream.name.text, is_sink_);
  const Schema* before = known != nullptr && at < known->size() ? &(*known)[at] : nullptr;
  const Mention owner{Kind::column, "", {}, false, stream.name.text, is_sink_, at};
  const auto expression = [&](const AstPtr& ast) { add_expression(ast.get(), owner, before); };
  const auto named = [&](const std::vector<NamedExpression>& columns) {
    for (const NamedExpression& column : columns) {
      const bool is_bare = column.expression != nullptr && is_same_place(column.name.where, column.expression->where);
      if (!is_bare) add_column(column.name, stream, at + 1, true);
      expression(column.expression);
    }
  };
  const auto keys = [&](const std::vector<NamedExpression>& columns, const std::string& relation) {
    for (const NamedExpression& column : columns) {
      mentions_.push_back({Kind::column, column.name.text, column.name.where, false, relation});
      expression(column.expression);
    }
  };
  const auto of_relation = [&](const std::vector<Name>& columns, const std::string& relation) {
    for (const Name& column : columns) mentions_.push_back({Kind::column, column.text, column.where, false, relation});
  };
  const auto add_parts = [&](const auto& one) {
    using One = std::decay_t<decltype(one)>;
    if constexpr (std::is_same_v<One, WhereStep>) {
      expression(one.predicate);
    } else if constexpr (std::is_same_v<One, SelectStep> || std::is_same_v<One, ExtendStep>) {
      named(one.columns);
    } else if constexpr (std::is_same_v<One, DropStep>) {
      for (const Name& column : one.columns) add_column(column, stream, at);
    } else if constexpr (std::is_same_v<One, RenameStep>) {
      for (const auto& [from, to] : one.columns) {
        add_column(from, stream, at);
        add_column(to, stream, at + 1, true);
      }
    } else if constexpr (std::is_same_v<One, ExplodeStep>) {
      expression(one.of);
      for (const Name& column : one.as) add_column(column, stream, at + 1, true);
      if (one.position) add_column(*one.position, stream, at + 1, true);
    } else if constexpr (std::is_same_v<One, DedupStep>) {
      for (const NamedExpression& key : one.key) expression(key.expression);
    } else if constexpr (std::is_same_v<One, AggregateStep>) {
      expression(one.window);
      named(one.by);
      named(one.columns);
    } else if constexpr (std::is_same_v<One, JoinStep>) {
      add(Kind::table, one.table, false);
      keys(one.keys, one.table.text);
      of_relation(one.columns, one.table.text);
      named(one.select);
    } else if constexpr (std::is_same_v<One, StreamJoinStep>) {
      add(kind_of_relation(one.stream.text), one.stream, false);
      keys(one.keys, one.stream.text);
      expression(one.condition);
      of_relation(one.columns, one.stream.text);
      named(one.select);
    } else if constexpr (std::is_same_v<One, UnionStep>) {
      for (const Name& input : one.streams) add(kind_of_relation(input.text), input, false);
    }
  };
  std::visit(add_parts, step);
}

const std::vector<Schema>* Symbols::columns_of(const std::string& owner, bool is_of_sink) const {
  const auto& known = is_of_sink ? knowledge_.sinks : knowledge_.streams;
  const auto found = known.find(owner);
  return found == known.end() ? nullptr : &found->second;
}

const Mention* Symbols::find(const Document& document, std::size_t offset) const {
  const Mention* found = nullptr;
  std::size_t length = 0;
  for (const Mention& mention : mentions_) {
    if (mention.where.length == 0 || mention.where.source->name != document.path()) continue;
    const TextSpan span = document.span_of(mention.where);
    if (!span.holds(offset) || (found != nullptr && span.end - span.start >= length)) continue;
    found = &mention;
    length = span.end - span.start;
  }
  return found;
}

const StreamSyntax* Symbols::stream_of(const std::string& name, bool is_sink) const {
  if (is_sink) {
    for (const SinkSyntax& sink : knowledge_.syntax->sinks) {
      if (sink.stream.name.text == name) return &sink.stream;
    }
    return nullptr;
  }
  for (const StreamSyntax& stream : knowledge_.syntax->streams) {
    if (stream.name.text == name) return &stream;
  }
  return nullptr;
}

const TableSyntax* Symbols::table_of(const std::string& name) const {
  for (const TableSyntax& table : knowledge_.syntax->tables) {
    if (table.name.text == name) return &table;
  }
  return nullptr;
}

std::optional<Location> Symbols::definition_of(const Mention& mention) const {
  if (mention.kind == Kind::column) {
    const StreamSyntax* stream = stream_of(mention.owner, mention.is_of_sink);
    std::optional<Location> made = stream != nullptr ? column_before(*stream, mention.step, mention.name, 0) : column_of_relation(mention.owner, mention.name, 0);
    return !made && mention.is_definition ? mention.where : made;
  }
  if (mention.is_definition) return mention.where;
  for (const Mention& other : mentions_) {
    if (other.is_definition && other.kind == mention.kind && other.name == mention.name) return other.where;
  }
  return std::nullopt;
}

std::optional<Field> Symbols::field_of(const Mention& mention) const {
  std::optional<Schema> columns;
  if (stream_of(mention.owner, mention.is_of_sink) == nullptr) {
    columns = weir::columns_of(knowledge_, mention.owner);
  } else if (const std::vector<Schema>* known = columns_of(mention.owner, mention.is_of_sink); known != nullptr && mention.step < known->size()) {
    columns = (*known)[mention.step];
  }
  if (columns) {
    const Scope scope{&*columns, "", nullptr, nullptr, nullptr};
    if (const Result<std::size_t> index = find_column({mention.name}, scope); index.ok()) return columns->fields[*index];
  }
  const std::size_t dot = mention.name.find('.');
  if (dot == std::string::npos) return std::nullopt;
  return field_of({Kind::column, mention.name.substr(dot + 1), mention.where, false, mention.name.substr(0, dot)});
}

std::vector<const Mention*> Symbols::same_as(const Mention& mention) const {
  const std::optional<Location> definition = definition_of(mention);
  std::vector<const Mention*> same;
  for (const Mention& other : mentions_) {
    if (other.kind != mention.kind) continue;
    const bool is_named_so = mention.kind != Kind::column && other.name == mention.name;
    const std::optional<Location> made = mention.kind == Kind::column && definition ? definition_of(other) : std::nullopt;
    if (is_named_so || (made && is_same_place(*made, *definition))) same.push_back(&other);
  }
  return same;
}

std::optional<Location> Symbols::column_of_relation(const std::string& relation, const std::string& name, std::size_t depth) const {
  for (const SourceSyntax& source : knowledge_.syntax->sources) {
    if (source.name.text != relation) continue;
    for (const SourceColumn& column : source.columns) {
      if (column.decoded.field.name == name) return column.where;
    }
    for (const NamedExpression& column : source.computed) {
      if (column.name.text == name) return column.name.where;
    }
  }
  if (const TableSyntax* table = table_of(relation)) {
    for (const SourceColumn& column : table->columns) {
      if (column.decoded.field.name == name) return column.where;
    }
  }
  const StreamSyntax* stream = stream_of(relation, false);
  return stream == nullptr ? std::nullopt : column_before(*stream, stream->steps.size(), name, depth + 1);
}

namespace {

struct Origin {
  bool is_here = false;
  Location where{};                     // is_here
  std::optional<std::string> earlier{}; // what it was called before the step; nothing: it was not there
  std::string relation{};               // of which joined relation it is, as `column`
  std::string column{};
};

const NamedExpression* find_named(const std::vector<NamedExpression>& columns, const std::string& name) {
  for (const NamedExpression& column : columns) {
    if (column.name.text == name) return &column;
  }
  return nullptr;
}

// A column that is passed on under its own name was made before.
Origin origin_in(const std::vector<NamedExpression>& columns, const std::string& name, std::optional<std::string> otherwise) {
  const NamedExpression* column = find_named(columns, name);
  if (column == nullptr) return {.earlier = std::move(otherwise)};
  const auto* bare = column->expression == nullptr ? nullptr : std::get_if<NameAst>(&column->expression->node);
  if (bare != nullptr && joined(bare->parts) == name) return {.earlier = name};
  return {.is_here = true, .where = column->name.where};
}

// Steps that make no columns.
template <typename Other>
Origin origin_of(const Other&, const std::string& name) {
  return {.earlier = name};
}

Origin origin_of(const SelectStep& step, const std::string& name) { return origin_in(step.columns, name, std::nullopt); }
Origin origin_of(const ExtendStep& step, const std::string& name) { return origin_in(step.columns, name, name); }

Origin origin_of(const RenameStep& step, const std::string& name) {
  for (const auto& [from, to] : step.columns) {
    if (to.text == name) return {.is_here = true, .where = to.where};
  }
  return {.earlier = name};
}

Origin origin_of(const ExplodeStep& step, const std::string& name) {
  for (const Name& column : step.as) {
    if (column.text == name) return {.is_here = true, .where = column.where};
  }
  if (step.position && step.position->text == name) return {.is_here = true, .where = step.position->where};
  return {.earlier = name};
}

Origin origin_of(const AggregateStep& step, const std::string& name) {
  if (step.window != nullptr && (name == "window_start" || name == "window_end")) return {.is_here = true, .where = step.window->where};
  const std::vector<NamedExpression>& columns = find_named(step.by, name) != nullptr ? step.by : step.columns;
  return origin_in(columns, name, std::nullopt);
}

Origin of_joined(const std::vector<Name>& columns, const std::vector<NamedExpression>& select, const std::string& relation, const std::string& prefix,
                 const std::string& name) {
  if (find_named(select, name) != nullptr) return origin_in(select, name, name);
  const std::string column = name.starts_with(prefix + ".") ? name.substr(prefix.size() + 1) : name;
  const bool is_chosen = std::any_of(columns.begin(), columns.end(), [&](const Name& one) { return one.text == column; });
  if (is_chosen || column != name) return {.relation = relation, .column = column};
  return {.earlier = name};
}

Origin origin_of(const JoinStep& step, const std::string& name) { return of_joined(step.columns, step.select, step.table.text, step.table.text, name); }
Origin origin_of(const StreamJoinStep& step, const std::string& name) { return of_joined(step.columns, step.select, step.stream.text, step.as.text, name); }

// A name over a joined relation in the join's own expressions: s.city.
std::optional<std::pair<std::string, std::string>> joined_column(const Step& step, const std::string& name) {
  std::string prefix, relation;
  if (const auto* table = std::get_if<JoinStep>(&step)) prefix = relation = table->table.text;
  if (const auto* stream = std::get_if<StreamJoinStep>(&step)) {
    prefix = stream->as.text;
    relation = stream->stream.text;
  }
  if (prefix.empty() || !name.starts_with(prefix + ".")) return std::nullopt;
  return std::pair(relation, name.substr(prefix.size() + 1));
}

}  // namespace

// Follows a column back through the steps before `step`, then through the inputs.
std::optional<Location> Symbols::column_before(const StreamSyntax& stream, std::size_t step, std::string name, std::size_t depth) const {
  if (depth > 64) return std::nullopt;  // streams that read each other in a circle
  if (step < stream.steps.size()) {
    if (const auto column = joined_column(stream.steps[step], name)) return column_of_relation(column->first, column->second, depth + 1);
  }
  for (std::size_t at = std::min(step, stream.steps.size()); at-- > 0;) {
    const Origin origin = std::visit([&](const auto& one) { return origin_of(one, name); }, stream.steps[at]);
    if (origin.is_here) return origin.where;
    if (!origin.relation.empty()) return column_of_relation(origin.relation, origin.column, depth + 1);
    if (!origin.earlier) return std::nullopt;
    name = *origin.earlier;
    // Without a list, a lookup table adds all its columns but the key.
    const auto* join = std::get_if<JoinStep>(&stream.steps[at]);
    if (join == nullptr || !join->columns.empty() || !join->select.empty() || find_named(join->keys, name) != nullptr) continue;
    const std::vector<Schema>* known = columns_of(stream.name.text, stream_of(stream.name.text, true) == &stream);
    const bool was_there = known != nullptr && at < known->size() && (*known)[at].index_of(name).has_value();
    if (!was_there) return column_of_relation(join->table.text, name, depth + 1);
  }
  for (const Name& input : stream.inputs) {
    if (const auto found = column_of_relation(input.text, name, depth + 1)) return found;
  }
  return std::nullopt;
}

}  // namespace weir
