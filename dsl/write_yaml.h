// write_yaml.h — a tree of settings as YAML.
#pragma once

#include <string>

#include "dsl/comments.h"

namespace weir {

/// In the one layout that `weir fmt` knows. `comments` are given away.
std::string write_yaml(const SettingsTree& tree, Comments& comments);

/// A text as a value or key, between brackets or not; in quotes where it would be read as something else, or where that is wanted.
std::string yaml_scalar(const std::string& text, bool is_in_brackets, bool is_quoted = false);

}  // namespace weir
