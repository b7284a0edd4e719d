// date_unit.h — the units in which dates and times are counted, and the start of one.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir {

enum class DateUnit : std::uint8_t {
  year,
  quarter,
  month,
  week,
  day,
  hour,
  minute,
  second,
  millisecond,
  microsecond
};

inline constexpr const char* date_unit_names =
    "year, quarter, month, week, day, hour, minute, second, millisecond or microsecond";

/// Spark's names in any case: year, yyyy, yy, quarter, month, mon, mm, week, day, dd, hour, minute, second,
/// millisecond, microsecond.
std::optional<DateUnit> parse_date_unit(std::string_view name);

/// 0 for a month and longer units, which are not all of one length.
std::int64_t microseconds_in(DateUnit unit);

/// The first day of the unit that holds `day`; units shorter than a day leave it.
std::int32_t truncate_day(DateUnit unit, std::int32_t day);
/// The first microsecond of the unit that holds `time`.
std::int64_t truncate_time(DateUnit unit, std::int64_t time);

}  // namespace weir
