// date_counts.h — the overloads of date_add and datediff that name a unit; date_counting.cpp makes them.
#pragma once

#include "engine/expression/function.h"

namespace weir {

/// (unit, count, timestamp)
Overload add_named_units();
/// (unit, start, end)
Overload difference_in_named_units();

}  // namespace weir
