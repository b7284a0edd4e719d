// table_families.h — the families of table functions; builtin_tables.cpp calls them all.
#pragma once

namespace weir {

class TableFunctionRegistry;

// explode, explode_outer, posexplode, posexplode_outer
void register_explode(TableFunctionRegistry& registry);
// hop, cumulate
void register_windows(TableFunctionRegistry& registry);
// inline, inline_outer
void register_inline(TableFunctionRegistry& registry);

}  // namespace weir
