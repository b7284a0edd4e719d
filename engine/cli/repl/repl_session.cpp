// repl_session.cpp — puts what was typed into a pipeline of one sink, compiles and runs it, and shows the sink's rows.
#include "engine/cli/repl/repl_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/base/nearest_name.h"
#include "engine/cli/command.h"
#include "engine/cli/look.h"
#include "engine/cli/plugin_registry.h"
#include "engine/cli/repl/sample_source.h"
#include "engine/cli/temporary_folder.h"
#include "engine/component/json_writer.h"
#include "engine/infer/draft_text.h"

namespace weir {
namespace {

constexpr const char* text_name = "<input>";
constexpr const char* result_name = "repl_result";
constexpr const char* one_row = "repl_one_row";
constexpr std::size_t most_records = 1'000'000;

std::string upper_word(const std::string& text, std::size_t number) {
  std::size_t at = 0;
  for (;; --number) {
    at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
    const std::size_t end = std::min(text.find_first_of(" \t\r\n;,(", at), text.size());
    if (number == 0) {
      std::string word = text.substr(at, end - at);
      std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      return word;
    }
    at = end;
  }
}

std::string source_text(const std::string& name, std::vector<ColumnDraft> columns, const Registry& registry) {
  for (ColumnDraft& column : columns) column.doubt.clear();
  const BlockDraft block{.name = name, .options = {{"type", "kafka"}, {"brokers", "sample"}, {"topic", "sample"}, {"format", "json"}}, .columns = std::move(columns)};
  return text_of(block, Spelling::weir, false, registry);
}

/// A row of CSV as the JSON object that a source reads, numbers and truths without quotes where the whole column has them.
std::string json_of(const InferredTable& table, std::size_t row) {
  std::string text = "{";
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const Type& type = table.columns[c].field.type;
    const bool is_bare = type.is_numeric() || type.kind == TypeKind::boolean;
    const std::string& cell = table.rows[row][c];
    text += (c == 0 ? "" : ",") + json_quoted(table.columns[c].from) + ":" + (table.nulls[row][c] ? "null" : is_bare ? cell : json_quoted(cell));
  }
  return text + "}";
}

std::uint32_t lines_in(const std::string& text) { return static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n')); }

/// Of a place in a text of which `text` is the lines from `first_line` on; without a source. What is found missing behind it is missing at its end.
Location place_in(const std::string& text, std::uint32_t first_line, const Location& where) {
  if (where.line < first_line) return {};
  if (where.line <= first_line + lines_in(text)) return {nullptr, where.line - first_line + 1, where.column, where.length};
  const std::size_t line_start = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
  return {nullptr, lines_in(text) + 1, static_cast<std::uint32_t>(text.size() - line_start + 1), 1};
}

}  // namespace

/// A compiled text, and the registry that its plan points into.
struct ReplSession::Compilation {
  PluginRegistry registry;
  Compiled compiled;
};

bool ReplSession::load_pipeline(const std::string& path) {
  PluginRegistry registry;
  for (const std::string& plugin : plugins_) {
    if (const Status status = registry.load(plugin); !status.ok()) return weir::report(status.error()), false;
  }
  const bool is_part = is_part_of_pipeline(path, registry.registry());
  const Compiled compiled = is_part ? check_part(path, registry.registry(), variables_) : compile_file(path, registry.registry(), variables_);
  for (const Error& error : compiled.diagnostics.errors()) fmt::print(stderr, "{}\n", render(error));
  if (!compiled.diagnostics.ok()) return false;
  pipeline_ = path;
  is_part_ = is_part;
  definitions_.clear();
  return true;
}

Status ReplSession::load_rows(const std::string& path, const std::string& source) {
  const bool is_csv = path.ends_with(".csv") || path.ends_with(".tsv");
  auto records = std::make_shared<std::vector<std::string>>();
  std::vector<ColumnDraft> columns;
  if (is_csv) {
    WEIR_ASSIGN(InferredTable table, infer_csv(path, path.ends_with(".tsv") ? '\t' : ',', most_records));
    for (std::size_t row = 0; row < table.rows.size(); ++row) records->push_back(json_of(table, row));
    columns = std::move(table.columns);
  } else {
    WEIR_ASSIGN(Sample sample, sample_lines(path, most_records));
    const Registry registry = builtin_registry();
    if (source.empty()) columns = infer_json(sample, {}, registry).columns;
    *records = std::move(sample.records);
    if (source.empty() && columns.empty()) return Error{ErrorKind::user, path + " has no rows: it should hold JSON objects, one a line"};
  }
  if (source.empty()) columns_ = std::move(columns);
  records_[source.empty() ? "rows" : source] = std::move(records);
  return {};
}

ReplSession::Kind ReplSession::kind_of(const std::string& text) {
  const std::string first = upper_word(text, 0);
  if (first == "FROM" || first == "SELECT") return Kind::query;
  return first == "CREATE" || first == "INCLUDE" ? Kind::definition : Kind::expression;
}

ReplSession::Composed ReplSession::compose(const std::string& definition, const std::string& head, const std::string& query, const std::string& tail) const {
  std::string text = is_part_ ? "CREATE PIPELINE repl;\n" : "";
  if (!pipeline_.empty()) {
    std::string path;
    for (const char c : pipeline_) path.append(c == '\'' ? 2 : 1, c);
    text += "INCLUDE '" + path + "';\n";
  }
  const Registry registry = builtin_registry();
  if (!columns_.empty()) text += source_text("rows", columns_, registry);
  text += fmt::format("CREATE SOURCE {} (x STRING) WITH (type = 'kafka', brokers = 'sample', topic = 'one', format = 'json');\n", one_row);
  for (const std::string& one : definitions_) text += one + ";\n";
  Composed composed;
  if (!definition.empty()) {
    composed.first_line = lines_in(text) + 1;
    text += definition + "\n;\n";
  }
  text += fmt::format("CREATE SINK {} WITH (type = 'console') AS\n{}", result_name, head);
  if (definition.empty()) composed.first_line = lines_in(text) + 1;
  composed.text = text + query + tail + "\n;\n";
  return composed;
}

std::unique_ptr<ReplSession::Compilation> ReplSession::compile(const Composed& composed) const {
  auto compilation = std::make_unique<Compilation>();
  for (const std::string& plugin : plugins_) {
    if (Status status = compilation->registry.load(plugin); !status.ok()) compilation->compiled.diagnostics.error(std::move(status).error());
  }
  if (compilation->compiled.diagnostics.ok()) compilation->compiled = compile_weir(text_name, composed.text, compilation->registry.registry(), variables_);
  return compilation;
}

// Places in the composed text become places in what was typed.
bool ReplSession::report(const Compilation& compilation, const Composed& composed, const std::string& text) const {
  const auto typed = std::make_shared<const SourceText>(SourceText{text_name, text});
  for (const Error& error : compilation.compiled.diagnostics.errors()) {
    Location where = error.where();
    if (where.source != nullptr && where.source->name == text_name) {
      where = place_in(text, composed.first_line, where);
      if (where.line != 0) where.source = typed;
    }
    fmt::print(stderr, "{}", render(Error{error.kind(), error.message(), where}.with_hint(error.hint()).with_code(error.code())));
  }
  return false;
}

// Rows that are of no source in particular are those of the pipeline's source, where it has one.
bool ReplSession::is_only_source(const Plan& plan, const std::string& source) const {
  return std::none_of(plan.nodes.begin(), plan.nodes.end(), [&](const PlanNode& node) {
    const auto* scan = std::get_if<ScanNode>(&node.operation);
    return scan != nullptr && scan->source != source && scan->source != one_row && scan->source != "rows";
  });
}

bool ReplSession::show(const Compilation& compilation) {
  auto folder = TemporaryFolder::make();
  if (!folder.ok()) return weir::report(folder.error()), false;
  auto books = passing_books(compilation.registry.registry(), folder->path());
  if (!books.ok()) return weir::report(books.error()), false;
  ShownRows rows(RowFormat::table, true);
  auto plan = look_at(*compilation.compiled.plan, {.name = result_name, .rows = limit_, .at_end = true}, std::move(books).value(),
                      [&](const std::string& name) { return rows.outlet(name); });
  if (!plan.ok()) return weir::report(plan.error()), false;
  static const auto none = std::make_shared<const std::vector<std::string>>(), one = std::make_shared<const std::vector<std::string>>(1, "{}");
  for (PlanNode& node : plan->nodes) {
    auto* scan = std::get_if<ScanNode>(&node.operation);
    if (scan == nullptr) continue;
    auto given = records_.find(scan->source);
    if (given == records_.end() && is_only_source(*compilation.compiled.plan, scan->source)) given = records_.find("rows");
    scan->definition = sample_source(scan->source == one_row ? one : given == records_.end() ? none : given->second);
  }
  plan->sinks.front().table.sink = "result";
  const JobOptions options{.until_end = true, .workers = 1, .writers = 1};
  return weir::show(std::make_shared<const Plan>(std::move(plan).value()), rows, options) == exit_done;
}

bool ReplSession::run_query(const std::string& head, const std::string& text, const std::string& tail) {
  const Composed composed = compose("", head, text, tail);
  const auto compilation = compile(composed);
  return compilation->compiled.plan == nullptr ? report(*compilation, composed, text) : show(*compilation);
}

// Of the sample's rows, where it is about their columns.
bool ReplSession::run_expression(const std::string& text) {
  const std::string head = "SELECT (\n", tail = "\n) AS result FROM ";
  if (columns_.empty() || compile(compose("", head, text, tail + one_row))->compiled.plan != nullptr) return run_query(head, text, tail + one_row);
  return run_query(head, text, tail + "rows");
}

bool ReplSession::define(const std::string& text) {
  const Composed composed = compose(text, "FROM ", one_row, "");
  const auto compilation = compile(composed);
  if (compilation->compiled.plan == nullptr) return report(*compilation, composed, text);
  definitions_.push_back(text);
  return true;
}

bool ReplSession::run(const std::string& text) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return true;
  const bool goes_on = text.compare(text.find_first_not_of(" \t\r\n"), 2, "|>") == 0;
  if (goes_on && last_query_.empty()) {
    fmt::print(stderr, "error: there is no query before this that |> could go on with\n  = help: begin with FROM\n");
    return false;
  }
  const std::string whole = goes_on ? last_query_ + "\n" + text : text;
  switch (kind_of(whole)) {
    case Kind::expression:
      return run_expression(whole);
    case Kind::definition:
      return define(whole);
    case Kind::query:
      break;
  }
  if (!run_query("", whole, "")) return false;
  last_query_ = whole;
  return true;
}

bool ReplSession::print_columns(const std::string& name) {
  const Composed composed = compose("", "FROM ", one_row, "");
  const auto compilation = compile(composed);
  if (compilation->compiled.plan == nullptr) return report(*compilation, composed, "");
  const Plan& plan = *compilation->compiled.plan;
  bool is_known = false;
  std::vector<std::string> names;
  for (const auto& [stream, node] : plan.streams) {
    if (stream == one_row) continue;
    names.push_back(stream);
    if (!name.empty() && stream != name) continue;
    is_known = true;
    fmt::print("{}\n", stream);
    for (const Field& field : plan.nodes[node].schema.fields) fmt::print("  {} {}{}\n", field.name, to_string(field.type), field.nullable ? "" : " not null");
  }
  if (is_known || name.empty()) return true;
  const std::string near = nearest_name(name, names);
  fmt::print(stderr, "error: no source or stream is called {}{}\n", name, near.empty() ? "" : fmt::format(" (did you mean {}?)", near));
  return false;
}

void ReplSession::print_functions(const std::string& text) const {
  PluginRegistry registry;
  for (const std::string& plugin : plugins_) {
    if (const Status status = registry.load(plugin); !status.ok()) fmt::print(stderr, "{}", render(status.error()));
  }
  const auto small = [](std::string letters) {
    std::transform(letters.begin(), letters.end(), letters.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return letters;
  };
  const std::string wanted = small(text);
  const auto print = [&](const Function& function) {
    if (!function.is_operator && small(function.name + " " + function.summary).find(wanted) != std::string::npos) fmt::print("{}\n    {}\n", function.signature, function.summary);
  };
  for (const Function* function : registry.registry().functions.functions()) print(*function);
  for (const AggregateFunction* function : registry.registry().aggregates.functions()) print(function->declaration);
  for (const TableFunction* function : registry.registry().tables.functions()) print(function->declaration);
}

}  // namespace weir
