// config.h — a tree of settings with the place of each, as both front ends hand it to connectors.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/error.h"

namespace weir {

/// A scalar (text as written, after variables), a list, or a map in file order.
struct Config {
  using List = std::vector<Config>;
  using Map = std::vector<std::pair<std::string, Config>>;
  Location where;      // of the value
  Location key_where;  // of the key, where there is one
  std::variant<std::monostate, std::string, List, Map> value;
  bool is_quoted = false;      // a quoted scalar is always text
  bool holds_secret = false;   // came from ${file:...}, or its key is a secret one: never printed

  bool is_scalar() const { return std::holds_alternative<std::string>(value); }
  bool is_map() const { return std::holds_alternative<Map>(value); }
  bool is_list() const { return std::holds_alternative<List>(value); }
  /// A list or a map of nothing.
  bool is_empty() const { return (is_list() && std::get<List>(value).empty()) || (is_map() && std::get<Map>(value).empty()); }
  const std::string& scalar() const { return std::get<std::string>(value); }
  const Config* find(const std::string& key) const;  // in a map; null otherwise
};

}  // namespace weir
