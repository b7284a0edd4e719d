// list_rows.cpp — walks the spans of a column of lists.
#include "engine/expression/tables/list_rows.h"

namespace weir {

ListRows rows_of_lists(const Column& column, std::uint32_t rows) {
  ListRows result;
  result.offsets.reserve(rows + 1);
  result.offsets.push_back(0);
  for (std::uint32_t row = 0; row < rows; ++row) {
    if (!column.is_null(row)) {
      const Span& span = column.at<Span>(row);
      for (std::uint32_t i = 0; i < span.length; ++i) result.children.push_back(span.start + i);
    }
    result.offsets.push_back(static_cast<std::uint32_t>(result.children.size()));
  }
  return result;
}

}  // namespace weir
