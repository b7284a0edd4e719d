// date_unit.cpp — names of date units and truncation to them.
#include "engine/expression/functions/date_unit.h"

#include <strings.h>
#include <array>
#include <utility>

#include "engine/data/calendar.h"
#include "engine/expression/functions/iso_week.h"

namespace weir {
namespace {

constexpr std::array<std::pair<std::string_view, DateUnit>, 15> names{{
    {"year", DateUnit::year},
    {"yyyy", DateUnit::year},
    {"yy", DateUnit::year},
    {"quarter", DateUnit::quarter},
    {"month", DateUnit::month},
    {"mon", DateUnit::month},
    {"mm", DateUnit::month},
    {"week", DateUnit::week},
    {"day", DateUnit::day},
    {"dd", DateUnit::day},
    {"hour", DateUnit::hour},
    {"minute", DateUnit::minute},
    {"second", DateUnit::second},
    {"millisecond", DateUnit::millisecond},
    {"microsecond", DateUnit::microsecond},
}};

}  // namespace

std::int64_t microseconds_in(DateUnit unit) {
  switch (unit) {
    case DateUnit::week:
      return 7 * microseconds_per_day;
    case DateUnit::day:
      return microseconds_per_day;
    case DateUnit::hour:
      return 3600 * microseconds_per_second;
    case DateUnit::minute:
      return 60 * microseconds_per_second;
    case DateUnit::second:
      return microseconds_per_second;
    case DateUnit::millisecond:
      return 1000;
    case DateUnit::microsecond:
      return 1;
    default:
      return 0;
  }
}

std::optional<DateUnit> parse_date_unit(std::string_view name) {
  for (const auto& [known, unit] : names) {
    if (known.size() == name.size() && strncasecmp(known.data(), name.data(), name.size()) == 0) return unit;
  }
  return std::nullopt;
}

std::int32_t truncate_day(DateUnit unit, std::int32_t day) {
  if (unit == DateUnit::week) return day - weekday_from_monday(day);
  if (unit > DateUnit::month) return day;
  const CivilDate date = civil_from_days(day);
  if (unit == DateUnit::year) return days_from_civil(date.year, 1, 1);
  const unsigned month = unit == DateUnit::quarter ? (date.month - 1u) / 3 * 3 + 1 : date.month;
  return days_from_civil(date.year, month, 1);
}

std::int64_t truncate_time(DateUnit unit, std::int64_t time) {
  const std::int64_t size = microseconds_in(unit);
  // Weeks begin on Mondays, and longer units are not all of one length.
  if (unit <= DateUnit::week) return truncate_day(unit, days_of_timestamp(time)) * microseconds_per_day;
  const std::int64_t rest = time % size;
  return time - (rest < 0 ? rest + size : rest);
}

}  // namespace weir
