// date_arithmetic.cpp — counting with dates: date_add, datediff, add_months, date_trunc, make_date ...
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/data/calendar.h"
#include "engine/expression/functions/date_counts.h"
#include "engine/expression/functions/date_range.h"
#include "engine/expression/functions/date_unit.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"
#include "engine/expression/functions/zone_argument.h"

namespace weir {
namespace {

constexpr const char* family = "date and time";

void set_day(RowOutput& output, const char* function, std::int64_t days) {
  if (is_in_date_range(days)) return output.set(static_cast<std::int32_t>(days));
  output.error("overflow", fmt::format("{}: the date would lie outside the years 1 to 9999", function));
}

std::int64_t saturating(std::int64_t a, std::int64_t b, bool is_subtraction) {
  std::int64_t result = 0;
  const bool overflows =
      is_subtraction ? __builtin_sub_overflow(a, b, &result) : __builtin_add_overflow(a, b, &result);
  return overflows ? std::numeric_limits<std::int64_t>::max() : result;
}

std::int32_t days_in_month(std::int32_t year, unsigned month) {
  const std::int32_t first = days_from_civil(year, month, 1);
  return (month == 12 ? days_from_civil(year + 1, 1, 1) : days_from_civil(year, month + 1, 1)) - first;
}

void add_months(RowOutput& output, std::int32_t days, std::int64_t months) {
  const CivilDate date = civil_from_days(days);
  const std::int64_t month =
      saturating(static_cast<std::int64_t>(date.year) * 12 + date.month - 1, months, false);
  if (month < 12 || month >= 120000)
    return set_day(output, "add_months", std::numeric_limits<std::int64_t>::max());
  const auto year = static_cast<std::int32_t>(month / 12);
  const auto month_of_year = static_cast<unsigned>(month % 12) + 1;
  const std::int32_t day = std::min<std::int32_t>(date.day, days_in_month(year, month_of_year));
  output.set(days_from_civil(year, month_of_year, static_cast<unsigned>(day)));
}

std::int32_t last_day(std::int32_t days) {
  const CivilDate date = civil_from_days(days);
  return days - date.day + days_in_month(date.year, date.month);
}

/// Spark's rule: whole months where the days of the month agree or both are last days, else 31 days a month;
/// 8 digits.
double months_between(std::int64_t later, std::int64_t earlier) {
  const std::int32_t later_day = days_of_timestamp(later);
  const std::int32_t earlier_day = days_of_timestamp(earlier);
  const CivilDate a = civil_from_days(later_day);
  const CivilDate b = civil_from_days(earlier_day);
  const double months = (a.year - b.year) * 12 + (a.month - b.month);
  if (a.day == b.day || (last_day(later_day) == later_day && last_day(earlier_day) == earlier_day))
    return months;
  const auto seconds = [](std::int64_t time, std::int32_t day) {
    return static_cast<double>((time - day * microseconds_per_day) / microseconds_per_second);
  };
  const double difference =
      (a.day - b.day) * 86400.0 + seconds(later, later_day) - seconds(earlier, earlier_day);
  return std::round((months + difference / (31 * 86400.0)) * 1e8) / 1e8;
}

std::vector<Overload> day_overloads(const char* name, bool is_subtraction) {
  return {strict({"date", "bigint"}, date_type,
                 [name, is_subtraction](RowOutput& output, std::int32_t start, std::int64_t days) {
                   set_day(output, name, saturating(start, days, is_subtraction));
                 }),
          strict({"timestamp", "bigint"}, date_type,
                 [name, is_subtraction](RowOutput& output, std::int64_t start, std::int64_t days) {
                   set_day(output, name, saturating(days_of_timestamp(start), days, is_subtraction));
                 })};
}

void register_counting(FunctionRegistry& registry) {
  std::vector<Overload> addition = day_overloads("date_add", false);
  addition.push_back(add_named_units());
  add(registry,
      {.name = "date_add",
       .aliases = {"dateadd"},
       .family = family,
       .signature = "date_add(start date, days bigint) -> date, date_add(unit string, count bigint, time "
                    "timestamp) -> timestamp",
       .summary = "The date so many days later; with a unit, the time so many units later, as timestampadd.",
       .examples = {{"date_add(DATE '2016-07-30', 1)", "2016-07-31"},
                    {"dateadd('minute', -5, TIMESTAMP '2016-07-30 00:00:00')", "2016-07-29 23:55:00"}},
       .overloads = std::move(addition)});
  add(registry, {.name = "date_sub",
                 .family = family,
                 .signature = "date_sub(start date, days bigint) -> date",
                 .summary = "The date so many days earlier.",
                 .examples = {{"date_sub(DATE '2016-07-30', 1)", "2016-07-29"}},
                 .overloads = day_overloads("date_sub", true)});
  add(registry,
      {.name = "datediff",
       .aliases = {"date_diff"},
       .family = family,
       .signature = "datediff(end date or timestamp, start date or timestamp) -> int, datediff(unit string, "
                    "start timestamp, end timestamp) -> bigint",
       .summary = "The days from start to end; with a unit, the whole units between them, as timestampdiff.",
       .examples = {{"datediff(DATE '2009-07-31', DATE '2009-07-30')", "1"},
                    {"datediff(TIMESTAMP '2009-07-31 00:00:00', TIMESTAMP '2009-07-30 23:59:59')", "1"},
                    {"datediff('hour', TIMESTAMP '2009-07-30 22:00:00', TIMESTAMP '2009-07-31 00:59:59')",
                     "2"}},
       .overloads = {strict({"date", "date"}, int32_type,
                            [](std::int32_t end, std::int32_t start) { return end - start; }),
                     strict({"timestamp", "timestamp"}, int32_type,
                            [](std::int64_t end, std::int64_t start) {
                              return days_of_timestamp(end) - days_of_timestamp(start);
                            }),
                     difference_in_named_units()}});
  add(registry,
      {.name = "add_months",
       .family = family,
       .signature = "add_months(start date, months bigint) -> date",
       .summary = "The same day so many months later, or the last day of a month that is too short.",
       .examples = {{"add_months(DATE '2016-08-31', 1)", "2016-09-30"},
                    {"add_months(DATE '2024-03-31', -1)", "2024-02-29"}},
       .overloads = {strict({"date", "bigint"}, date_type,
                            [](RowOutput& output, std::int32_t start, std::int64_t months) {
                              add_months(output, start, months);
                            }),
                     strict({"timestamp", "bigint"}, date_type,
                            [](RowOutput& output, std::int64_t start, std::int64_t months) {
                              add_months(output, days_of_timestamp(start), months);
                            })}});
  add(registry,
      {.name = "months_between",
       .family = family,
       .signature = "months_between(later timestamp, earlier timestamp) -> double",
       .summary =
           "The months between two times: whole where both are the same day of the month or last days, else "
           "counting 31 days a month, to 8 digits.",
       .examples = {{"months_between(TIMESTAMP '1997-02-28 10:30:00', TIMESTAMP '1996-10-30 00:00:00')",
                     "3.94959677"},
                    {"months_between(DATE '2024-02-29', DATE '2024-01-31')", "1.0"}},
       .overloads = {
           strict({"timestamp", "timestamp"}, float64_type,
                  [](std::int64_t later, std::int64_t earlier) { return months_between(later, earlier); }),
           strict({"date", "date"}, float64_type, [](std::int32_t later, std::int32_t earlier) {
             return months_between(later * microseconds_per_day, earlier * microseconds_per_day);
           })}});
}

std::string bad_unit(std::string_view function, std::string_view unit) {
  return fmt::format("{}: unknown unit: {} ({})", function, unit, date_unit_names);
}

/// `truncate(unit, value)` with the unit in argument `place`, made for the literal unit where it is one.
template <typename T, bool unit_is_first, typename Truncate>
KernelResult truncation_kernel(const CallSite& site, const char* function, Truncate truncate) {
  if (const std::string* name = constant_text(site, unit_is_first ? 0 : 1)) {
    const std::optional<DateUnit> unit = parse_date_unit(*name);
    if (!unit.has_value()) return call_error(bad_unit(function, *name));
    const auto body = [unit = *unit, truncate](T value) { return truncate(unit, value); };
    if constexpr (unit_is_first) {
      return make_kernel(site.result, [body](std::string_view, T value) { return body(value); });
    } else {
      return make_kernel(site.result, [body](T value, std::string_view) { return body(value); });
    }
  }
  const auto body = [function, truncate](RowOutput& output, T value, std::string_view name) {
    const std::optional<DateUnit> unit = parse_date_unit(name);
    if (!unit.has_value()) return output.error("bad_argument", bad_unit(function, name));
    output.set(truncate(*unit, value));
  };
  if constexpr (unit_is_first) {
    return make_kernel(site.result, [body](RowOutput& output, std::string_view name, T value) {
      body(output, value, name);
    });
  } else {
    return make_kernel(site.result, body);
  }
}

void register_truncation(FunctionRegistry& registry) {
  const auto time = [](const CallSite& site) {
    return truncation_kernel<std::int64_t, true>(site, "date_trunc", truncate_time);
  };
  const auto day_as_time = [](const CallSite& site) {
    return truncation_kernel<std::int32_t, true>(site, "date_trunc", [](DateUnit unit, std::int32_t day) {
      return truncate_time(unit, day * microseconds_per_day);
    });
  };
  add(registry,
      {.name = "date_trunc",
       .family = family,
       .signature = "date_trunc(unit string, time timestamp[, zone string]) -> timestamp",
       .summary =
           fmt::format("The start of the {} in which the time lies, in UTC or in a zone.", date_unit_names),
       .examples = {{"date_trunc('HOUR', TIMESTAMP '2015-03-05 09:32:05.359')", "2015-03-05 09:00:00"},
                    {"date_trunc('week', TIMESTAMP '2024-11-03 12:00:00')", "2024-10-28 00:00:00"},
                    {"date_trunc('millisecond', TIMESTAMP '2015-03-05 09:32:05.123456')",
                     "2015-03-05 09:32:05.123"},
                    {"date_trunc('day', TIMESTAMP '2024-07-01 23:30:00', 'Europe/Berlin')",
                     "2024-07-01 22:00:00"}},
       .overloads = {prepared({"string", "timestamp"}, timestamp_type, time),
                     prepared({"string", "date"}, timestamp_type, day_as_time), date_trunc_in_zone()}});
  const auto day = [](const CallSite& site) {
    return truncation_kernel<std::int32_t, false>(site, "trunc", truncate_day);
  };
  const auto day_of_time = [](const CallSite& site) {
    return truncation_kernel<std::int64_t, false>(site, "trunc", [](DateUnit unit, std::int64_t moment) {
      return truncate_day(unit, days_of_timestamp(moment));
    });
  };
  add(registry, {.name = "trunc",
                 .family = family,
                 .signature = "trunc(day date, unit string) -> date",
                 .summary = "The first day of the year, quarter, month or week in which the date lies.",
                 .examples = {{"trunc(DATE '2019-08-04', 'week')", "2019-07-29"},
                              {"trunc(DATE '2019-08-04', 'QUARTER')", "2019-07-01"}},
                 .overloads = {prepared({"date", "string"}, date_type, day),
                               prepared({"timestamp", "string"}, date_type, day_of_time)}});
}

void make_date(RowOutput& output, std::int64_t year, std::int64_t month, std::int64_t day) {
  const bool fits = year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
  if (!fits || !is_valid_date(static_cast<std::int32_t>(year), static_cast<unsigned>(month),
                              static_cast<unsigned>(day))) {
    return output.error("bad_date",
                        fmt::format("make_date: no such date: year {}, month {}, day {}", year, month, day));
  }
  output.set(days_from_civil(static_cast<std::int32_t>(year), static_cast<unsigned>(month),
                             static_cast<unsigned>(day)));
}

}  // namespace

void register_date_arithmetic(FunctionRegistry& registry) {
  register_counting(registry);
  register_truncation(registry);
  add(registry, {.name = "last_day",
                 .family = family,
                 .signature = "last_day(day date) -> date",
                 .summary = "The last day of the month in which the date lies.",
                 .examples = {{"last_day(DATE '2009-01-12')", "2009-01-31"},
                              {"last_day(DATE '2024-02-01')", "2024-02-29"}},
                 .overloads = {strict({"date"}, date_type, [](std::int32_t day) { return last_day(day); }),
                               strict({"timestamp"}, date_type,
                                      [](std::int64_t time) { return last_day(days_of_timestamp(time)); })}});
  add(registry, {.name = "make_date",
                 .family = family,
                 .signature = "make_date(year bigint, month bigint, day bigint) -> date",
                 .summary = "The date of a year, month and day.",
                 .examples = {{"make_date(2013, 7, 15)", "2013-07-15"}},
                 .overloads = {strict({"bigint", "bigint", "bigint"}, date_type,
                                      [](RowOutput& output, std::int64_t year, std::int64_t month,
                                         std::int64_t day) { make_date(output, year, month, day); })}});
}

}  // namespace weir
