// columns.h — small columns for the tests of plugins, and what stands in them as text.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/data/value.h"

namespace weir::test {

template <typename T>
Column column_of(const Type& type, const std::vector<std::optional<T>>& values, Arena& arena) {
  ColumnWriter writer(type, static_cast<std::uint32_t>(values.size()), arena);
  for (std::uint32_t row = 0; row < values.size(); ++row) {
    if (!values[row]) continue;
    if constexpr (std::is_same_v<T, std::string>) {
      writer.set_text(row, *values[row]);
    } else {
      writer.set(row, *values[row]);
    }
  }
  return writer.finish();
}

inline Column texts_column(const std::vector<std::optional<std::string>>& values, Arena& arena) {
  return column_of<std::string>(string_type, values, arena);
}

/// Each value as CAST(.. AS string) prints it; "NULL"; "!code: message" for an error.
inline std::vector<std::string> shown(const Column& column) {
  std::vector<std::string> result;
  for (std::uint32_t row = 0; row < column.size; ++row) {
    const RowError* error = column.errors == nullptr ? nullptr : column.errors->find(row & column.row_mask);
    result.push_back(error == nullptr ? to_text(value_at(column, row)) : "!" + error->code + ": " + error->message);
  }
  return result;
}

}  // namespace weir::test
