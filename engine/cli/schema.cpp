// schema.cpp — weir schema: what a pipeline file in YAML may say, for editors.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "dsl/json_schema.h"
#include "engine/cli/command.h"
#include "engine/cli/plugin_registry.h"

namespace weir {

CommandBody add_schema(CLI::App& app) {
  CLI::App* command = app.add_subcommand("schema", "Prints the JSON schema of pipeline files in YAML");
  command->footer("Example:\n  weir schema > weir.schema.json");
  return [] {
    fmt::print("{}", pipeline_json_schema(PluginRegistry().registry()));
    return exit_done;
  };
}

}  // namespace weir
