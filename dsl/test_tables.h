// test_tables.h — what a test says that lookup tables hold.
#pragma once

#include <memory>
#include <vector>

#include "engine/component/config.h"
#include "engine/component/lookup.h"

namespace weir {

/// A table of these rows, each a map of columns; columns that a row leaves out are NULL. `day` as in test_value.h. What is wrong is an error at its place: names,
/// values, NULL where that cannot be, a key twice. `shape` must outlive the table.
Result<std::shared_ptr<const LookupDefinition>> given_table(const LookupShape& shape, const std::vector<Config>& rows, std::int32_t day);

}  // namespace weir
