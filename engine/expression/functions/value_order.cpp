// value_order.cpp — comparators of single values by type.
#include "engine/expression/functions/value_order.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "engine/data/hash.h"

namespace weir {
namespace {

template <typename T>
int compare(const T& a, const T& b) {
  if (is_equal(a, b)) return 0;
  return is_less(a, b) ? -1 : 1;
}

template <typename T>
int compare_fixed(const Column& a, std::uint32_t row_a, const Column& b, std::uint32_t row_b) {
  return compare(a.at<T>(row_a), b.at<T>(row_b));
}

int compare_bool(const Column& a, std::uint32_t row_a, const Column& b, std::uint32_t row_b) {
  return static_cast<int>(a.bool_at(row_a)) - static_cast<int>(b.bool_at(row_b));
}

int compare_text(const Column& a, std::uint32_t row_a, const Column& b, std::uint32_t row_b) {
  return a.text_at(row_a).compare(b.text_at(row_b));
}

int compare_decimal(const Column& a, std::uint32_t row_a, const Column& b, std::uint32_t row_b) {
  return compare_decimals(a.at<Int128>(row_a), a.type.scale, b.at<Int128>(row_b), b.type.scale);
}

/// Only equality means something; the order is that of the parts.
int compare_interval(const Column& a, std::uint32_t row_a, const Column& b, std::uint32_t row_b) {
  const auto parts = [](const Interval& interval) {
    return std::make_tuple(interval.months, interval.days, interval.nanoseconds);
  };
  const auto left = parts(a.at<Interval>(row_a));
  const auto right = parts(b.at<Interval>(row_b));
  return left == right ? 0 : left < right ? -1 : 1;
}

int compare_part(const Column& a, std::uint32_t row_a, const Column& b, std::uint32_t row_b) {
  const bool is_null = a.is_null(row_a);
  if (is_null || b.is_null(row_b)) return static_cast<int>(b.is_null(row_b)) - static_cast<int>(is_null);
  return comparator_of(a.type.kind)(a, row_a, b, row_b);
}

/// Element by element; an array comes before the longer ones that it begins.
int compare_array(const Column& a, std::uint32_t row_a, const Column& b, std::uint32_t row_b) {
  const Span left = a.at<Span>(row_a);
  const Span right = b.at<Span>(row_b);
  for (std::uint32_t k = 0; k < std::min(left.length, right.length); ++k) {
    const int order = compare_part((*a.children)[0], left.start + k, (*b.children)[0], right.start + k);
    if (order != 0) return order;
  }
  return left.length == right.length ? 0 : left.length < right.length ? -1 : 1;
}

int compare_struct(const Column& a, std::uint32_t row_a, const Column& b, std::uint32_t row_b) {
  const auto left = a.at<std::uint32_t>(row_a);
  const auto right = b.at<std::uint32_t>(row_b);
  for (std::size_t i = 0; i < a.children->size(); ++i) {
    const int order = compare_part((*a.children)[i], left, (*b.children)[i], right);
    if (order != 0) return order;
  }
  return 0;
}

/// Only equality means something: maps are equal that have the same entries.
int compare_map(const Column& a, std::uint32_t row_a, const Column& b, std::uint32_t row_b) {
  std::string left, right;
  append_key(a, row_a, left);
  append_key(b, row_b, right);
  return left.compare(right);
}

int compare_nothing(const Column&, std::uint32_t, const Column&, std::uint32_t) { return 0; }

}  // namespace

int compare_decimals(Int128 a, int scale_a, Int128 b, int scale_b) {
  if (scale_a > scale_b) return -compare_decimals(b, scale_b, a, scale_a);
  Int128 scaled = a;
  // What does not fit 128 bits any more is larger than every decimal.
  if (scale_a != scale_b && __builtin_mul_overflow(a, power_of_ten(scale_b - scale_a), &scaled))
    return a < 0 ? -1 : 1;
  return scaled == b ? 0 : scaled < b ? -1 : 1;
}

bool has_order(const Type& type) {
  if (!type.is_nested() || type.kind == TypeKind::map) return type.kind != TypeKind::map;
  const auto& fields = type.nested->fields;
  return std::all_of(fields.begin(), fields.end(), [](const Field& field) { return has_order(field.type); });
}

ValueComparator comparator_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::null:
      return compare_nothing;
    case TypeKind::boolean:
      return compare_bool;
    case TypeKind::int32:
    case TypeKind::date:
      return compare_fixed<std::int32_t>;
    case TypeKind::int64:
    case TypeKind::timestamp:
      return compare_fixed<std::int64_t>;
    case TypeKind::float64:
      return compare_fixed<double>;
    case TypeKind::decimal:
      return compare_decimal;
    case TypeKind::interval:
      return compare_interval;
    case TypeKind::string:
    case TypeKind::bytes:
    case TypeKind::json:
      return compare_text;
    case TypeKind::array:
      return compare_array;
    case TypeKind::map:
      return compare_map;
    case TypeKind::structure:
      return compare_struct;
  }
  return compare_nothing;
}

}  // namespace weir
