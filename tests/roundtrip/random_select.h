// random_select.h — pipelines in SQL whose queries are plain SELECTs, which YAML has as steps.
#pragma once

#include "tests/roundtrip/draw.h"

namespace weir::testing {

/// The text of a .weir file that compiles: two sources, a lookup table, and streams and sinks that SELECT from them.
std::string random_select(Draw& draw);

}  // namespace weir::testing
