// table_function.h — a plugin's function that makes any number of rows of one.
#pragma once

#include <string>

#include "engine/expression/table_function.h"
#include "udf/weir_udf.h"

namespace weir {

/// The columns that `declared` makes, as a struct.
Type table_columns(const weir_function& declared);

/// The body of a call site. `declared` has been checked, and outlives the body; `where` begins its errors. Where the plugin failed, or gave what is
/// no set of rows, every row has the error udf_failed or udf_bad_result.
TableBodyResult prepare_table(const weir_function& declared, const CallSite& site, const std::string& where);

}  // namespace weir
