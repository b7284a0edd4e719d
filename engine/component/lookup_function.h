// lookup_function.h — a lookup table as a function: the values of its key in, its row as a struct out, NULL where there is none.
#pragma once

#include "engine/component/lookup.h"
#include "engine/expression/function.h"

namespace weir {

/// The row of a table: a struct of its columns, without copying any.
Type row_type(const LookupShape& shape);

/// Calls prepared later see the table that `slot` holds then, for as long as they live. Where it holds none, every row is an error, so that no
/// call is ever taken for a constant. `origin`: what decides results, see Overload.
Function lookup_function(const LookupShape& shape, std::shared_ptr<const LookupSlot> slot, std::string origin);

}  // namespace weir
