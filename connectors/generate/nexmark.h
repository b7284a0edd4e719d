// nexmark.h — the Nexmark benchmark's events: `weir generate nexmark` and the source `type: nexmark`.
#pragma once

#include "connectors/generate/generate.h"
#include "engine/component/registry.h"

namespace weir {

GeneratorSpec nexmark_generator();
/// Makes its records itself, as fast as they are taken: deterministic, resumable anywhere.
SourceSpec nexmark_source();

}  // namespace weir
