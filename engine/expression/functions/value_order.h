// value_order.h — when two values are equal and which comes first: as SQL and Spark see it, for one row of
// two columns.
#pragma once

#include <cmath>
#include <cstring>
#include <string_view>

#include "engine/data/column.h"

namespace weir {

/// NaN equals NaN and is greater than every other double; 0.0 equals -0.0.
inline bool is_equal(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }
inline bool is_less(double a, double b) { return a < b || (std::isnan(b) && !std::isnan(a)); }

template <typename T>
bool is_equal(const T& a, const T& b) {
  return a == b;
}
template <typename T>
bool is_less(const T& a, const T& b) {
  return a < b;
}
/// Text is ordered by its bytes.
inline bool is_less(std::string_view a, std::string_view b) { return a < b; }

/// Most different texts differ in length or in their first four bytes, which the views hold.
inline bool is_equal_text(const Column& a, std::uint32_t row_a, const Column& b, std::uint32_t row_b) {
  const View& left = a.at<View>(row_a);
  const View& right = b.at<View>(row_b);
  if (left.length != right.length || std::memcmp(left.inlined, right.inlined, std::min(left.length, 4)) != 0)
    return false;
  return a.arena->text(left) == b.arena->text(right);
}

/// Negative, zero or positive; exact for different scales.
int compare_decimals(Int128 a, int scale_a, Int128 b, int scale_b);

/// Compares row `row_a` of one column with row `row_b` of another of the same type; neither is NULL. Within arrays and structs NULL equals
/// NULL and comes first, as in Spark.
using ValueComparator = int (*)(const Column& a, std::uint32_t row_a, const Column& b, std::uint32_t row_b);
ValueComparator comparator_of(TypeKind kind);

/// Whether values of the type come one after the other: maps don't, nor what holds one.
bool has_order(const Type& type);

}  // namespace weir
