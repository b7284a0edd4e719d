// plugin.cpp — weir plugin: starts the project of a plugin, and checks one that is built.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <set>

#include "engine/cli/command.h"
#include "engine/cli/pipeline_file.h"
#include "engine/cli/plugin_check.h"
#include "engine/cli/plugin_project.h"
#include "engine/cli/plugin_registry.h"
#include "udf/host/descriptor.h"

namespace weir {
namespace {

struct PluginArguments {
  std::string name, folder, file;
};

int start_project(const PluginArguments& arguments) {
  const std::string folder = arguments.folder.empty() ? arguments.name : arguments.folder;
  if (const Status status = write_plugin_project(arguments.name, folder); !status.ok()) return report(status.error());
  fmt::print("{}: a plugin of one function; its README.md says how to build it\n", folder);
  return exit_done;
}

// One line an example; returns how many were wrong.
std::size_t report_examples(const std::string& signature, const std::vector<ExampleOutcome>& outcomes) {
  std::size_t wrong = 0;
  if (outcomes.empty()) fmt::print("      {}: has no examples\n", signature);
  for (const ExampleOutcome& outcome : outcomes) {
    if (outcome.is_good()) {
      fmt::print("ok    {} = {}\n", outcome.expression, outcome.found);
      continue;
    }
    ++wrong;
    fmt::print("WRONG {} = {}, expected {}\n", outcome.expression, outcome.found, outcome.expected);
  }
  return wrong;
}

int check_plugin(const PluginArguments& arguments) {
  PluginRegistry plugins;
  if (const Status status = plugins.load(arguments.file); !status.ok()) return report(status.error());
  const LoadedPlugin& plugin = plugins.loader().plugins().front();
  fmt::print("plugin {} {}\n", plugin.name, plugin.version);
  std::size_t wrong = 0;
  std::set<std::string> checked;  // overloads share their examples
  const Registry& registry = plugins.registry();
  for (std::uint32_t i = 0; i < plugin.declared->function_count; ++i) {
    const weir_function& declared = *plugin.declared->functions[i];
    if (!checked.insert(declared.name).second) continue;
    if (const Function* function = registry.functions.find(declared.name)) {
      wrong += report_examples(function->signature, run_examples(*function, registry.functions));
    } else if (const TableFunction* table = registry.tables.find(declared.name)) {
      wrong += report_examples(table->declaration.signature, run_examples(*table, registry.functions));
    } else {
      fmt::print("      {}: an aggregate, for the step aggregate; it has no examples\n", signature_of(declared));
    }
  }
  if (wrong == 0) return exit_done;
  fmt::print(stderr, "error: {} of the examples of plugin {} {} wrong\n", wrong, plugin.name, wrong == 1 ? "is" : "are");
  return exit_failed;
}

}  // namespace

CommandBody add_plugin(CLI::App& app) {
  CLI::App* command = app.add_subcommand("plugin", "Starts or checks a plugin: functions of your own");
  const auto arguments = std::make_shared<PluginArguments>();
  CLI::App* start = command->add_subcommand("new", "Writes a project that builds with plain cmake");
  start->add_option("NAME", arguments->name, "Of the plugin: lower case letters, digits and _")->required();
  start->add_option("--dir", arguments->folder, "The folder to make (default: NAME)");
  CLI::App* check = command->add_subcommand("check", "Loads a plugin and runs the examples of its functions");
  check->add_option("FILE.so", arguments->file, "The shared object")->required();
  command->require_subcommand(1);
  command->footer("Examples:\n  weir plugin new shop_functions\n  weir plugin check build/shop_functions.so");
  return [arguments, start] { return start->parsed() ? start_project(*arguments) : check_plugin(*arguments); };
}

}  // namespace weir
