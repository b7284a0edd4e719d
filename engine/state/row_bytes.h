// row_bytes.h — the values of a row as bytes, of any types, and columns made of such rows again.
//
// One byte per value, 0 for NULL or 1; then the value in the machine's form, text-like ones with their length before them, 32 bits; of an array or a
// map the number of its elements or entries, then these; of a struct its fields. Kept in weir_state: a change needs another version there.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/column.h"

namespace weir {

/// Appends the values of one row. None of them is an error.
void append_row_bytes(std::span<const Column> columns, std::uint32_t row, std::string& out);

/// Columns that grow by such rows. One thread; the arena must outlive what finish() gives.
class RowColumns {
 public:
  RowColumns(std::span<const Type> types, Arena& arena);
  /// Appends a row. False where the bytes are no row of these types: then the columns are good for nothing.
  bool append(std::string_view bytes);
  void append_nulls();
  std::vector<Column> finish();

 private:
  std::vector<ColumnBuilder> builders_;
};

/// Whether `bytes` are a row of these types.
bool is_row_of(std::string_view bytes, std::span<const Type> types);

}  // namespace weir
