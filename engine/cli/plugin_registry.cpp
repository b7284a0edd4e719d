// plugin_registry.cpp — everything that ships with Weir, and the functions of the plugins that a command is told of.
#include "engine/cli/plugin_registry.h"

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "udf/python/python_function.h"

namespace weir {

PluginRegistry::PluginRegistry() {
  registry_.load_plugin = [this](const std::string& path) { return load(path); };
  registry_.define_function = [this](const ScriptFunction& script) { return define_python_function(script, registry_.functions); };
}

void PluginRegistry::add_option(CLI::App& command) {
  command.add_option("--plugin", files_, "Adds the functions of a plugin (also: folders in WEIR_PLUGIN_PATH)")
      ->type_name("FILE.so")
      ->allow_extra_args(false);
}

std::vector<Error> PluginRegistry::load_all(const std::vector<std::string>& files) {
  std::vector<Error> errors;
  for (const std::string& file : files) {
    if (Status status = load(file); !status.ok()) errors.push_back(std::move(status).error());
  }
  const char* folders = std::getenv("WEIR_PLUGIN_PATH");
  if (folders == nullptr) return errors;
  for (Error& error : loader_.load_folders(folders, registry_)) errors.push_back(std::move(error));
  return errors;
}

}  // namespace weir
