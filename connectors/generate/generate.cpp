// generate.cpp — the one list of generators.
#include "connectors/generate/generate.h"

#include "connectors/generate/nexmark.h"
#include "connectors/generate/product_view.h"
#include "connectors/generate/purchase.h"

namespace weir {

std::vector<GeneratorSpec> event_generators() { return {product_view_generator(), purchase_generator(), nexmark_generator()}; }

}  // namespace weir
