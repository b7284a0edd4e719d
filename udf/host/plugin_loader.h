// plugin_loader.h — adds the functions of plugins to a registry.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/component/registry.h"
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
/// Its table functions.
std::vector<TableFunction> tables_of(const LoadedPlugin& plugin);

/// One for each registry. Called by one thread, before anything reads the registry.
class PluginLoader {
 public:
  /// Loads the file and adds its functions. A file that was loaded before is left alone. A function whose name is taken is an error that
  /// names both owners; then none of the plugin's functions is added.
  Status load(const std::string& path, Registry& registry);
  /// Every *.so of the folders in `folders` (separated by ':'), sorted by name. Goes on after an error; returns all of them.
  std::vector<Error> load_folders(const std::string& folders, Registry& registry);

  const std::vector<LoadedPlugin>& plugins() const { return plugins_; }

 private:
  using Owners = std::map<std::string, std::string>;  // of every name and alias: which plugin
  static Status claim_names(const LoadedPlugin& plugin, const Function& function, const Registry& registry, Owners& owners);
  Status add_functions(const LoadedPlugin& plugin, Registry& registry);

  std::vector<LoadedPlugin> plugins_;
  Owners owners_;
};

}  // namespace weir
