// epochs.cpp — timestamps from and to counts since 1970-01-01 00:00:00 UTC, and the present time.
#include <fmt/format.h>

#include <cmath>

#include "engine/data/calendar.h"
#include "engine/expression/functions/date_range.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

constexpr const char* family = "date and time";

std::int64_t floor_divide(std::int64_t value, std::int64_t divisor) {
  const std::int64_t quotient = value / divisor;
  return quotient - (value % divisor < 0 ? 1 : 0);
}

void overflow(RowOutput& output, const char* function, std::string_view value) {
  output.error("overflow", fmt::format("{}: out of range for a timestamp: {}", function, value));
}

/// A count of units of `unit` microseconds each.
Overload from_integer(const char* function, std::int64_t unit) {
  return strict({"bigint"}, timestamp_type, [function, unit](RowOutput& output, std::int64_t count) {
    std::int64_t microseconds = 0;
    const bool is_too_large = __builtin_mul_overflow(count, unit, &microseconds);
    if (is_too_large || !is_in_timestamp_range(microseconds)) {
      return overflow(output, function, std::to_string(count));
    }
    output.set(microseconds);
  });
}

void from_decimal_seconds(RowOutput& output, Int128 seconds, int scale) {
  const std::optional<Int128> microseconds = rescale(seconds, scale, 6);
  const bool fits =
      microseconds.has_value() && *microseconds >= first_timestamp && *microseconds <= last_timestamp;
  if (!fits) return overflow(output, "timestamp_seconds", decimal_to_string(seconds, scale));
  if (scale > 6 && rescale(*microseconds, 6, scale) != seconds) {
    return output.error("bad_timestamp", fmt::format("timestamp_seconds: finer than a microsecond: {}",
                                                     decimal_to_string(seconds, scale)));
  }
  output.set(static_cast<std::int64_t>(*microseconds));
}

void from_double_seconds(RowOutput& output, double seconds) {
  if (!std::isfinite(seconds)) return output.null();
  const double microseconds = seconds * 1e6;
  if (microseconds < first_timestamp || microseconds > last_timestamp)
    return overflow(output, "timestamp_seconds", fmt::format("{}", seconds));
  output.set(static_cast<std::int64_t>(microseconds));
}

void register_from_counts(FunctionRegistry& registry) {
  const auto decimal_seconds = [](const CallSite& site) -> KernelResult {
    const int scale = site.types[0].scale;
    return make_kernel(timestamp_type, [scale](RowOutput& output, Int128 seconds) {
      from_decimal_seconds(output, seconds, scale);
    });
  };
  const auto double_seconds = [](RowOutput& output, double seconds) { from_double_seconds(output, seconds); };
  add(registry, {.name = "timestamp_seconds",
                 .family = family,
                 .signature = "timestamp_seconds(seconds bigint, decimal or double) -> timestamp",
                 .summary = "The time so many seconds after 1970-01-01 00:00:00 UTC.",
                 .examples = {{"timestamp_seconds(1730419200)", "2024-11-01 00:00:00"},
                              {"timestamp_seconds(-1.5)", "1969-12-31 23:59:58.5"}},
                 .overloads = {from_integer("timestamp_seconds", 1000000),
                               prepared({"decimal"}, timestamp_type, decimal_seconds),
                               nullable(strict({"double"}, timestamp_type, double_seconds))}});
  add(registry, {.name = "timestamp_millis",
                 .family = family,
                 .signature = "timestamp_millis(milliseconds bigint) -> timestamp",
                 .summary = "The time so many milliseconds after 1970-01-01 00:00:00 UTC.",
                 .examples = {{"timestamp_millis(1230219000123)", "2008-12-25 15:30:00.123"}},
                 .overloads = {from_integer("timestamp_millis", 1000)}});
  add(registry, {.name = "timestamp_micros",
                 .family = family,
                 .signature = "timestamp_micros(microseconds bigint) -> timestamp",
                 .summary = "The time so many microseconds after 1970-01-01 00:00:00 UTC.",
                 .examples = {{"timestamp_micros(1230219000123123)", "2008-12-25 15:30:00.123123"}},
                 .overloads = {from_integer("timestamp_micros", 1)}});
  add(registry, {.name = "date_from_unix_date",
                 .family = family,
                 .signature = "date_from_unix_date(days bigint) -> date",
                 .summary = "The date so many days after 1970-01-01.",
                 .examples = {{"date_from_unix_date(1)", "1970-01-02"}},
                 .overloads = {strict({"bigint"}, date_type, [](RowOutput& output, std::int64_t days) {
                   if (is_in_date_range(days)) return output.set(static_cast<std::int32_t>(days));
                   output.error("overflow",
                                fmt::format("date_from_unix_date: out of range for a date: {}", days));
                 })}});
}

Overload to_count(std::int64_t unit) {
  return strict({"timestamp"}, int64_type, [unit](std::int64_t time) { return floor_divide(time, unit); });
}

void register_to_counts(FunctionRegistry& registry) {
  add(registry, {.name = "unix_seconds",
                 .family = family,
                 .signature = "unix_seconds(time timestamp) -> bigint",
                 .summary = "The whole seconds since 1970-01-01 00:00:00 UTC, rounded down.",
                 .examples = {{"unix_seconds(TIMESTAMP '1970-01-01 00:00:01')", "1"},
                              {"unix_seconds(TIMESTAMP '1969-12-31 23:59:59.5')", "-1"}},
                 .overloads = {to_count(1000000)}});
  add(registry, {.name = "unix_millis",
                 .family = family,
                 .signature = "unix_millis(time timestamp) -> bigint",
                 .summary = "The whole milliseconds since 1970-01-01 00:00:00 UTC, rounded down.",
                 .examples = {{"unix_millis(TIMESTAMP '1970-01-01 00:00:01.5')", "1500"}},
                 .overloads = {to_count(1000)}});
  add(registry, {.name = "unix_micros",
                 .family = family,
                 .signature = "unix_micros(time timestamp) -> bigint",
                 .summary = "The microseconds since 1970-01-01 00:00:00 UTC.",
                 .examples = {{"unix_micros(TIMESTAMP '1970-01-01 00:00:01')", "1000000"}},
                 .overloads = {to_count(1)}});
  add(registry, {.name = "unix_date",
                 .family = family,
                 .signature = "unix_date(day date) -> int",
                 .summary = "The days since 1970-01-01.",
                 .examples = {{"unix_date(DATE '1970-01-02')", "1"}},
                 .overloads = {strict({"date"}, int32_type, [](std::int32_t days) { return days; })}});
}

/// The time at which the chunk is computed: the same for all its rows.
class Now final : public Kernel {
 public:
  explicit Now(Type type) : type_(type) {}
  Column evaluate(std::span<const Column>, EvaluationContext& context) const override {
    ColumnWriter writer(type_, context.rows, context.arena, true);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (type_.kind == TypeKind::date) {
        writer.set(row, days_of_timestamp(context.now_microseconds));
      } else {
        writer.set(row, context.now_microseconds);
      }
    }
    return writer.finish();
  }

 private:
  Type type_;
};

void register_now(FunctionRegistry& registry) {
  const auto now = [](const CallSite& site) -> KernelResult { return kernel_of<Now>(site.result); };
  add(registry,
      {.name = "current_timestamp",
       .aliases = {"now", "localtimestamp", "commit_time"},
       .family = family,
       .signature = "current_timestamp() -> timestamp",
       .summary = "The time at which the row is computed for its commit; a row read again after a crash gets another one.",
       .examples = {{"current_timestamp() > TIMESTAMP '2024-01-01 00:00:00'", "true"}},
       .overloads = {prepared({}, timestamp_type, now)},
       .deterministic = false});
  add(registry,
      {.name = "current_date",
       .aliases = {"curdate"},
       .family = family,
       .signature = "current_date() -> date",
       .summary =
           "The date, UTC, at which the row is computed; a row read again after a crash may get another one.",
       .examples = {{"current_date() > DATE '2024-01-01'", "true"}},
       .overloads = {prepared({}, date_type, now)},
       .deterministic = false});
}

}  // namespace

void register_epochs(FunctionRegistry& registry) {
  register_from_counts(registry);
  register_to_counts(registry);
  register_now(registry);
}

}  // namespace weir
