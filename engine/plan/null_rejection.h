// null_rejection.h — which columns a condition lets no NULL of pass.
#pragma once

#include <vector>

#include "engine/data/type.h"
#include "engine/expression/expression.h"

namespace weir {

/// What is known of the value of an expression. A boolean that is NULL is neither true nor false.
enum class Outcome { not_null, is_true, is_false };

/// Which of `columns` columns cannot be NULL where `expression`, over them, turns out as `outcome`: `country IS NOT NULL`, `amount > 5` and
/// `upper(country) IN ('DE', 'FR')` let no NULL pass, `amount > 5 OR country = 'DE'` lets some.
std::vector<bool> columns_without_nulls(const Expression& expression, Outcome outcome, std::size_t columns);
/// Makes these fields of `schema` not nullable; the others stay as they are.
void reject_nulls(const Expression& expression, Outcome outcome, Schema& schema);

}  // namespace weir
