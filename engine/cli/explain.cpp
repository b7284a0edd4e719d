// explain.cpp — weir explain: prints the plan of a pipeline, where the columns of its sinks come from, or what an error's code stands for.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "engine/cli/command.h"
#include "engine/cli/pipeline_file.h"
#include "engine/plan/error_catalogue.h"
#include "engine/plan/lineage.h"

namespace weir {
namespace {

struct ExplainArguments {
  PipelineFile file;
  ExplainFormat format = ExplainFormat::text;
  bool lineage = false;
  std::string column;

  bool wants_lineage() const { return lineage || !column.empty(); }
};

int explain_lineage(const Plan& plan, const ExplainArguments& arguments) {
  std::vector<SinkLineage> sinks = lineage(plan);
  if (!arguments.column.empty()) {
    auto chosen = choose_lineage(plan, std::move(sinks), arguments.column);
    if (!chosen.ok()) return report(chosen.error());
    sinks = std::move(chosen).value();
  }
  fmt::print("{}", arguments.format == ExplainFormat::json ? lineage_json(plan, sinks) : lineage_text(plan, sinks));
  return exit_done;
}

/// W0201, in any case; a file has an ending.
bool is_like_a_code(const std::string& text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() > 1 && (text.front() == 'W' || text.front() == 'w') && std::all_of(text.begin() + 1, text.end(), is_digit);
}

/// The first of those that begin as `code` does for longest; nothing where no family is the same.
std::string_view nearest_code(std::string_view code) {
  std::string_view nearest;
  std::size_t longest = 2;
  for (const Mistake& one : error_catalogue()) {
    std::size_t same = 1;  // the letter, in either case
    while (same < code.size() && same < one.code.size() && code[same] == one.code[same]) ++same;
    if (same <= longest) continue;
    longest = same;
    nearest = one.code;
  }
  return nearest;
}

int explain_code(const std::string& code, ExplainFormat format) {
  const Mistake* mistake = find_mistake(code);
  if (mistake == nullptr) {
    const std::string_view nearest = nearest_code(code);
    return report(Error{ErrorKind::usage, "no error has the code " + code}.with_hint(nearest.empty() ? "`weir list errors` shows all" : fmt::format("did you mean {}?", nearest)));
  }
  if (format == ExplainFormat::dot) return report(Error{ErrorKind::usage, "an error has no dot: it is explained as text or json"});
  fmt::print("{}", format == ExplainFormat::json ? mistake_json(*mistake) : mistake_text(*mistake));
  return exit_done;
}

int explain_plan(ExplainArguments& arguments) {
  if (is_like_a_code(arguments.file.path())) return explain_code(arguments.file.path(), arguments.format);
  if (arguments.wants_lineage() && arguments.format == ExplainFormat::dot)
    return report(Error{ErrorKind::usage, "--lineage has no dot: it is text or json"});
  const auto plan = arguments.file.compile();
  if (plan == nullptr) return arguments.file.exit_code();
  if (arguments.wants_lineage()) return explain_lineage(*plan, arguments);
  const auto text = explain(*plan, arguments.file.reports(), arguments.format);
  if (!text.ok()) return report(text.error());
  fmt::print("{}", *text);
  return exit_done;
}

}  // namespace

CommandBody add_explain(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("explain", "Prints the plan: stages, shared work, guarantee of each sink; or where columns come from; or an error's code");
  const auto arguments = std::make_shared<ExplainArguments>();
  arguments->file.add_options(*command);
  const std::map<std::string, ExplainFormat> formats{
      {"text", ExplainFormat::text}, {"json", ExplainFormat::json}, {"dot", ExplainFormat::dot}};
  command->add_option("--format", arguments->format, "text (default), json or dot")
      ->transform(CLI::CheckedTransformer(formats).description(""))
      ->type_name("FORMAT");
  command->add_flag("--lineage", arguments->lineage, "Prints which columns of sources and tables each column of a sink comes from");
  command->add_option("--column", arguments->column, "The lineage of one column, or of one sink")->type_name("SINK.COLUMN");
  command->footer(
      "Examples:\n  weir explain p.yaml\n  weir explain W0201\n  weir explain --format dot p.yaml | dot -Tsvg > p.svg\n"
      "  weir explain --lineage p.yaml\n  weir explain --column retail.total_amount --format json p.yaml");
  return [arguments] { return explain_plan(*arguments); };
}

}  // namespace weir
