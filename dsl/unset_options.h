// unset_options.h — options that a test has no use for, because they say where a service is.
#pragma once

#include "dsl/compile.h"
#include "engine/component/config.h"

namespace weir {

/// Gives values to variables that have none, where they stand in reports, or in options of connections, sources, tables and sinks that no test needs: something takes the place of a text
/// or number, and an option that is a choice, a time or a size is left out. What decides what rows become (columns, steps, rules of time) is left as it is. `root` is a pipeline.
void fill_unset_options(Config& root, const Variables& variables, const Registry& registry);

}  // namespace weir
