// build_plan.h — walks the syntax tree into the plan builder.
#pragma once

#include <optional>

#include "dsl/syntax.h"

namespace weir {

/// Nothing if there was an error, here or before.
std::optional<Plan> build_plan(const PipelineSyntax& pipeline, const Registry& registry,
                               Diagnostics& diagnostics);

}  // namespace weir
