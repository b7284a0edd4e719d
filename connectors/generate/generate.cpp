// generate.cpp — the one list of generators.
#include "connectors/generate/generate.h"

#include "connectors/generate/product_view.h"

namespace weir {

std::vector<GeneratorSpec> event_generators() { return {product_view_generator()}; }

}  // namespace weir
