// interval_arithmetic.cpp — calendar steps with every overflow looked at.
#include "engine/expression/functions/interval_arithmetic.h"

#include <algorithm>

#include "engine/data/calendar.h"

namespace weir {
namespace {

constexpr std::int64_t farthest_year = 290'000;  // what microseconds in 64 bits reach

std::int32_t days_in_month(std::int32_t year, unsigned month) {
  const std::int32_t next_year = month == 12 ? year + 1 : year;
  return days_from_civil(next_year, month == 12 ? 1 : month + 1, 1) - days_from_civil(year, month, 1);
}

}  // namespace

std::optional<std::int32_t> add_months_to_date(std::int32_t days, std::int64_t months) {
  const CivilDate date = civil_from_days(days);
  const std::int64_t total = std::int64_t{date.year} * 12 + (date.month - 1) + months;
  const std::int64_t year = total >= 0 ? total / 12 : -((11 - total) / 12);
  if (year > farthest_year || year < -farthest_year) return std::nullopt;
  const auto month = static_cast<unsigned>(total - year * 12) + 1;
  const auto short_year = static_cast<std::int32_t>(year);
  const std::int32_t day = std::min<std::int32_t>(date.day, days_in_month(short_year, month));
  return days_from_civil(short_year, month, static_cast<unsigned>(day));
}

std::optional<std::int64_t> add_interval(std::int64_t microseconds, const Interval& interval) {
  std::int64_t day = days_of_timestamp(microseconds);
  const std::int64_t time = microseconds - day * microseconds_per_day;
  if (interval.months != 0) {
    const auto moved = add_months_to_date(static_cast<std::int32_t>(day), interval.months);
    if (!moved) return std::nullopt;
    day = *moved;
  }
  std::int64_t result = 0;
  if (__builtin_mul_overflow(day + interval.days, microseconds_per_day, &result)) return std::nullopt;
  if (__builtin_add_overflow(result, time, &result)) return std::nullopt;
  if (__builtin_add_overflow(result, interval.nanoseconds / 1000, &result)) return std::nullopt;
  return result;
}

std::optional<Interval> negated(const Interval& interval) { return multiplied(interval, -1); }

std::optional<Interval> sum(const Interval& a, const Interval& b) {
  Interval result;
  if (__builtin_add_overflow(a.months, b.months, &result.months)) return std::nullopt;
  if (__builtin_add_overflow(a.days, b.days, &result.days)) return std::nullopt;
  if (__builtin_add_overflow(a.nanoseconds, b.nanoseconds, &result.nanoseconds)) return std::nullopt;
  return result;
}

std::optional<Interval> multiplied(const Interval& interval, std::int32_t factor) {
  Interval result;
  if (__builtin_mul_overflow(interval.months, factor, &result.months)) return std::nullopt;
  if (__builtin_mul_overflow(interval.days, factor, &result.days)) return std::nullopt;
  if (__builtin_mul_overflow(interval.nanoseconds, factor, &result.nanoseconds)) return std::nullopt;
  return result;
}

Interval difference(std::int64_t later, std::int64_t earlier) {
  const Int128 microseconds = static_cast<Int128>(later) - earlier;
  Interval result;
  result.days = static_cast<std::int32_t>(microseconds / microseconds_per_day);
  result.nanoseconds = static_cast<std::int64_t>(microseconds % microseconds_per_day) * 1000;
  return result;
}

}  // namespace weir
