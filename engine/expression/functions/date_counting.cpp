// date_counting.cpp — counting in units that the call names: timestampadd, timestampdiff, date_bin,
// make_interval.
#include <fmt/format.h>

#include <limits>

#include "engine/data/calendar.h"
#include "engine/expression/functions/date_counts.h"
#include "engine/expression/functions/date_range.h"
#include "engine/expression/functions/date_unit.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/interval_arithmetic.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

constexpr const char* family = "date and time";
using Time = std::int64_t;

std::int64_t months_in(DateUnit unit) {
  return unit == DateUnit::year ? 12 : unit == DateUnit::quarter ? 3 : unit == DateUnit::month ? 1 : 0;
}

std::string bad_unit(const char* function, std::string_view unit) {
  return fmt::format("{}: unknown unit: {} ({})", function, unit, date_unit_names);
}

/// Nothing where the time would lie outside the years 1 to 9999.
std::optional<Time> add_units(DateUnit unit, std::int64_t count, Time time) {
  std::int64_t amount = 0;
  Time moved = 0;
  if (const std::int64_t months = months_in(unit); months != 0) {
    const std::int32_t day = days_of_timestamp(time);
    if (__builtin_mul_overflow(count, months, &amount) || amount > 120000 || amount < -120000)
      return std::nullopt;
    const auto moved_day = add_months_to_date(day, amount);
    if (!moved_day.has_value()) return std::nullopt;
    moved = time + (std::int64_t{*moved_day} - day) * microseconds_per_day;
  } else if (__builtin_mul_overflow(count, microseconds_in(unit), &amount) ||
             __builtin_add_overflow(time, amount, &moved)) {
    return std::nullopt;
  }
  return is_in_timestamp_range(moved) ? std::optional(moved) : std::nullopt;
}

/// Whole months, towards zero: a month is over when the same day and time of day is reached.
std::int64_t months_between(Time start, Time end) {
  const std::int32_t start_day = days_of_timestamp(start);
  std::int32_t end_day = days_of_timestamp(end);
  const Time start_clock = start - start_day * microseconds_per_day;
  const Time end_clock = end - end_day * microseconds_per_day;
  if (end_day > start_day && end_clock < start_clock) --end_day;
  if (end_day < start_day && end_clock > start_clock) ++end_day;
  const CivilDate from = civil_from_days(start_day);
  const CivilDate to = civil_from_days(end_day);
  const std::int64_t months = (to.year - from.year) * 12 + (to.month - from.month);
  if (months > 0 && to.day < from.day) return months - 1;
  return months < 0 && to.day > from.day ? months + 1 : months;
}

std::int64_t count_units(DateUnit unit, Time start, Time end) {
  const std::int64_t months = months_in(unit);
  return months != 0 ? months_between(start, end) / months : (end - start) / microseconds_in(unit);
}

/// The kernel of `body(output, unit, a, b)` for calls whose first argument is the unit.
template <typename A, typename B, typename Body>
KernelResult unit_kernel(const CallSite& site, const char* function, Body body) {
  if (const std::string* name = constant_text(site, 0)) {
    const std::optional<DateUnit> unit = parse_date_unit(*name);
    if (!unit.has_value()) return call_error(bad_unit(function, *name));
    return make_kernel(site.result, [body, unit = *unit](RowOutput& output, std::string_view, A a, B b) {
      body(output, unit, a, b);
    });
  }
  return make_kernel(site.result, [body, function](RowOutput& output, std::string_view name, A a, B b) {
    const std::optional<DateUnit> unit = parse_date_unit(name);
    if (!unit.has_value()) return output.error("bad_argument", bad_unit(function, name));
    body(output, *unit, a, b);
  });
}

KernelResult prepare_add(const CallSite& site) {
  return unit_kernel<std::int64_t, Time>(
      site, "timestampadd", [](RowOutput& output, DateUnit unit, std::int64_t count, Time time) {
        const auto moved = add_units(unit, count, time);
        if (moved.has_value()) return output.set(*moved);
        output.error("overflow", "timestampadd: the time would lie outside the years 1 to 9999");
      });
}

KernelResult prepare_difference(const CallSite& site) {
  return unit_kernel<Time, Time>(site, "timestampdiff",
                                 [](RowOutput& output, DateUnit unit, Time start, Time end) {
                                   output.set(count_units(unit, start, end));
                                 });
}

void date_bin(RowOutput& output, const Interval& stride, Time time, Time origin) {
  const Int128 size = static_cast<Int128>(stride.days) * microseconds_per_day + stride.nanoseconds / 1000;
  if (stride.months != 0 || size <= 0)
    return output.error("bad_argument",
                        "date_bin: a stride is longer than nothing and has neither months nor years");
  Int128 rest = (static_cast<Int128>(time) - origin) % size;
  if (rest < 0) rest += size;
  const Int128 start = time - rest;
  if (start < first_timestamp)
    return output.error("overflow", "date_bin: the time would lie outside the years 1 to 9999");
  output.set(static_cast<Time>(start));
}

/// years, months, weeks, days, hours, minutes, seconds; what is left out is 0.
class MakeInterval final : public Kernel {
 public:
  explicit MakeInterval(const CallSite& site) : scale_(site.types.size() > 6 ? site.types[6].scale : 0) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(interval_type, context.rows, context.arena, true);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      const auto made = has_null(arguments, row) ? Interval{} : make(arguments, row);
      if (made.has_value()) {
        writer.set(row, *made);
      } else {
        writer.set_error(row, "overflow", "make_interval: out of range for an interval");
      }
    }
    return writer.finish();
  }

 private:
  std::optional<Interval> make(std::span<const Column> arguments, std::uint32_t row) const {
    const auto part = [&](std::size_t index) -> Int128 {
      return index < arguments.size() ? arguments[index].at<std::int64_t>(row) : 0;
    };
    const Int128 seconds = arguments.size() > 6 ? arguments[6].at<Int128>(row) : 0;
    const std::optional<Int128> microseconds = rescale(seconds, scale_, 6);
    if (!microseconds.has_value()) return std::nullopt;
    const auto fits = [](Int128 value, auto& out) {
      out = static_cast<std::remove_reference_t<decltype(out)>>(value);
      return out == value;
    };
    Interval made;
    const bool is_good =
        fits(part(0) * 12 + part(1), made.months) && fits(part(2) * 7 + part(3), made.days) &&
        fits(((part(4) * 60 + part(5)) * 60 * microseconds_per_second + *microseconds) * 1000,
             made.nanoseconds);
    return is_good ? std::optional(made) : std::nullopt;
  }

  int scale_;
};

}  // namespace

Overload add_named_units() {
  return prepared({"string", "bigint", "timestamp"}, timestamp_type, prepare_add);
}

Overload difference_in_named_units() {
  return prepared({"string", "timestamp", "timestamp"}, int64_type, prepare_difference);
}

void register_date_units(FunctionRegistry& registry) {
  add(registry,
      {.name = "timestampadd",
       .family = family,
       .signature = "timestampadd(unit string, count bigint, time timestamp) -> timestamp",
       .summary = fmt::format("The time so many units later: {}.", date_unit_names),
       .examples = {{"timestampadd('HOUR', 8, TIMESTAMP '2022-02-11 20:30:00')", "2022-02-12 04:30:00"},
                    {"timestampadd('month', 1, TIMESTAMP '2022-01-31 20:30:00')", "2022-02-28 20:30:00"}},
       .overloads = {add_named_units()}});
  add(registry,
      {.name = "timestampdiff",
       .family = family,
       .signature = "timestampdiff(unit string, start timestamp, end timestamp) -> bigint",
       .summary = "How many whole units lie between two times; negative where the end is earlier.",
       .examples =
           {{"timestampdiff('HOUR', TIMESTAMP '2022-02-11 20:30:00', TIMESTAMP '2022-02-12 04:30:00')", "8"},
            {"timestampdiff('MONTH', DATE '2022-01-01', DATE '2022-02-28')", "1"}},
       .overloads = {difference_in_named_units()}});
  add(registry, {.name = "date_bin",
                 .family = family,
                 .signature = "date_bin(stride interval, time timestamp, origin timestamp) -> timestamp",
                 .summary = "The start of the stretch in which the time lies, where stretches of one length "
                            "follow each other from the origin on and before it.",
                 .examples = {{"date_bin(INTERVAL '15 minutes', TIMESTAMP '2020-02-11 15:44:17', TIMESTAMP "
                               "'2001-01-01 00:00:00')",
                               "2020-02-11 15:30:00"},
                              {"date_bin(INTERVAL '15 minutes', TIMESTAMP '2020-02-11 15:44:17', TIMESTAMP "
                               "'2001-01-01 00:02:30')",
                               "2020-02-11 15:32:30"}},
                 .overloads = {strict({"interval", "timestamp", "timestamp"}, timestamp_type,
                                      [](RowOutput& output, Interval stride, Time time, Time origin) {
                                        date_bin(output, stride, time, origin);
                                      })}});
  Overload interval =
      prepared({"bigint", "bigint", "bigint", "bigint", "bigint", "bigint", "decimal"}, interval_type,
               [](const CallSite& site) -> KernelResult { return kernel_of<MakeInterval>(site); });
  interval.optional = 7;
  add(registry, {.name = "make_interval",
                 .family = family,
                 .signature = "make_interval([years bigint, months bigint, weeks bigint, days bigint, hours "
                              "bigint, minutes bigint, seconds decimal]) -> interval",
                 .summary = "The interval of so many units; those left out are 0.",
                 .examples = {{"make_interval(100, 11, 1, 1, 12, 30, 1.001001)",
                               "100 years 11 months 8 days 12 hours 30 minutes 1.001001 seconds"},
                              {"make_interval(0, 1)", "1 months"}},
                 .overloads = {interval}});
}

}  // namespace weir
