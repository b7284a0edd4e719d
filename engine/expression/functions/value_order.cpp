// value_order.cpp — comparators of single values by type.
#include "engine/expression/functions/value_order.h"

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

/// By the canonical keys: arrays element by element, structs field by field, NULL last.
int compare_nested(const Column& a, std::uint32_t row_a, const Column& b, std::uint32_t row_b) {
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
    case TypeKind::map:
    case TypeKind::structure:
      return compare_nested;
  }
  return compare_nothing;
}

}  // namespace weir
