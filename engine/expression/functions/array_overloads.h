// array_overloads.h — what functions of text do with arrays.
#pragma once

#include "engine/expression/functions/kernels.h"

namespace weir {

/// concat(array, array, ...)
Overload concat_arrays();
/// reverse(array)
Overload reverse_array();

}  // namespace weir
