// date_fields.cpp — dates and times made of their fields and named by them: make_timestamp, date_part,
// next_day, dayname.
#include <fmt/format.h>
#include <strings.h>

#include "engine/data/calendar.h"
#include "engine/expression/functions/civil_time.h"
#include "engine/expression/functions/date_names.h"
#include "engine/expression/functions/date_range.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/iso_week.h"
#include "engine/expression/functions/kernels.h"
#include "engine/expression/functions/zone_argument.h"

namespace weir {
namespace {

constexpr const char* family = "date and time";

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

/// 0 for MO, MON or MONDAY in any case, up to 6.
std::optional<std::int32_t> parse_weekday(std::string_view name) {
  for (std::size_t i = 0; i < day_names.size(); ++i) {
    for (const std::size_t length : {day_names[i].size(), std::size_t{3}, std::size_t{2}}) {
      if (equals_ignoring_case(name, day_names[i].substr(0, length))) return static_cast<std::int32_t>(i);
    }
  }
  return std::nullopt;
}

void next_day(RowOutput& output, std::int32_t day, std::string_view name) {
  const auto wanted = parse_weekday(name);
  if (!wanted.has_value())
    return output.error("bad_argument", fmt::format("next_day: no day of the week: {}", name));
  const std::int32_t ahead = *wanted - weekday_from_monday(day);
  output.set(day + (ahead <= 0 ? ahead + 7 : ahead));
}

KernelResult prepare_make_timestamp(const CallSite& site) {
  const int scale = site.types[5].scale;
  return make_kernel(
      timestamp_type, [scale](RowOutput& output, std::int64_t year, std::int64_t month, std::int64_t day,
                              std::int64_t hour, std::int64_t minute, Int128 second) {
        const CivilTime civil{year, month, day, hour, minute, rescale(second, scale, 6).value_or(-1)};
        const std::optional<std::int64_t> time = civil.timestamp();
        if (!time.has_value()) return output.error("bad_timestamp", civil.no_such_time());
        output.set(*time);
      });
}

void name_of(RowOutput& output, std::string_view whole) { output.text(whole.substr(0, 3)); }

void month_name(RowOutput& output, std::int32_t days) {
  name_of(output, month_names[civil_from_days(days).month - 1u]);
}

void day_name(RowOutput& output, std::int32_t days) {
  name_of(output, day_names[static_cast<std::size_t>(weekday_from_monday(days))]);
}

using NameOfDay = void (*)(RowOutput&, std::int32_t);

void add_name_function(FunctionRegistry& registry, const char* name, NameOfDay body, const char* summary,
                       FunctionExample example) {
  add(registry,
      {.name = name,
       .family = family,
       .signature = fmt::format("{}(time date or timestamp) -> string", name),
       .summary = summary,
       .examples = {std::move(example)},
       .overloads = {strict({"date"}, string_type,
                            [body](RowOutput& output, std::int32_t days) { body(output, days); }),
                     strict({"timestamp"}, string_type, [body](RowOutput& output, std::int64_t time) {
                       body(output, days_of_timestamp(time));
                     })}});
}

}  // namespace

void register_date_fields(FunctionRegistry& registry) {
  const auto of_day = [](RowOutput& output, std::int32_t day, std::string_view name) {
    next_day(output, day, name);
  };
  const auto of_time = [](RowOutput& output, std::int64_t time, std::string_view name) {
    next_day(output, days_of_timestamp(time), name);
  };
  add(registry,
      {.name = "next_day",
       .family = family,
       .signature = "next_day(start date, weekday string) -> date",
       .summary = "The first date after the start that falls on a day of the week (MO, MON or MONDAY ...).",
       .examples = {{"next_day(DATE '2015-01-14', 'TU')", "2015-01-20"},
                    {"next_day(DATE '2015-01-20', 'tuesday')", "2015-01-27"}},
       .overloads = {strict({"date", "string"}, date_type, of_day),
                     strict({"timestamp", "string"}, date_type, of_time)}});
  add(registry,
      {.name = "make_timestamp",
       .aliases = {"make_timestamp_ltz", "make_timestamp_ntz"},
       .family = family,
       .signature = "make_timestamp(year bigint, month bigint, day bigint, hour bigint, minute "
                    "bigint, second decimal[, zone string]) -> timestamp",
       .summary =
           "The time of a date and a time of day, in UTC or in a zone; the seconds may have a fraction.",
       .examples = {{"make_timestamp(2014, 12, 28, 6, 30, 45.887)", "2014-12-28 06:30:45.887"},
                    {"make_timestamp(2019, 6, 30, 23, 59, 60)", "2019-07-01 00:00:00"},
                    {"make_timestamp(2014, 12, 28, 6, 30, 45.887, 'CET')", "2014-12-28 05:30:45.887"}},
       .overloads = {prepared({"bigint", "bigint", "bigint", "bigint", "bigint", "decimal"}, timestamp_type,
                              prepare_make_timestamp),
                     make_timestamp_in_zone()}});
  add_name_function(registry, "monthname", month_name, "The month's name in three letters.",
                    {"monthname(DATE '2008-02-20')", "Feb"});
  add_name_function(registry, "dayname", day_name, "The name of the day of the week in three letters.",
                    {"dayname(DATE '2008-02-20')", "Wed"});
}

}  // namespace weir
