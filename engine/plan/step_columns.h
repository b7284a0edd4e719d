// step_columns.h — what the steps of the plan builder share: columns as they are, and names that must differ.
#pragma once

#include <vector>

#include "engine/plan/builder.h"

namespace weir {

/// Every column of `schema`, as it is.
std::vector<ExpressionPtr> columns_of(const Schema& schema);

/// Reports a name that is given twice; whether there was none.
bool check_distinct(const std::vector<PlanBuilder::NamedAst>& columns, Diagnostics& diagnostics);

}  // namespace weir
