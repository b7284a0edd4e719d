// date_parts.cpp — what the calendar and the clock say of a date or timestamp: year, month, weekofyear, hour
// ...
#include <fmt/format.h>
#include <strings.h>

#include "engine/data/calendar.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/iso_week.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

constexpr const char* family = "date and time";

using PartOfDate = std::int32_t (*)(std::int32_t days);
using PartOfTime = std::int32_t (*)(std::int64_t microseconds);
using DecimalOfTime = Int128 (*)(std::int64_t microseconds);

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

/// Since midnight, in microseconds within the minute: decimal(8,6) has the same digits.
Int128 second_with_fraction(std::int64_t microseconds) {
  const std::int64_t rest = microseconds % (60 * microseconds_per_second);
  return rest < 0 ? rest + 60 * microseconds_per_second : rest;
}

/// Since 1970, as decimal(20,6) has it.
Int128 epoch(std::int64_t microseconds) { return microseconds; }

/// Years are from 1 on, so that centuries begin with years like 2001.
std::int32_t century(std::int32_t days) { return (year(days) + 99) / 100; }
std::int32_t millennium(std::int32_t days) { return (year(days) + 999) / 1000; }
std::int32_t decade(std::int32_t days) { return year(days) / 10; }

std::int32_t microsecond_of_minute(std::int64_t microseconds) {
  return static_cast<std::int32_t>(second_with_fraction(microseconds));
}

/// A field that date_part knows. Just one of the functions is set.
struct Field {
  std::vector<std::string_view> names;
  PartOfDate of_date = nullptr;
  PartOfTime of_time = nullptr;
  DecimalOfTime decimal_of_time = nullptr;
  Type type = int32_type;
};

const std::vector<Field>& fields() {
  static const std::vector<Field> known = {
      {{"year", "years", "y", "yr", "yrs"}, year},
      {{"century", "centuries", "c", "cent"}, century},
      {{"decade", "decades", "dec", "decs"}, decade},
      {{"millennium", "millennia", "mil", "mils"}, millennium},
      {{"yearofweek", "isoyear"}, [](std::int32_t days) { return iso_week(days).year; }},
      {{"quarter", "qtr"}, quarter},
      {{"month", "months", "mon", "mons"}, month},
      {{"week", "weeks", "w"}, week},
      {{"day", "days", "d"}, day},
      {{"dayofweek", "dow"}, day_of_week},
      {{"dayofweek_iso", "dow_iso", "isodow"},
       [](std::int32_t days) { return weekday_from_monday(days) + 1; }},
      {{"doy"}, day_of_year},
      {{"hour", "hours", "h", "hr", "hrs"}, nullptr, hour},
      {{"minute", "minutes", "m", "min", "mins"}, nullptr, minute},
      {{"second", "seconds", "s", "sec", "secs"}, nullptr, nullptr, second_with_fraction, decimal_type(8, 6)},
      {{"milliseconds", "millisecond", "msec", "msecs", "ms"},
       nullptr,
       nullptr,
       second_with_fraction,
       decimal_type(8, 3)},
      {{"microseconds", "microsecond", "usec", "usecs", "us"}, nullptr, microsecond_of_minute},
      {{"epoch"}, nullptr, nullptr, epoch, decimal_type(20, 6)},
  };
  return known;
}

Result<const Field*> field_of(const CallSite& site) {
  const std::string* name = constant_text(site, 0);
  if (name == nullptr)
    return call_error("date_part: the field must be a constant, because it decides the result's type");
  for (const Field& field : fields()) {
    for (const std::string_view known : field.names) {
      if (known.size() == name->size() && strncasecmp(known.data(), name->data(), known.size()) == 0)
        return &field;
    }
  }
  return call_error(
      fmt::format("date_part: unknown field: {} (fields are year, quarter, month, week, day, dayofweek, "
                  "dayofweek_iso, doy, hour, minute, second, milliseconds, microseconds, epoch, yearofweek, "
                  "decade, century, millennium)",
                  *name));
}

KernelResult prepare_field_of_time(const CallSite& site) {
  WEIR_ASSIGN(const Field* field, field_of(site));
  if (field->of_date != nullptr) {
    return make_kernel(site.result, [of = field->of_date](std::string_view, std::int64_t time) {
      return of(days_of_timestamp(time));
    });
  }
  if (field->of_time != nullptr) {
    return make_kernel(site.result,
                       [of = field->of_time](std::string_view, std::int64_t time) { return of(time); });
  }
  return make_kernel(site.result,
                     [of = field->decimal_of_time](std::string_view, std::int64_t time) { return of(time); });
}

KernelResult prepare_field_of_day(const CallSite& site) {
  WEIR_ASSIGN(const Field* field, field_of(site));
  if (field->of_date != nullptr) {
    return make_kernel(site.result,
                       [of = field->of_date](std::string_view, std::int32_t days) { return of(days); });
  }
  if (field->of_time != nullptr)
    return make_kernel(site.result, [](std::string_view, std::int32_t) { return std::int32_t{0}; });
  return make_kernel(site.result, [of = field->decimal_of_time](std::string_view, std::int32_t days) {
    return of(days * microseconds_per_day);
  });
}

void register_date_part(FunctionRegistry& registry) {
  const auto type = [](const CallSite& site) -> Result<Type> {
    WEIR_ASSIGN(const Field* field, field_of(site));
    return field->type;
  };
  Overload of_time = prepared({"string", "timestamp"}, int32_type, prepare_field_of_time);
  Overload of_day = prepared({"string", "date"}, int32_type, prepare_field_of_day);
  of_time.result = type;
  of_day.result = type;
  add(registry,
      {.name = "date_part",
       .aliases = {"datepart"},
       .family = family,
       .signature = "date_part(field string, time timestamp or date) -> int (decimal for second, "
                    "milliseconds and epoch)",
       .summary = "A field of a time: year, yearofweek, quarter, month, week, day, dayofweek (Sunday 1), "
                  "dayofweek_iso (Monday 1), doy, hour, minute, second with its fraction; Postgres's epoch, "
                  "milliseconds and microseconds "
                  "(of the minute), isoyear, isodow, decade, century and millennium.",
       .examples = {{"date_part('YEAR', TIMESTAMP '2019-08-12 01:00:00.123456')", "2019"},
                    {"date_part('doy', DATE '2019-08-12')", "224"},
                    {"date_part('epoch', TIMESTAMP '2001-02-16 20:38:40.12')", "982355920.120000"},
                    {"date_part('century', DATE '2000-12-31')", "20"},
                    {"date_part('SECONDS', TIMESTAMP '2019-10-01 00:00:01.000001')", "1.000001"}},
       .overloads = {of_day, of_time}});
}

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
  register_date_part(registry);
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
