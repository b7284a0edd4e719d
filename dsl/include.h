// include.h — the files that a pipeline includes: their sections become its own, as if they stood there.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "dsl/compile.h"
#include "dsl/settings_tree.h"
#include "dsl/variables.h"

namespace weir {

/// Puts what the files say that `tree` includes, and those that they include, in front of what it says itself, and takes `include` out. Paths are
/// from the folder of the file that names them; a file that several name is taken once. Reports, with the places of both, what two files define; files
/// that include each other in a circle, are not there, are more than 64 or larger together than 4 MiB.
///
/// `tree` has its variables filled in, and those of the files are filled in here. Returns what substitute_variables() does.
FilledVariables include_files(SettingsTree& tree, const Registry& registry, const Variables& variables, Diagnostics& diagnostics);

/// The sources and streams of the files that the text of a pipeline file includes: what its queries may join with. Silent about what is wrong.
std::set<std::string> included_streams(const std::shared_ptr<const SourceText>& source, const Registry& registry, const Variables& variables);

}  // namespace weir
