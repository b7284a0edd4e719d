// explain.cpp — weir explain: prints the plan of a pipeline.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "engine/cli/command.h"
#include "engine/cli/pipeline_file.h"

namespace weir {
namespace {

struct ExplainArguments {
  PipelineFile file;
  ExplainFormat format = ExplainFormat::text;
};

int explain_plan(ExplainArguments& arguments) {
  const auto plan = arguments.file.compile();
  if (plan == nullptr) return arguments.file.exit_code();
  const auto text = explain(*plan, arguments.format);
  if (!text.ok()) return report(text.error());
  fmt::print("{}", *text);
  return exit_done;
}

}  // namespace

CommandBody add_explain(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("explain", "Prints the plan: stages, shared work, guarantee of each sink");
  const auto arguments = std::make_shared<ExplainArguments>();
  arguments->file.add_options(*command);
  const std::map<std::string, ExplainFormat> formats{
      {"text", ExplainFormat::text}, {"json", ExplainFormat::json}, {"dot", ExplainFormat::dot}};
  command->add_option("--format", arguments->format, "text (default), json or dot")
      ->transform(CLI::CheckedTransformer(formats).description(""))
      ->type_name("FORMAT");
  command->footer("Examples:\n  weir explain p.yaml\n  weir explain --format dot p.yaml | dot -Tsvg > p.svg");
  return [arguments] { return explain_plan(*arguments); };
}

}  // namespace weir
