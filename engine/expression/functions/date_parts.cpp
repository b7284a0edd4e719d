// date_parts.cpp — what the calendar and the clock say of a date or timestamp: year, month, weekofyear, hour
// ...
#include "engine/data/calendar.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/iso_week.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

constexpr const char* family = "date and time";

using PartOfDate = std::int32_t (*)(std::int32_t days);
using PartOfTime = std::int32_t (*)(std::int64_t microseconds);

std::int32_t year(std::int32_t days) { return civil_from_days(days).year; }
std::int32_t month(std::int32_t days) { return civil_from_days(days).month; }
std::int32_t day(std::int32_t days) { return civil_from_days(days).day; }
std::int32_t quarter(std::int32_t days) { return (civil_from_days(days).month + 2) / 3; }
std::int32_t day_of_year(std::int32_t days) { return days - days_from_civil(year(days), 1, 1) + 1; }
std::int32_t day_of_week(std::int32_t days) { return (weekday_from_monday(days) + 1) % 7 + 1; }
std::int32_t week(std::int32_t days) { return iso_week(days).week; }

std::int32_t second_of_day(std::int64_t microseconds) {
  std::int64_t rest = microseconds % microseconds_per_day;
  if (rest < 0) rest += microseconds_per_day;
  return static_cast<std::int32_t>(rest / microseconds_per_second);
}
std::int32_t hour(std::int64_t microseconds) { return second_of_day(microseconds) / 3600; }
std::int32_t minute(std::int64_t microseconds) { return second_of_day(microseconds) / 60 % 60; }
std::int32_t second(std::int64_t microseconds) { return second_of_day(microseconds) % 60; }

struct DatePart {
  const char* name;
  std::vector<std::string> aliases;
  PartOfDate part;
  const char* summary;
  std::vector<FunctionExample> examples;
};

void add_date_part(FunctionRegistry& registry, const DatePart& part) {
  const PartOfDate of = part.part;
  add(registry, {.name = part.name,
                 .aliases = part.aliases,
                 .family = family,
                 .signature = std::string(part.name) + "(time date or timestamp) -> int",
                 .summary = part.summary,
                 .examples = part.examples,
                 .overloads = {strict({"date"}, int32_type, [of](std::int32_t days) { return of(days); }),
                               strict({"timestamp"}, int32_type,
                                      [of](std::int64_t time) { return of(days_of_timestamp(time)); })}});
}

struct TimePart {
  const char* name;
  PartOfTime part;
  const char* summary;
  FunctionExample example;
};

void add_time_part(FunctionRegistry& registry, const TimePart& part) {
  const PartOfTime of = part.part;
  add(registry,
      {.name = part.name,
       .family = family,
       .signature = std::string(part.name) + "(time timestamp) -> int",
       .summary = part.summary,
       .examples = {part.example},
       .overloads = {strict({"timestamp"}, int32_type, [of](std::int64_t time) { return of(time); })}});
}

}  // namespace

void register_date_parts(FunctionRegistry& registry) {
  const std::vector<DatePart> parts = {
      {"year",
       {},
       year,
       "The year.",
       {{"year(DATE '2016-07-30')", "2016"}, {"year(TIMESTAMP '1969-12-31 23:59:59')", "1969"}}},
      {"quarter", {}, quarter, "The quarter of the year, 1 to 4.", {{"quarter(DATE '2016-08-31')", "3"}}},
      {"month", {}, month, "The month, 1 to 12.", {{"month(DATE '2016-07-30')", "7"}}},
      {"day", {"dayofmonth"}, day, "The day of the month, 1 to 31.", {{"day(DATE '2009-07-30')", "30"}}},
      {"dayofyear",
       {},
       day_of_year,
       "The day of the year, 1 to 366.",
       {{"dayofyear(DATE '2016-04-09')", "100"}, {"dayofyear(DATE '2024-12-31')", "366"}}},
      {"dayofweek",
       {},
       day_of_week,
       "The day of the week: 1 is Sunday, 7 is Saturday.",
       {{"dayofweek(DATE '2009-07-30')", "5"}, {"dayofweek(DATE '2024-11-03')", "1"}}},
      {"weekday",
       {},
       weekday_from_monday,
       "The day of the week: 0 is Monday, 6 is Sunday.",
       {{"weekday(DATE '2009-07-30')", "3"}, {"weekday(DATE '1969-12-28')", "6"}}},
      {"weekofyear",
       {},
       week,
       "The ISO week of the year: weeks start on Monday, week 1 has the year's first Thursday.",
       {{"weekofyear(DATE '2008-02-20')", "8"},
        {"weekofyear(DATE '2021-01-03')", "53"},
        {"weekofyear(DATE '2024-12-30')", "1"}}},
  };
  for (const DatePart& part : parts) add_date_part(registry, part);
  add_time_part(registry,
                {"hour", hour, "The hour, 0 to 23, UTC.", {"hour(TIMESTAMP '2009-07-30 12:58:59')", "12"}});
  add_time_part(
      registry,
      {"minute", minute, "The minute, 0 to 59.", {"minute(TIMESTAMP '2009-07-30 12:58:59')", "58"}});
  add_time_part(registry, {"second",
                           second,
                           "The second, 0 to 59, without its fraction.",
                           {"second(TIMESTAMP '2009-07-30 12:58:59')", "59"}});
}

}  // namespace weir
