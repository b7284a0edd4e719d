// test_value.h — the values that tests write for columns.
#pragma once

#include <cstdint>
#include <string>

#include "engine/component/config.h"
#include "engine/data/value.h"

namespace weir {

/// The value of a cell for a column of this type. A time without a date, such as "10:01", is of `day`, in days since 1970. Lists and maps are arrays,
/// maps, structs and JSON. The error has the place of the cell.
Result<Value> read_test_value(const Config& cell, const Type& type, std::int32_t day);

/// One row as a record of JSON: the fields with their values, in order.
std::string json_record(const std::vector<std::pair<std::string, Value>>& fields);

}  // namespace weir
