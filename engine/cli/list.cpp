// list.cpp — weir list: the connectors, formats, functions and kinds of errors there are.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "engine/cli/command.h"
#include "engine/cli/plugin_registry.h"
#include "engine/component/reference.h"
#include "engine/expression/reference.h"
#include "engine/plan/error_catalogue.h"

namespace weir {
namespace {

struct ListArguments {
  std::string what, format = "text";
  PluginRegistry plugins;
};

std::string listing(const ListArguments& arguments) {
  const Registry& registry = arguments.plugins.registry();
  const bool is_json = arguments.format == "json", is_markdown = arguments.format == "markdown";
  if (arguments.what == "connectors") {
    return is_json       ? connectors_json(registry)
           : is_markdown ? connectors_markdown(registry)
                         : connectors_text(registry);
  }
  if (arguments.what == "formats") {
    return is_json       ? formats_json(registry)
           : is_markdown ? formats_markdown(registry)
                         : formats_text(registry);
  }
  if (arguments.what == "errors") return is_json ? mistakes_json() : is_markdown ? mistakes_markdown() : mistakes_text();
  const FunctionLists lists{registry.functions, registry.aggregates, registry.tables};
  return is_json ? functions_json(lists) : is_markdown ? functions_markdown(lists) : functions_text(lists);
}

}  // namespace

CommandBody add_list(CLI::App& app) {
  CLI::App* command = app.add_subcommand("list", "Lists connectors, formats, functions or errors");
  const auto arguments = std::make_shared<ListArguments>();
  command->add_option("WHAT", arguments->what, "connectors, formats, functions or errors")
      ->required()
      ->check(CLI::IsMember({"connectors", "formats", "functions", "errors"}));
  command->add_option("--format", arguments->format, "text (default), json or markdown")
      ->check(CLI::IsMember({"text", "json", "markdown"}));
  command->footer(
      "Examples:\n  weir list functions\n  weir list connectors --format markdown > "
      "docs/reference/connectors.md");
  arguments->plugins.add_option(*command);
  return [arguments] {
    const std::vector<Error> errors = arguments->plugins.load_named();
    for (const Error& error : errors) fmt::print(stderr, "{}", render(error));
    if (!errors.empty()) return exit_pipeline_wrong;
    fmt::print("{}", listing(*arguments));
    return exit_done;
  };
}

}  // namespace weir
