// plugin_project.h — writes the project of a new plugin.
#pragma once

#include <string>

#include "engine/base/error.h"

namespace weir {

/// A folder with CMakeLists.txt, NAME.cpp and README.md, which builds against the installed headers. The folder must not exist yet; `name` is of lower
/// case letters, digits and _.
Status write_plugin_project(const std::string& name, const std::string& folder);

}  // namespace weir
