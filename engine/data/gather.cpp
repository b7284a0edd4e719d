// gather.cpp — chosen rows of a column.
#include <algorithm>
#include <cstring>

#include "engine/data/column.h"

namespace weir {
namespace {

template <std::size_t width>
void copy_values(const void* from, std::span<const std::uint32_t> rows, void* to) {
  const char* const source = static_cast<const char*>(from);
  char* target = static_cast<char*>(to);
  for (const std::uint32_t row : rows) {
    std::memcpy(target, source + width * row, width);
    target += width;
  }
}

// Most columns have a value in every row, so that nothing needs to be asked of a row.
Column gather_plain(const Column& column, std::size_t width, std::span<const std::uint32_t> rows, Arena& arena) {
  void* values = arena.allocate(rows.size() * width, 64);
  if (width == 4) copy_values<4>(column.values, rows, values);
  if (width == 8) copy_values<8>(column.values, rows, values);
  if (width == 16) copy_values<16>(column.values, rows, values);
  Column result = column;
  result.size = static_cast<std::uint32_t>(rows.size());
  result.values = values;
  return result;
}

}  // namespace

Column gather(const Column& column, std::span<const std::uint32_t> rows, Arena& arena) {
  const std::size_t width = column.type.width();
  const bool is_plain = column.validity == nullptr && !column.is_constant() && width != 0 && std::find(rows.begin(), rows.end(), ~0u) == rows.end();
  if (is_plain) return gather_plain(column, width, rows, arena);
  const auto count = static_cast<std::uint32_t>(rows.size());
  ColumnWriter writer(column.type, count, arena);
  for (std::uint32_t row = 0; row < count; ++row) {
    if (rows[row] == ~0u || column.is_null(rows[row])) {
      if (rows[row] != ~0u) writer.copy_from(row, column, rows[row]);  // takes an error along
      continue;
    }
    if (column.type.is_text_like()) {
      writer.set(row, column.at<View>(rows[row]));
    } else {
      writer.copy_from(row, column, rows[row]);
    }
  }
  Column result = writer.finish();
  result.arena = column.arena;  // where the views point
  if (column.type.is_nested()) result.children = column.children;
  return result;
}

}  // namespace weir
