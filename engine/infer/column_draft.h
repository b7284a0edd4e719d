// column_draft.h — a column as somebody would declare it who has seen a sample.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/data/type.h"
#include "engine/infer/value_shape.h"

namespace weir {

struct ColumnDraft {
  Field field;
  std::string from;   // the name of the field in the record
  std::string doubt;  // what to look at before it is trusted: "3 of 1,000 are empty"; empty: nothing
};

struct DraftRules {
  /// The share of values that may not be of the type of the others: they are rejected when it is declared so. With 0, such a column is json.
  double tolerated = 0;
};

/// Columns of `records` JSON objects, whose members `shape` has seen: by name, in the order in which they came.
std::vector<ColumnDraft> draft_columns(const ValueShape& shape, std::int64_t records, const DraftRules& rules);
/// The column of cells of CSV, which are texts: its type is what they all say.
ColumnDraft draft_text_column(const std::string& name, const ValueShape& shape);

/// Names for columns that SQL takes as they are, each another one: made of those of their fields.
void name_columns(std::vector<ColumnDraft>& columns);

/// A column of timestamps that may say when rows happened: its name sounds like it, or it is the only one. Empty: none.
std::string event_time_of(const std::vector<ColumnDraft>& columns);

}  // namespace weir
