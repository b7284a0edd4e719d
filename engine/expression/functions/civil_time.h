// civil_time.h — a date and a time of day by their numbers, as make_timestamp takes them.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>

#include "engine/data/calendar.h"
#include "engine/data/decimal.h"

namespace weir {

struct CivilTime {
  std::int64_t year;
  std::int64_t month;
  std::int64_t day;
  std::int64_t hour;
  std::int64_t minute;
  Int128 microseconds;  // within the minute; a whole minute is the start of the next one, as in Spark

  /// Nothing where there is no such time in the years 1 to 9999.
  std::optional<std::int64_t> timestamp() const {
    const auto between = [](std::int64_t value, std::int64_t least, std::int64_t most) {
      return value >= least && value <= most;
    };
    const bool fits = between(year, 1, 9999) && between(month, 1, 12) && between(day, 1, 31) &&
                      between(hour, 0, 23) && between(minute, 0, 59) && microseconds >= 0 &&
                      microseconds <= 60 * microseconds_per_second;
    if (!fits || !is_valid_date(static_cast<std::int32_t>(year), static_cast<unsigned>(month),
                                static_cast<unsigned>(day)))
      return std::nullopt;
    const std::int32_t days = days_from_civil(static_cast<std::int32_t>(year), static_cast<unsigned>(month),
                                              static_cast<unsigned>(day));
    const std::int64_t seconds = hour * 3600 + minute * 60;
    return days * microseconds_per_day + seconds * microseconds_per_second +
           static_cast<std::int64_t>(microseconds);
  }
  std::string no_such_time() const {
    return fmt::format("make_timestamp: no such time: {}-{}-{} {}:{}:{}", year, month, day, hour, minute,
                       decimal_to_string(microseconds, 6));
  }
};

}  // namespace weir
