// plugin_registry.cpp — everything that ships with Weir, and the functions of the plugins that a command is told of.
#include "engine/cli/plugin_registry.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>

#include "udf/python/python_function.h"

namespace weir {

Registry& PluginRegistry::made() const {
  if (registry_ != nullptr) return *registry_;
  registry_ = std::make_unique<Registry>(builtin_registry());
  registry_->load_plugin = [this](const std::string& path) { return load(path); };
  registry_->define_function = [this](const ScriptFunction& script) { return define_python_function(script, registry_->functions); };
  return *registry_;
}

void PluginRegistry::add_option(CLI::App& command) {
  command.add_option("--plugin", files_, "Adds the functions of a plugin (also: folders in WEIR_PLUGIN_PATH)")
      ->type_name("FILE.so")
      ->allow_extra_args(false);
}

void PluginRegistry::set_source_option(const std::string& name, const std::string& value) {
  for (SourceSpec& spec : made().sources) {
    if (std::none_of(spec.options.begin(), spec.options.end(), [&](const OptionDoc& option) { return option.name == name; })) continue;
    spec.parse = [parse = spec.parse, name, value](const Config& config, Diagnostics& diagnostics) {
      Config changed = config;
      Config given;
      given.value = value;
      given.is_quoted = true;
      auto& options = std::get<Config::Map>(changed.value);
      std::erase_if(options, [&](const auto& option) { return option.first == name; });
      options.emplace_back(name, std::move(given));
      return parse(changed, diagnostics);
    };
  }
}

std::vector<Error> PluginRegistry::load_all(const std::vector<std::string>& files) {
  std::vector<Error> errors;
  for (const std::string& file : files) {
    if (Status status = load(file); !status.ok()) errors.push_back(std::move(status).error());
  }
  const char* folders = std::getenv("WEIR_PLUGIN_PATH");
  if (folders == nullptr) return errors;
  for (Error& error : loader_->load_folders(folders, made())) errors.push_back(std::move(error));
  return errors;
}

}  // namespace weir
