// iso_week.h — days of the week and ISO 8601 weeks.
#pragma once

#include <cstdint>

#include "engine/data/calendar.h"

namespace weir {

/// 0 is Monday, 6 is Sunday. 1970-01-01 was a Thursday.
inline std::int32_t weekday_from_monday(std::int32_t days) {
  const std::int32_t rest = static_cast<std::int32_t>((static_cast<std::int64_t>(days) + 3) % 7);
  return rest < 0 ? rest + 7 : rest;
}

struct IsoWeek {
  std::int32_t year;
  std::int32_t week;
};

/// A week belongs to the year of its Thursday.
inline IsoWeek iso_week(std::int32_t days) {
  const std::int32_t thursday = days - weekday_from_monday(days) + 3;
  const std::int32_t year = civil_from_days(thursday).year;
  return {year, (thursday - days_from_civil(year, 1, 1)) / 7 + 1};
}

}  // namespace weir
