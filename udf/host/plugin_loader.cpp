// plugin_loader.cpp — adds the functions of plugins to a registry.
#include "udf/host/plugin_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "engine/expression/function_origin.h"
#include "udf/host/aggregate_function.h"
#include "udf/host/descriptor.h"
#include "udf/host/plugin_file.h"
#include "udf/host/scalar_function.h"

namespace weir {
namespace {

using FunctionsByName = std::map<std::string, Function>;

void add_overload(const weir_function& declared, const LoadedPlugin& plugin, Function& function) {
  const bool is_first = function.overloads.empty();
  if (is_first) {
    function.name = declared.name;
    function.family = declared.family == nullptr ? plugin.name : declared.family;
    function.signature = signature_of(declared);
    function.summary = declared.summary;
    function.deterministic = true;
  }
  for (const char* const* alias = declared.aliases; alias != nullptr && *alias != nullptr; ++alias) {
    const bool is_known = std::find(function.aliases.begin(), function.aliases.end(), *alias) != function.aliases.end();
    if (!is_known) function.aliases.emplace_back(*alias);
  }
  for (std::uint32_t i = 0; i < declared.example_count; ++i)
    function.examples.push_back({declared.examples[i].expression, declared.examples[i].result});
  function.deterministic = function.deterministic && (declared.flags & WEIR_DETERMINISTIC) != 0;
  function.expensive = function.expensive || (declared.flags & WEIR_EXPENSIVE) != 0;
  const std::string where = fmt::format("{}, function {}", plugin.where(), declared.name);
  function.overloads.push_back(with_origin(overload_of(declared, where), plugin.origin()));
}

FunctionsByName functions_of(const LoadedPlugin& plugin, std::uint32_t kind) {
  FunctionsByName functions;
  for (std::uint32_t i = 0; i < plugin.declared->function_count; ++i) {
    const weir_function& declared = *plugin.declared->functions[i];
    if (declared.kind == kind) add_overload(declared, plugin, functions[declared.name]);
  }
  return functions;
}

bool takes(const weir_function& declared, const std::vector<Type>& types) {
  for (std::size_t i = 0; i < types.size(); ++i) {
    const std::string_view parameter = declared.parameters[std::min<std::size_t>(i, declared.parameter_count - 1)];
    const bool is_pattern = parameter == "any" || (parameter == "decimal" && types[i].kind == TypeKind::decimal);
    if (!is_pattern && parse_type(parameter) != types[i]) return false;
  }
  return types.size() + declared.optional_count >= declared.parameter_count;
}

// The overload that the binder chose, told by the types it has cast the arguments to.
AggregateResult prepare_overload(const weir_plugin& plugin, const std::string& name, const CallSite& site, const std::string& where) {
  for (std::uint32_t i = 0; i < plugin.function_count; ++i) {
    const weir_function& declared = *plugin.functions[i];
    if (declared.kind == WEIR_AGGREGATE && declared.name == name && (site.types.empty() || declared.parameter_count != 0) &&
        takes(declared, site.types))
      return prepare_aggregate(declared, site, where);
  }
  return Error{ErrorKind::user, where + ": there is no such aggregate for these arguments"};
}

std::vector<std::string> all_names(const Function& function) {
  std::vector<std::string> names = function.aliases;
  names.push_back(function.name);
  return names;
}

}  // namespace

std::vector<AggregateFunction> aggregates_of(const LoadedPlugin& plugin) {
  std::vector<AggregateFunction> aggregates;
  for (auto& [name, function] : functions_of(plugin, WEIR_AGGREGATE)) {
    // It is the aggregate that is prepared, not its overloads.
    for (Overload& overload : function.overloads) {
      overload.prepare = nullptr;
      overload = with_origin(std::move(overload), plugin.origin());
    }
    function.examples.clear();  // they are calls of scalar functions
    const std::string where = fmt::format("{}, function {}", plugin.where(), name);
    const auto prepare = [declared = plugin.declared, called = name, where](const CallSite& site) {
      return prepare_overload(*declared, called, site, where);
    };
    aggregates.push_back({std::move(function), {}, prepare});
  }
  return aggregates;
}

Status PluginLoader::add_functions(const LoadedPlugin& plugin, FunctionRegistry& functions) {
  FunctionsByName made = functions_of(plugin, WEIR_SCALAR);
  std::map<std::string, std::string> owners = owners_;
  for (const auto& [name, function] : made) {
    for (const std::string& one : all_names(function)) {
      const auto owner = owners.find(one);
      const bool is_taken = owner != owners.end() || functions.find(one) != nullptr;
      if (is_taken) {
        return Error{ErrorKind::user, fmt::format("{}, function {}: the name {} is taken by {}", plugin.where(), name, one,
                                                  owner != owners.end() ? owner->second : "a built-in function")};
      }
      owners.emplace(one, plugin.where());
    }
  }
  for (auto& [name, function] : made) WEIR_TRY(functions.add(std::move(function)));
  owners_ = std::move(owners);
  return {};
}

Status PluginLoader::load(const std::string& path, FunctionRegistry& functions) {
  std::error_code failed;
  const std::string canonical = std::filesystem::canonical(path, failed).string();
  const std::string& file = failed ? path : canonical;
  const auto is_same = [&](const LoadedPlugin& plugin) { return plugin.path == file; };
  if (std::any_of(plugins_.begin(), plugins_.end(), is_same)) return {};
  auto declared = open_plugin_file(file);
  if (!declared.ok()) {
    Error error = std::move(declared).error();
    std::string hint = error.hint();
    return Error{ErrorKind::user, fmt::format("plugin {}: {}", path, error.message())}.with_hint(std::move(hint));
  }
  LoadedPlugin plugin{(*declared)->name, (*declared)->version, file, *declared};
  WEIR_TRY(add_functions(plugin, functions));
  plugins_.push_back(std::move(plugin));
  return {};
}

std::vector<Error> PluginLoader::load_folders(const std::string& folders, FunctionRegistry& functions) {
  std::vector<Error> errors;
  std::istringstream list(folders);
  for (std::string folder; std::getline(list, folder, ':');) {
    if (folder.empty()) continue;
    std::error_code failed;
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
      if (entry.path().extension() == ".so") files.push_back(entry.path().string());
    }
    if (failed) errors.push_back({ErrorKind::user, fmt::format("WEIR_PLUGIN_PATH: cannot read the folder {}: {}", folder, failed.message())});
    std::sort(files.begin(), files.end());
    for (const std::string& file : files) {
      if (Status status = load(file, functions); !status.ok()) errors.push_back(std::move(status).error());
    }
  }
  return errors;
}

}  // namespace weir
