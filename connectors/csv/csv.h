// csv.h — CSV files as lookup tables.
#pragma once

#include "engine/component/registry.h"

namespace weir {

LookupSpec csv_table();

}  // namespace weir
