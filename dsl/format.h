// format.h — writes a pipeline file anew, in the one layout that Weir knows or in the other spelling.
#pragma once

#include <string>

#include "dsl/compile.h"
#include "dsl/settings_tree.h"
#include "engine/component/registry.h"

namespace weir {

/// YAML or .weir by the ending of `name`.
Spelling spelling_of(const std::string& name);

/// The same pipeline, and its comments: the plan stays what it is, and a second time nothing changes. Variables stay as they are written. Requires
/// a text that compiles without errors, or is a part of such a pipeline. What it includes stays included: `variables` are for finding those files.
std::string format_pipeline(const std::string& name, const std::string& text, Spelling to, const Registry& registry, const Variables& variables = {});

}  // namespace weir
