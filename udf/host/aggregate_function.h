// aggregate_function.h — a plugin's function that makes one value of many rows, as GROUP BY keeps it.
#pragma once

#include <string>

#include "engine/expression/aggregate.h"
#include "udf/weir_udf.h"

namespace weir {

/// The body of a call site. `declared` has been checked, and outlives the body; `where` begins its errors. A group of which a row could not be added
/// has that error as its result: the error that sorts first, so that the order of rows does not decide.
AggregateResult prepare_aggregate(const weir_function& declared, const CallSite& site, const std::string& where);

}  // namespace weir
