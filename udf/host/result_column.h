// result_column.h — takes over what a plugin has computed, believing nothing.
#pragma once

#include <vector>

#include "engine/base/error.h"
#include "engine/data/column.h"
#include "udf/weir_udf.h"

namespace weir {

/// Reject reasons of plugins' rows.
inline constexpr const char* udf_error_code = "udf_error";
inline constexpr const char* udf_exception_code = "udf_exception";
inline constexpr const char* udf_result_code = "udf_bad_result";

/// A column that a plugin fills. Whatever was put there is released in the end.
class ResultSlot {
 public:
  ResultSlot() = default;
  ~ResultSlot() {
    if (column.array.release != nullptr) column.array.release(&column.array);
  }
  ResultSlot(const ResultSlot&) = delete;
  ResultSlot& operator=(const ResultSlot&) = delete;
  weir_column column{};
};

/// The values copied into `arena` as a column of `type`. What is wrong with the array as a whole is an error, a sentence about "the result";
/// what is wrong with one value (no UTF-8, no JSON, too many digits) is an error of its row, with the code udf_bad_result.
Result<Column> take_result(const weir_column& given, const Type& type, std::uint32_t rows, Arena& arena);

/// Adds errors to a column that take_result made: their rows become NULL. The first error of a row counts.
void add_errors(Column& column, std::vector<RowError> errors, Arena& arena);

}  // namespace weir
