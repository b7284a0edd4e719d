// version.cpp — weir version: which weir this is.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "engine/cli/command.h"

namespace weir {

CommandBody add_version(CLI::App& app) {
  app.add_subcommand("version", "Prints the version");
  return [] {
    fmt::print("weir {}\n", WEIR_VERSION);
    return exit_done;
  };
}

}  // namespace weir
