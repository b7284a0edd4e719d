// build_plan.h — walks the syntax tree into the plan builder.
#pragma once

#include <optional>

#include "dsl/syntax.h"

namespace weir {

struct Knowledge;

/// Nothing if there was an error, here or before. `knowledge` gets the columns of sources, streams and sinks; or null.
std::optional<Plan> build_plan(const PipelineSyntax& pipeline, const Registry& registry, Diagnostics& diagnostics, Knowledge* knowledge = nullptr);

}  // namespace weir
