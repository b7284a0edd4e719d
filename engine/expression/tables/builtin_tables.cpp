// builtin_tables.cpp — the one list of families of table functions.
#include "engine/expression/table_function.h"
#include "engine/expression/tables/table_families.h"

namespace weir {

void register_builtin_tables(TableFunctionRegistry& registry) {
  register_explode(registry);
  register_inline(registry);
  register_windows(registry);
}

}  // namespace weir
