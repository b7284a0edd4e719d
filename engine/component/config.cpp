// config.cpp — looks into a tree of settings.
#include "engine/component/config.h"

#include <algorithm>

namespace weir {

const Config* Config::find(const std::string& key) const {
  const Map* map = std::get_if<Map>(&value);
  if (map == nullptr) return nullptr;
  const auto found =
      std::find_if(map->begin(), map->end(), [&](const auto& entry) { return entry.first == key; });
  return found == map->end() ? nullptr : &found->second;
}

}  // namespace weir
