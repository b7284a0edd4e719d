// date_formats.cpp — dates and times to texts and back: date_format, to_timestamp, to_date, from_unixtime ...
#include <fmt/format.h>

#include <memory>

#include "engine/data/calendar.h"
#include "engine/expression/functions/date_pattern.h"
#include "engine/expression/functions/date_range.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"
#include "engine/expression/functions/recently_compiled.h"

namespace weir {
namespace {

constexpr const char* family = "date and time";

using DatePatternPtr = std::shared_ptr<const DatePattern>;

Result<DatePatternPtr> pattern_to_write(std::string_view text) {
  WEIR_ASSIGN(DatePattern pattern, DatePattern::compile(text));
  return std::make_shared<const DatePattern>(std::move(pattern));
}

Result<DatePatternPtr> pattern_to_read(std::string_view text) {
  WEIR_ASSIGN(DatePattern pattern, DatePattern::compile(text));
  WEIR_TRY(pattern.check_readable());
  return std::make_shared<const DatePattern>(std::move(pattern));
}

using CompilePattern = Result<DatePatternPtr> (*)(std::string_view);

/// The kernel of `body(output, value, pattern)` for calls whose second argument is the pattern.
template <typename T, CompilePattern compile, typename Body>
KernelResult pattern_kernel(const CallSite& site, Body body) {
  if (const std::string* text = constant_text(site, 1)) {
    WEIR_ASSIGN(const DatePatternPtr pattern, compile(*text));
    return make_kernel(site.result, [pattern, body](RowOutput& output, T value, std::string_view) {
      body(output, value, *pattern);
    });
  }
  using Recent = RecentlyCompiled<DatePatternPtr, compile>;
  return make_kernel(site.result, [body](Recent& recent, RowOutput& output, T value, std::string_view text) {
    const Result<DatePatternPtr>& pattern = recent.compiled(text);
    if (!pattern.ok()) return output.error("bad_pattern", pattern.error().message());
    body(output, value, **pattern);
  });
}

void write(RowOutput& output, std::int64_t time, const DatePattern& pattern) {
  output.finish(pattern.write(time, output.room(pattern.longest())));
}

/// Numbers of seconds may be anything; the pattern needs a year that it can write.
void write_seconds(RowOutput& output, std::int64_t seconds, const DatePattern& pattern) {
  std::int64_t time = 0;
  if (__builtin_mul_overflow(seconds, microseconds_per_second, &time) || !is_in_timestamp_range(time)) {
    return output.error("overflow", fmt::format("from_unixtime: out of range for a timestamp: {}", seconds));
  }
  write(output, time, pattern);
}

void register_writing(FunctionRegistry& registry) {
  const auto of_time = [](const CallSite& site) {
    return pattern_kernel<std::int64_t, pattern_to_write>(site, write);
  };
  const auto of_day = [](const CallSite& site) {
    return pattern_kernel<std::int32_t, pattern_to_write>(
        site, [](RowOutput& output, std::int32_t days, const DatePattern& pattern) {
          write(output, days * microseconds_per_day, pattern);
        });
  };
  add(registry,
      {.name = "date_format",
       .family = family,
       .signature = "date_format(time timestamp or date, pattern string) -> string",
       .summary =
           "The time written in a pattern of Java's letters: yyyy MM dd HH mm ss SSS E D Q a 'text' ...",
       .examples = {{"date_format(TIMESTAMP '2024-11-01 09:05:07', 'yyyy-MM-dd')", "2024-11-01"},
                    {"date_format(TIMESTAMP '2024-11-01 09:05:07', 'HH:mm:ss')", "09:05:07"},
                    {"date_format(DATE '2024-11-01', 'EEEE, d MMMM y')", "Friday, 1 November 2024"},
                    {"date_format(TIMESTAMP '2024-11-01 21:05:07.123456', 'h:mm:ss.SSS a')",
                     "9:05:07.123 PM"},
                    {"date_format(DATE '2024-11-01', 'D QQQ E yy')", "306 Q4 Fri 24"}},
       .overloads = {prepared({"timestamp", "string"}, string_type, of_time),
                     prepared({"date", "string"}, string_type, of_day)}});
  const auto default_pattern = [](const CallSite& site) -> KernelResult {
    WEIR_ASSIGN(const DatePatternPtr pattern, pattern_to_write("yyyy-MM-dd HH:mm:ss"));
    return make_kernel(site.result, [pattern](RowOutput& output, std::int64_t seconds) {
      write_seconds(output, seconds, *pattern);
    });
  };
  const auto in_pattern = [](const CallSite& site) {
    return pattern_kernel<std::int64_t, pattern_to_write>(site, write_seconds);
  };
  add(registry, {.name = "from_unixtime",
                 .family = family,
                 .signature = "from_unixtime(seconds bigint[, pattern string]) -> string",
                 .summary = "The time so many seconds after 1970-01-01 00:00:00 UTC, written in a pattern "
                            "(yyyy-MM-dd HH:mm:ss).",
                 .examples = {{"from_unixtime(1730419200)", "2024-11-01 00:00:00"},
                              {"from_unixtime(0, 'yyyy')", "1970"}},
                 .overloads = {prepared({"bigint"}, string_type, default_pattern),
                               prepared({"bigint", "string"}, string_type, in_pattern)}});
}

/// How a function that reads times puts its result.
struct Reading {
  const char* function;
  enum class Gives { timestamp, date, seconds } gives;
  bool is_try;

  Type type() const {
    if (gives == Gives::timestamp) return timestamp_type;
    return gives == Gives::date ? date_type : int64_type;
  }
  void put(RowOutput& output, std::int64_t time) const {
    if (gives == Gives::date) return output.set(days_of_timestamp(time));
    if (gives == Gives::timestamp) return output.set(time);
    const std::int64_t rest = time % microseconds_per_second;
    output.set((time - rest) / microseconds_per_second - (rest < 0 ? 1 : 0));
  }
  void put(RowOutput& output, std::optional<std::int64_t> time, std::string_view text) const {
    if (time.has_value()) return put(output, *time);
    if (is_try) return output.null();
    const bool is_date = gives == Gives::date;
    output.error(is_date ? "bad_date" : "bad_timestamp",
                 fmt::format("{}: not a {} in the expected form: {}", function,
                             is_date ? "date" : "timestamp", text.substr(0, 100)));
  }
  std::optional<std::int64_t> parse(std::string_view text) const {
    if (gives != Gives::date) return parse_timestamp(text);
    const std::optional<std::int32_t> days = parse_date(text);
    if (!days.has_value()) return std::nullopt;
    return *days * microseconds_per_day;
  }
};

Overload reading_overload(Overload overload, const Reading& reading) {
  return reading.is_try ? nullable(std::move(overload)) : overload;
}

std::vector<Overload> reading_overloads(const Reading& reading) {
  const Type type = reading.type();
  const auto plain = [reading](RowOutput& output, std::string_view text) {
    reading.put(output, reading.parse(text), text);
  };
  const auto in_pattern = [reading](const CallSite& site) {
    return pattern_kernel<std::string_view, pattern_to_read>(
        site, [reading](RowOutput& output, std::string_view text, const DatePattern& pattern) {
          reading.put(output, pattern.read(text), text);
        });
  };
  const auto of_day = [reading](RowOutput& output, std::int32_t days) {
    reading.put(output, days * microseconds_per_day);
  };
  const auto of_time = [reading](RowOutput& output, std::int64_t time) { reading.put(output, time); };
  return {reading_overload(strict({"string"}, type, plain), reading),
          reading_overload(prepared({"string", "string"}, type, in_pattern), reading),
          strict({"date"}, type, of_day), strict({"timestamp"}, type, of_time)};
}

void register_times(FunctionRegistry& registry) {
  add(registry,
      {.name = "to_timestamp",
       .aliases = {"to_timestamp_ltz", "to_timestamp_ntz"},
       .family = family,
       .signature = "to_timestamp(text string[, pattern string]) -> timestamp",
       .summary = "The time that a text says, in ISO 8601 or in a pattern; a text that says none is an error "
                  "of the row.",
       .examples = {{"to_timestamp('2016-12-31 00:12:00')", "2016-12-31 00:12:00"},
                    {"to_timestamp('2024-11-01T02:00:00+02:00')", "2024-11-01 00:00:00"},
                    {"to_timestamp('31/12/2016 11:30 PM', 'dd/MM/yyyy hh:mm a')", "2016-12-31 23:30:00"},
                    {"to_timestamp('2024-07-01 12:00 Europe/Berlin', 'yyyy-MM-dd HH:mm VV')",
                     "2024-07-01 10:00:00"},
                    {"to_timestamp('20161231', 'yyyyMMdd')", "2016-12-31 00:00:00"}},
       .overloads = reading_overloads({"to_timestamp", Reading::Gives::timestamp, false})});
  add(registry, {.name = "try_to_timestamp",
                 .family = family,
                 .signature = "try_to_timestamp(text string[, pattern string]) -> timestamp",
                 .summary = "Like to_timestamp, but NULL where the text says no time.",
                 .examples = {{"try_to_timestamp('2016-12-31 00:12:00')", "2016-12-31 00:12:00"},
                              {"try_to_timestamp('foo', 'yyyy-MM-dd')", "NULL"}},
                 .overloads = reading_overloads({"try_to_timestamp", Reading::Gives::timestamp, true})});
  add(registry, {.name = "to_date",
                 .family = family,
                 .signature = "to_date(text string[, pattern string]) -> date",
                 .summary = "The date that a text says, in ISO 8601 or in a pattern; a text that says none "
                            "is an error of the row.",
                 .examples = {{"to_date('2009-07-30 04:17:52')", "2009-07-30"},
                              {"to_date('31 Dec 2016', 'd MMM yyyy')", "2016-12-31"},
                              {"to_date(TIMESTAMP '2024-11-01 23:59:59')", "2024-11-01"}},
                 .overloads = reading_overloads({"to_date", Reading::Gives::date, false})});
  add(registry,
      {.name = "try_to_date",
       .family = family,
       .signature = "try_to_date(text string[, pattern string]) -> date",
       .summary = "Like to_date, but NULL where the text says no date.",
       .examples = {{"try_to_date('2016-02-30')", "NULL"}, {"try_to_date('2016-02-29')", "2016-02-29"}},
       .overloads = reading_overloads({"try_to_date", Reading::Gives::date, true})});
}

}  // namespace

void register_date_formats(FunctionRegistry& registry) {
  register_writing(registry);
  register_times(registry);
  const Reading seconds{"unix_timestamp", Reading::Gives::seconds, false};
  std::vector<Overload> overloads = reading_overloads(seconds);
  overloads[0] = prepared({"string"}, int64_type, [seconds](const CallSite& site) -> KernelResult {
    WEIR_ASSIGN(const DatePatternPtr pattern, pattern_to_read("yyyy-MM-dd HH:mm:ss"));
    return make_kernel(site.result, [seconds, pattern](RowOutput& output, std::string_view text) {
      seconds.put(output, pattern->read(text), text);
    });
  });
  add(registry, {.name = "unix_timestamp",
                 .aliases = {"to_unix_timestamp"},
                 .family = family,
                 .signature = "unix_timestamp(time timestamp, date or string[, pattern string]) -> bigint",
                 .summary = "The seconds since 1970-01-01 00:00:00 UTC of a time, or of a text in a pattern "
                            "(yyyy-MM-dd HH:mm:ss).",
                 .examples = {{"unix_timestamp('2016-04-08', 'yyyy-MM-dd')", "1460073600"},
                              {"unix_timestamp(TIMESTAMP '2024-11-01 00:00:00')", "1730419200"}},
                 .overloads = std::move(overloads)});
}

}  // namespace weir
