// row_selection.h — which rows of a block are still taken, and how they are left out one after the other.
#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "engine/runtime/staged_chunk.h"

namespace weir {

/// The rows of a block that a branch, a gathering or an expansion still takes, beside where each came from.
struct RowSelection {
  std::vector<std::uint32_t> rows;
  std::vector<std::uint32_t> records;  // see EncodedRow::record in StagedChunk::branches
};

// A constant column holds its one error at row 0.
inline const RowError* error_at(const Column& column, std::uint32_t row) {
  return column.errors == nullptr ? nullptr : column.errors->find(row & column.row_mask);
}

inline RowSelection select_all(const BlockRows& rows) {
  RowSelection selection;
  if (rows.chosen) {
    selection.rows = *rows.chosen;
    for (const std::uint32_t row : selection.rows) selection.records.push_back(rows.origins[row]);
    return selection;
  }
  selection = {std::vector<std::uint32_t>(rows.batch.row_count), rows.origins};
  std::iota(selection.rows.begin(), selection.rows.end(), 0u);
  return selection;
}

// Keeps the rows for which `keeps(row, record)` holds.
template <typename Keeps>
void keep_if(RowSelection& selection, const Keeps& keeps) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < selection.rows.size(); ++i) {
    if (!keeps(selection.rows[i], selection.records[i])) continue;
    selection.rows[kept] = selection.rows[i];
    selection.records[kept++] = selection.records[i];
  }
  selection.rows.resize(kept);
  selection.records.resize(kept);
}

// A row with an error in the predicate is rejected, one where it is not true is filtered.
inline void apply_predicate(const Column& predicate, bool errors_are_null, RowSelection& selection, std::vector<RefusedRecord>& refused,
                     std::int64_t& filtered) {
  keep_if(selection, [&](std::uint32_t row, std::uint32_t record) {
    if (!predicate.is_null(row) && predicate.bool_at(row)) return true;
    const RowError* error = errors_are_null ? nullptr : error_at(predicate, row);
    if (error != nullptr) {
      refused.push_back({record, error->code, error->message});
    } else {
      ++filtered;
    }
    return false;
  });
}

// Takes out the rows for which a column could not be computed; `describe(c)` begins the message.
template <typename Describe>
void drop_failed(std::span<const Column> columns, RowSelection& selection, std::vector<RefusedRecord>& refused, const Describe& describe) {
  if (std::none_of(columns.begin(), columns.end(), [](const Column& column) { return column.errors != nullptr; })) return;
  keep_if(selection, [&](std::uint32_t row, std::uint32_t record) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const RowError* error = error_at(columns[c], row);
      if (error == nullptr) continue;
      refused.push_back({record, error->code, describe(c) + error->message});
      return false;
    }
    return true;
  });
}

// Takes out the rows of late records, and counts them in `out`.
template <typename Out>
void drop_late(RowSelection& selection, const std::vector<std::uint32_t>& records, const StagedChunk& chunk, Out& out) {
  if (chunk.limits.empty()) return;
  keep_if(selection, [&](std::uint32_t row, std::uint32_t) {
    if (!chunk.is_late(records[row])) return true;
    ++out.late;
    if (out.late_records.empty() || out.late_records.back() != records[row]) out.late_records.push_back(records[row]);
    return false;
  });
}

inline std::vector<Column> gather_all(std::span<const Column> columns, std::span<const std::uint32_t> rows, Arena& arena) {
  std::vector<Column> gathered;
  for (const Column& column : columns) gathered.push_back(gather(column, rows, arena));
  return gathered;
}

}  // namespace weir
