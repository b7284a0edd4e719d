// group_parts.h — what both halves of GroupOperation use: flags by group, and rows of batches.
#pragma once

#include <numeric>
#include <span>
#include <vector>

#include "engine/component/store.h"
#include "engine/data/column.h"

namespace weir {

inline std::vector<std::uint32_t> numbers_to(std::size_t count) {
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0u);
  return numbers;
}

inline const RowError* error_at(const Column& column, std::uint32_t row) {
  return column.errors == nullptr ? nullptr : column.errors->find(row & column.row_mask);
}

inline bool is_true(const Column& column, std::uint32_t row) { return !column.is_null(row) && column.bool_at(row); }

inline bool get_flag(const std::vector<char>& flags, std::size_t i) { return i < flags.size() && flags[i] != 0; }

inline void set_flag(std::vector<char>& flags, std::size_t i, bool value) {
  if (i >= flags.size()) flags.resize(i + 1, 0);
  flags[i] = value ? 1 : 0;
}

inline void encode_rows(const RowEncoder& encoder, std::span<const Column> columns, const std::vector<std::uint32_t>& rows, EncodedRows& out) {
  encoder.encode_keys(columns, rows, rows, out);
  std::vector<std::uint32_t> kept;
  for (const EncodedRow& row : out.rows) kept.push_back(row.record);
  encoder.encode_values(columns, kept, out);
}

inline Batch batch_of(const std::vector<Column>& columns, std::size_t rows) {
  Batch batch;
  batch.columns = columns;
  batch.row_count = static_cast<std::uint32_t>(rows);
  return batch;
}

}  // namespace weir
