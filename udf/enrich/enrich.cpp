// enrich.cpp — the one list of enrichment families.
#include "udf/enrich/enrich.h"

#include "udf/enrich/enrichment_families.h"

namespace weir {

void register_enrichment(FunctionRegistry& registry) {
  register_geo(registry);
}

}  // namespace weir
