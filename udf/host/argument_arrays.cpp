// argument_arrays.cpp — shows columns to a plugin as Arrow arrays, in place.
#include "udf/host/argument_arrays.h"

namespace weir {
namespace {

// Whoever releases what he has borrowed does no harm.
void release_borrowed(ArrowArray* array) { array->release = nullptr; }

// The views of a text go on pointing into the column's own arena, so that its bytes are not copied.
Column expand(const Column& column, std::uint32_t rows, Arena& arena) {
  ColumnWriter writer(column.type, rows, arena);
  const bool is_text = column.type.is_text_like();
  for (std::uint32_t row = 0; row < rows && !column.is_null(0); ++row) {
    if (is_text) {
      writer.set(row, column.at<View>(0));
    } else {
      writer.copy_from(row, column, 0);
    }
  }
  Column expanded = writer.finish();
  if (is_text) expanded.arena = column.arena;
  return expanded;
}

ArrowArray show(const Column& given, std::uint32_t rows, Arena& arena) {
  const Column column = given.is_constant() && rows != 1 ? expand(given, rows, arena) : given;
  const bool is_text = column.type.is_text_like();
  const std::size_t blocks = is_text && column.arena != nullptr ? column.arena->block_count() : 0;
  const std::size_t buffer_count = is_text ? 3 + blocks : 2;
  auto* buffers = arena.allocate_array<const void*>(buffer_count);
  buffers[0] = column.validity;
  buffers[1] = column.values;
  if (is_text) {
    auto* sizes = arena.allocate_array<std::int64_t>(blocks + 1);
    for (std::size_t block = 0; block < blocks; ++block) {
      buffers[2 + block] = column.arena->block_base(block);
      sizes[block] = static_cast<std::int64_t>(column.arena->block_size(block));
    }
    buffers[2 + blocks] = sizes;
  }
  ArrowArray array{};
  array.length = rows;
  array.null_count = column.validity == nullptr ? 0 : -1;
  array.n_buffers = static_cast<std::int64_t>(buffer_count);
  array.buffers = buffers;
  array.release = release_borrowed;
  return array;
}

}  // namespace

const ArrowArray* const* show_arguments(std::span<const Column> columns, std::uint32_t rows, Arena& arena) {
  auto* arrays = arena.allocate_array<ArrowArray>(columns.size());
  auto* pointers = arena.allocate_array<const ArrowArray*>(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    arrays[i] = show(columns[i], rows, arena);
    pointers[i] = &arrays[i];
  }
  return pointers;
}

}  // namespace weir
