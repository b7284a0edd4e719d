// list_rows.h — which rows of its children the arrays or maps of a column hold, one after the other.
#pragma once

#include <vector>

#include "engine/expression/table_function.h"

namespace weir {

struct ListRows {
  std::vector<std::uint32_t> offsets;   // as in MadeRows
  std::vector<std::uint32_t> children;  // row numbers of the column's children
};

/// `column` is of an array or a map type; NULL and an empty list give no rows.
ListRows rows_of_lists(const Column& column, std::uint32_t rows);

}  // namespace weir
