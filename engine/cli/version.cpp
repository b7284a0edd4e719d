// version.cpp — weir version: which Weir this is, and on what it stands.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "connectors/builtin.h"
#include "engine/cli/command.h"

namespace weir {

CommandBody add_version(CLI::App& app) {
  app.add_subcommand("version", "Prints the version of Weir and of the libraries it runs with");
  return [] {
    fmt::print("weir {}\n", WEIR_VERSION);
    const Registry registry = builtin_registry();
    const auto print = [](const auto& specs) {
      for (const auto& spec : specs) fmt::print("{}: {}\n", spec.name, spec.library);
    };
    print(registry.sources);
    print(registry.stores);
    print(registry.formats);
    return exit_done;
  };
}

}  // namespace weir
