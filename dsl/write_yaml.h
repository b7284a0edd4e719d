// write_yaml.h — a tree of settings as YAML.
#pragma once

#include <string>

#include "dsl/comments.h"

namespace weir {

/// In the one layout that `weir fmt` knows. `comments` are given away.
std::string write_yaml(const SettingsTree& tree, Comments& comments);

}  // namespace weir
