// function.cpp — the registry of functions.
#include "engine/expression/function.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace weir {
namespace {

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return result;
}

Error name_taken(const std::string& name) {
  return Error{ErrorKind::fatal, fmt::format("a function of this name is registered already: {}", name)};
}

}  // namespace

Status FunctionRegistry::add(Function function) {
  function.name = lower_case(function.name);
  for (std::string& alias : function.aliases) alias = lower_case(alias);
  if (find(function.name) != nullptr) return name_taken(function.name);
  for (const std::string& alias : function.aliases) {
    if (find(alias) != nullptr) return name_taken(alias);
  }
  auto owned = std::make_unique<Function>(std::move(function));
  for (const std::string& alias : owned->aliases) aliases_.emplace(alias, owned.get());
  std::string name = owned->name;
  functions_.emplace(std::move(name), std::move(owned));
  return {};
}

const Function* FunctionRegistry::find(std::string_view name) const {
  const std::string key = lower_case(name);
  if (const auto found = functions_.find(key); found != functions_.end()) return found->second.get();
  const auto alias = aliases_.find(key);
  return alias == aliases_.end() ? nullptr : alias->second;
}

std::vector<std::string> FunctionRegistry::names() const {
  std::vector<std::string> names;
  for (const auto& [name, function] : functions_) {
    if (!function->is_operator) names.push_back(name);
  }
  for (const auto& [alias, function] : aliases_) {
    if (!function->is_operator) names.push_back(alias);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<const Function*> FunctionRegistry::functions() const {
  std::vector<const Function*> result;
  result.reserve(functions_.size());
  for (const auto& [name, function] : functions_) result.push_back(function.get());
  return result;
}

std::vector<std::string> FunctionRegistry::settings() const {
  std::set<std::string> names;
  for (const auto& [name, function] : functions_) {
    if (!function->setting.empty()) names.insert(function->setting);
  }
  return {names.begin(), names.end()};
}

}  // namespace weir
