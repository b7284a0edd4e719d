// plugin_loader.h — adds the functions of plugins to a registry.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/expression/aggregate.h"
#include "udf/weir_udf.h"

namespace weir {

/// A plugin that has been loaded. What it points at stays good until the process ends.
struct LoadedPlugin {
  std::string name, version, path;
  const weir_plugin* declared;
  /// "plugin acme (/lib/acme.so)": how errors name it.
  std::string where() const { return "plugin " + name + " (" + path + ")"; }
  /// Of its functions, for the fingerprint of plans: another version may give other results, another path does not.
  std::string origin() const { return "plugin " + name + " " + version; }
};

/// The aggregates of a plugin, for the registry of GROUP BY.
std::vector<AggregateFunction> aggregates_of(const LoadedPlugin& plugin);

/// One for each registry. Called by one thread, before anything reads the registry.
class PluginLoader {
 public:
  /// Loads the file and adds its scalar functions. A file that was loaded before is left alone. A function whose name is taken is an error that
  /// names both owners; then none of the plugin's functions is added.
  Status load(const std::string& path, FunctionRegistry& functions);
  /// Every *.so of the folders in `folders` (separated by ':'), sorted by name. Goes on after an error; returns all of them.
  std::vector<Error> load_folders(const std::string& folders, FunctionRegistry& functions);

  const std::vector<LoadedPlugin>& plugins() const { return plugins_; }

 private:
  Status add_functions(const LoadedPlugin& plugin, FunctionRegistry& functions);

  std::vector<LoadedPlugin> plugins_;
  std::map<std::string, std::string> owners_;  // of every name and alias: which plugin
};

}  // namespace weir
