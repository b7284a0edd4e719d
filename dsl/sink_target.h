// sink_target.h — what a sink writes to: an outlet, or a table of a connection, which may be its own.
#pragma once

#include <memory>
#include <optional>

#include "dsl/syntax.h"
#include "engine/plan/builder.h"

namespace weir {

struct SinkTarget {
  std::size_t connection = 0;
  std::shared_ptr<const OutletDefinition> outlet;  // null: a table of the connection
};

/// Nothing after reporting. Connections that only the sink names are added to `builder`.
std::optional<SinkTarget> find_target(const SinkSyntax& sink, const PipelineSyntax& pipeline, const Registry& registry, PlanBuilder& builder,
                                      Diagnostics& diagnostics);

}  // namespace weir
