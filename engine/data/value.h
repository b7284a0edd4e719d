// value.h — one typed value: literals, defaults, what tests compare. Not for hot paths.
#pragma once

#include <string>
#include <variant>

#include "engine/data/column.h"

namespace weir {

/// std::monostate is NULL. int32/date use std::int32_t, int64/timestamp std::int64_t, decimal Int128,
/// string/bytes/json std::string; of an array its elements, of a map key and value in turn, of a struct its fields.
struct Value {
  Type type;
  std::variant<std::monostate, bool, std::int32_t, std::int64_t, double, Int128, std::string, Interval, std::vector<Value>>
      data;
  bool is_null() const { return data.index() == 0; }
  friend bool operator==(const Value&, const Value&) = default;
};

Value value_at(const Column& column, std::uint32_t row);
/// A constant column (row_mask 0) of `value`, its memory in `arena`.
Column constant_column(const Value& value, std::uint32_t rows, Arena& arena);
/// As CAST(value AS string) prints it, nested ones as Spark does: [1, null], {a -> 1}, {1, x}. NULL prints as "NULL". Strings unquoted.
std::string to_text(const Value& value);
/// As an SQL literal of the pipeline language: 'it''s', DATE '2024-11-01', 12.50, NULL, array(1, 2), map('a', 1), named_struct('id', 1).
std::string to_sql(const Value& value);

}  // namespace weir
