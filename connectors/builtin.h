// builtin.h — the one list of built-in connectors and formats.
#pragma once

#include "engine/component/registry.h"

namespace weir {

/// Everything that ships with Weir, functions included.
Registry builtin_registry();

}  // namespace weir
