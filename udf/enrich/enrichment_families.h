// enrichment_families.h — the families behind enrich.h, one file each.
#pragma once

#include "engine/expression/function.h"

namespace weir {

void register_geo(FunctionRegistry& registry);
void register_user_agents(FunctionRegistry& registry);
void register_url_domain(FunctionRegistry& registry);

}  // namespace weir
