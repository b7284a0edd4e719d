// function_table.h — functions of one kind by their names and aliases, in any case of letters.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/expression/function.h"

namespace weir {

struct LessInAnyCase {
  using is_transparent = void;
  static char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
  bool operator()(std::string_view a, std::string_view b) const {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) < lower(y); });
  }
};

/// `F` has a member `declaration`. Owns its functions, whose addresses stay good; filled at start-up, then only read, by any thread.
template <typename F>
class FunctionTable {
 public:
  /// An error if the name or an alias is taken.
  Status add(F function) {
    std::vector<std::string> names = function.declaration.aliases;
    names.push_back(function.declaration.name);
    for (const std::string& name : names) {
      if (find(name) != nullptr) return Error{ErrorKind::fatal, "a function of this name is registered already: " + name};
    }
    auto owned = std::make_unique<F>(std::move(function));
    for (const std::string& name : names) names_.emplace(name, owned.get());
    std::string name = owned->declaration.name;
    functions_.emplace(std::move(name), std::move(owned));
    return {};
  }
  const F* find(std::string_view name) const {
    const auto found = names_.find(name);
    return found == names_.end() ? nullptr : found->second;
  }
  /// Sorted by name.
  std::vector<const F*> functions() const {
    std::vector<const F*> result;
    for (const auto& [name, function] : functions_) result.push_back(function.get());
    return result;
  }

 private:
  std::map<std::string, std::unique_ptr<F>> functions_;
  std::map<std::string, const F*, LessInAnyCase> names_;  // names and aliases
};

}  // namespace weir
