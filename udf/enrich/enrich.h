// enrich.h — functions that look their argument up in data that comes as a file: geo databases, uap-core's
// regexes, the public suffix list.
#pragma once

#include "engine/expression/function.h"

namespace weir {

/// Opens no file: that happens when a call is compiled. The functions of one registry share what they have
/// open.
void register_enrichment(FunctionRegistry& registry);

}  // namespace weir
