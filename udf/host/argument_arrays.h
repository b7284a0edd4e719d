// argument_arrays.h — shows columns to a plugin as Arrow arrays, in place.
#pragma once

#include <span>

#include "engine/data/column.h"
#include "udf/weir_udf.h"

namespace weir {

/// One array of `rows` rows per column. Values stay where they are, but for columns of one value for all rows, which get a value a row.
/// The arrays live in `arena`; they are borrowed, so their `release` does nothing.
const ArrowArray* const* show_arguments(std::span<const Column> columns, std::uint32_t rows, Arena& arena);

}  // namespace weir
