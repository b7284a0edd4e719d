// plugin_registry.h — everything that ships with Weir, and the functions of the plugins that a command is told of.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connectors/builtin.h"
#include "udf/host/plugin_loader.h"

namespace CLI {
class App;
}

namespace weir {

/// Plugins come from --plugin, from the folders in WEIR_PLUGIN_PATH, and from the `plugins:` of a pipeline file, which the compiler loads. Neither
/// copied nor moved: the registry points back at it.
class PluginRegistry {
 public:
  PluginRegistry() = default;
  PluginRegistry(const PluginRegistry&) = delete;
  PluginRegistry& operator=(const PluginRegistry&) = delete;

  void add_option(CLI::App& command);
  /// Loads what --plugin and WEIR_PLUGIN_PATH name; every error of it.
  std::vector<Error> load_named() { return load_all(files_); }
  /// The same with other files in place of --plugin's.
  std::vector<Error> load_all(const std::vector<std::string>& files);
  /// Sources with an option `name` are parsed as if it had this value.
  void set_source_option(const std::string& name, const std::string& value);
  const Registry& registry() const { return made(); }
  /// What --plugin names.
  const std::vector<std::string>& files() const { return files_; }
  /// The same for a file of the same command line.
  void name(std::vector<std::string> files) { files_ = std::move(files); }
  const PluginLoader& loader() const { return *loader_; }
  Status load(const std::string& path) const { return loader_->load(path, made()); }

 private:
  /// Made when it is first asked for: every command has one, and one of them runs.
  Registry& made() const;

  mutable std::unique_ptr<Registry> registry_;
  const std::unique_ptr<PluginLoader> loader_ = std::make_unique<PluginLoader>();
  std::vector<std::string> files_;
};

}  // namespace weir
