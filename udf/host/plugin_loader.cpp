// plugin_loader.cpp — adds the functions of plugins to a registry.
#include "udf/host/plugin_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "udf/host/aggregate_function.h"
#include "udf/host/descriptor.h"
#include "udf/host/plugin_file.h"
#include "udf/host/scalar_function.h"
#include "udf/host/table_function.h"

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
  function.overloads.push_back(overload_of(declared, where));
  function.overloads.back().origin = plugin.origin();
  if (declared.kind == WEIR_TABLE)
    function.overloads.back().result = [columns = table_columns(declared)](const CallSite&) -> Result<Type> { return columns; };
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
Result<const weir_function*> overload_for(const weir_plugin& plugin, std::uint32_t kind, const std::string& name, const CallSite& site,
                                          const std::string& where) {
  for (std::uint32_t i = 0; i < plugin.function_count; ++i) {
    const weir_function& declared = *plugin.functions[i];
    if (declared.kind == kind && declared.name == name && (site.types.empty() || declared.parameter_count != 0) && takes(declared, site.types))
      return &declared;
  }
  return Error{ErrorKind::user, where + ": there is no such function for these arguments"};
}

// Of a function that is no scalar one: its examples are none of a scalar function's.
Function declaration_of(Function function, std::vector<FunctionExample>& examples) {
  for (Overload& overload : function.overloads) overload.prepare = nullptr;
  examples = std::move(function.examples);
  function.examples.clear();
  return function;
}

/// Makes the bodies of calls of `name`.
template <typename Body, typename Prepare>
auto preparing(const LoadedPlugin& plugin, std::uint32_t kind, const std::string& name, Prepare prepare) {
  const std::string where = fmt::format("{}, function {}", plugin.where(), name);
  return [declared = plugin.declared, kind, name, where, prepare](const CallSite& site) -> Body {
    WEIR_ASSIGN(const weir_function* const chosen, overload_for(*declared, kind, name, site, where));
    return prepare(*chosen, site, where);
  };
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
    std::vector<FunctionExample> examples;
    Function declaration = declaration_of(std::move(function), examples);
    aggregates.push_back({std::move(declaration), {}, preparing<AggregateResult>(plugin, WEIR_AGGREGATE, name, prepare_aggregate)});
  }
  return aggregates;
}

std::vector<TableFunction> tables_of(const LoadedPlugin& plugin) {
  std::vector<TableFunction> tables;
  for (auto& [name, function] : functions_of(plugin, WEIR_TABLE)) {
    std::vector<FunctionExample> examples;
    TableFunction table{declaration_of(std::move(function), examples), {}, preparing<TableBodyResult>(plugin, WEIR_TABLE, name, prepare_table)};
    for (const FunctionExample& example : examples) table.examples.push_back({example.expression, example.result});
    tables.push_back(std::move(table));
  }
  return tables;
}

Status PluginLoader::claim_names(const LoadedPlugin& plugin, const Function& function, const Registry& registry, Owners& owners) {
  for (const std::string& one : all_names(function)) {
    const auto owner = owners.find(one);
    const bool is_built_in = registry.functions.find(one) != nullptr || registry.tables.find(one) != nullptr || registry.aggregates.find(one) != nullptr;
    if (owner != owners.end() || is_built_in) {
      return Error{ErrorKind::user, fmt::format("{}, function {}: the name {} is taken by {}", plugin.where(), function.name, one,
                                                owner != owners.end() ? owner->second : "a built-in function")};
    }
    owners.emplace(one, plugin.where());
  }
  return {};
}

Status PluginLoader::add_functions(const LoadedPlugin& plugin, Registry& registry) {
  FunctionsByName scalars = functions_of(plugin, WEIR_SCALAR);
  std::vector<TableFunction> tables = tables_of(plugin);
  std::vector<AggregateFunction> aggregates = aggregates_of(plugin);
  Owners owners = owners_;
  for (const auto& [name, function] : scalars) WEIR_TRY(claim_names(plugin, function, registry, owners));
  for (const TableFunction& table : tables) WEIR_TRY(claim_names(plugin, table.declaration, registry, owners));
  for (const AggregateFunction& aggregate : aggregates) WEIR_TRY(claim_names(plugin, aggregate.declaration, registry, owners));
  for (auto& [name, function] : scalars) WEIR_TRY(registry.functions.add(std::move(function)));
  for (TableFunction& table : tables) WEIR_TRY(registry.tables.add(std::move(table)));
  for (AggregateFunction& aggregate : aggregates) WEIR_TRY(registry.aggregates.add(std::move(aggregate)));
  owners_ = std::move(owners);
  return {};
}

Status PluginLoader::load(const std::string& path, Registry& registry) {
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
  WEIR_TRY(add_functions(plugin, registry));
  plugins_.push_back(std::move(plugin));
  return {};
}

std::vector<Error> PluginLoader::load_folders(const std::string& folders, Registry& registry) {
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
      if (Status status = load(file, registry); !status.ok()) errors.push_back(std::move(status).error());
    }
  }
  return errors;
}

}  // namespace weir
