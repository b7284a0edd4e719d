// recorded_rows.h — records of a sample as the rows that a source makes of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "engine/testing/memory_rows.h"

namespace weir {

/// By record: the values of the source's columns that are no metadata, in order; nothing where its format refuses the record.
std::vector<std::optional<RowOfValues>> rows_of_records(const ScanNode& source, const std::vector<std::string>& records);

}  // namespace weir
