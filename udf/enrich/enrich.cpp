// enrich.cpp — the one list of enrichment families.
#include "udf/enrich/enrich.h"

#include "udf/enrich/enrichment_families.h"

namespace weir {

void register_enrichment(FunctionRegistry& registry) {
  register_geo(registry);
  register_user_agents(registry);
  register_url_domain(registry);
}

}  // namespace weir
