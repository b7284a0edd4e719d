// console.h — the outlet that shows rows on stdout.
#pragma once

#include "engine/component/registry.h"

namespace weir {

/// `type: console`.
OutletSpec console_outlet();

}  // namespace weir
