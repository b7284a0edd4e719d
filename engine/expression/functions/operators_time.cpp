// operators_time.cpp — arithmetic with dates, timestamps and intervals, and the sign.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "engine/data/calendar.h"
#include "engine/expression/functions/interval_arithmetic.h"
#include "engine/expression/functions/kernels.h"
#include "engine/expression/functions/operators_arithmetic.h"

namespace weir {
namespace {

template <typename T>
void set_or_overflow(RowOutput& out, const std::optional<T>& value, const char* type) {
  if (value) return out.set(*value);
  out.error("overflow", fmt::format("the result is out of the range of {}", type));
}

void set_date(RowOutput& out, std::int64_t days) {
  const auto narrow = static_cast<std::int32_t>(days);
  set_or_overflow(out, narrow == days ? std::optional(narrow) : std::nullopt, "date");
}

std::optional<Interval> signed_interval(const Interval& interval, bool is_minus) {
  return is_minus ? negated(interval) : std::optional(interval);
}

void move_timestamp(RowOutput& out, std::int64_t microseconds, const Interval& interval, bool is_minus) {
  const auto step = signed_interval(interval, is_minus);
  set_or_overflow(out, step ? add_interval(microseconds, *step) : std::nullopt, "timestamp");
}

void move_date(RowOutput& out, std::int32_t days, const Interval& interval, bool is_minus) {
  const auto step = signed_interval(interval, is_minus);
  const auto moved = step ? add_months_to_date(days, step->months) : std::nullopt;
  if (!moved) return set_or_overflow<std::int32_t>(out, std::nullopt, "date");
  set_date(out, std::int64_t{*moved} + step->days);
}

/// A literal of whole days keeps a date a date; with hours, or where it is not known, the result is a
/// timestamp.
Result<Type> moved_date_type(const CallSite& site, std::size_t interval_index) {
  const Value* literal = site.constants[interval_index];
  const Interval* interval = literal == nullptr ? nullptr : std::get_if<Interval>(&literal->data);
  return interval != nullptr && interval->nanoseconds == 0 ? date_type : timestamp_type;
}

KernelResult prepare_moved_date(const CallSite& site, std::size_t interval_index, bool is_minus) {
  const bool is_date = site.result.kind == TypeKind::date;
  const auto move = [=](RowOutput& out, std::int32_t days, const Interval& interval) {
    if (is_date) return move_date(out, days, interval, is_minus);
    move_timestamp(out, days * microseconds_per_day, interval, is_minus);
  };
  if (interval_index == 1) {
    return make_kernel(site.result, [=](RowOutput& out, std::int32_t days, Interval interval) {
      move(out, days, interval);
    });
  }
  return make_kernel(
      site.result, [=](RowOutput& out, Interval interval, std::int32_t days) { move(out, days, interval); });
}

Overload moved_date(std::size_t interval_index, bool is_minus) {
  Overload overload;
  overload.parameters = {"date", "date"};
  overload.parameters[interval_index] = "interval";
  overload.result = [=](const CallSite& site) { return moved_date_type(site, interval_index); };
  overload.prepare = [=](const CallSite& site) { return prepare_moved_date(site, interval_index, is_minus); };
  overload.never_null = true;
  return overload;
}

void append_sums(std::vector<Overload>& overloads) {
  overloads.push_back(
      strict({"date", "int"}, date_type, [](RowOutput& out, std::int32_t days, std::int32_t more) {
        set_date(out, std::int64_t{days} + more);
      }));
  overloads.push_back(
      strict({"int", "date"}, date_type, [](RowOutput& out, std::int32_t more, std::int32_t days) {
        set_date(out, std::int64_t{days} + more);
      }));
  overloads.push_back(moved_date(1, false));
  overloads.push_back(moved_date(0, false));
  overloads.push_back(strict(
      {"timestamp", "interval"}, timestamp_type,
      [](RowOutput& out, std::int64_t time, Interval step) { move_timestamp(out, time, step, false); }));
  overloads.push_back(strict(
      {"interval", "timestamp"}, timestamp_type,
      [](RowOutput& out, Interval step, std::int64_t time) { move_timestamp(out, time, step, false); }));
  overloads.push_back(
      strict({"interval", "interval"}, interval_type,
             [](RowOutput& out, Interval a, Interval b) { set_or_overflow(out, sum(a, b), "interval"); }));
}

void append_differences(std::vector<Overload>& overloads) {
  overloads.push_back(
      strict({"date", "int"}, date_type, [](RowOutput& out, std::int32_t days, std::int32_t less) {
        set_date(out, std::int64_t{days} - less);
      }));
  overloads.push_back(
      strict({"date", "date"}, int32_type, [](RowOutput& out, std::int32_t later, std::int32_t earlier) {
        std::int32_t days = 0;
        const bool fits = !__builtin_sub_overflow(later, earlier, &days);
        set_or_overflow(out, fits ? std::optional(days) : std::nullopt, "int");
      }));
  overloads.push_back(
      strict({"timestamp", "timestamp"}, interval_type,
             [](std::int64_t later, std::int64_t earlier) { return difference(later, earlier); }));
  overloads.push_back(moved_date(1, true));
  overloads.push_back(strict(
      {"timestamp", "interval"}, timestamp_type,
      [](RowOutput& out, std::int64_t time, Interval step) { move_timestamp(out, time, step, true); }));
  overloads.push_back(
      strict({"interval", "interval"}, interval_type, [](RowOutput& out, Interval a, Interval b) {
        const auto less = negated(b);
        set_or_overflow(out, less ? sum(a, *less) : std::nullopt, "interval");
      }));
}

template <typename T>
Overload integer_negation(const std::string& name, Type type) {
  return strict({name}, type, [name](RowOutput& out, T value) {
    if (value != std::numeric_limits<T>::min()) return out.set(static_cast<T>(-value));
    out.error("overflow", fmt::format("too large for {}: -({})", name, value));
  });
}

}  // namespace

void append_time_overloads(char symbol, std::vector<Overload>& overloads) {
  if (symbol == '+') append_sums(overloads);
  if (symbol == '-') append_differences(overloads);
  if (symbol != '*') return;
  overloads.push_back(
      strict({"interval", "int"}, interval_type, [](RowOutput& out, Interval interval, std::int32_t factor) {
        set_or_overflow(out, multiplied(interval, factor), "interval");
      }));
  overloads.push_back(
      strict({"int", "interval"}, interval_type, [](RowOutput& out, std::int32_t factor, Interval interval) {
        set_or_overflow(out, multiplied(interval, factor), "interval");
      }));
}

std::vector<Overload> negation_overloads() {
  Overload decimal;
  decimal.parameters = {"decimal"};
  decimal.never_null = true;
  decimal.result = [](const CallSite& site) -> Result<Type> { return site.types[0]; };
  decimal.prepare = [](const CallSite& site) -> KernelResult {
    return make_kernel(site.result,
                       [](Int128 value) { return static_cast<Int128>(-static_cast<UInt128>(value)); });
  };
  return {integer_negation<std::int32_t>("int", int32_type),
          integer_negation<std::int64_t>("bigint", int64_type), std::move(decimal),
          strict({"double"}, float64_type, [](double value) { return -value; }),
          strict({"interval"}, interval_type,
                 [](RowOutput& out, Interval value) { set_or_overflow(out, negated(value), "interval"); })};
}

}  // namespace weir
