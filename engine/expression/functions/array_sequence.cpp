// array_sequence.cpp — sequence: numbers, dates and times from one to another in equal steps.
#include <fmt/format.h>

#include "engine/data/calendar.h"
#include "engine/expression/functions/array_maker.h"
#include "engine/expression/functions/date_range.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/interval_arithmetic.h"

namespace weir {
namespace {

constexpr std::int64_t nanoseconds_per_microsecond = 1000;
constexpr std::int64_t microseconds_per_month =
    2'629'746LL * 1'000'000;  // a twelfth of 365.2425 days, to see where a step leads

/// How the rows of a sequence are written: at most max_made_elements in each.
class SequenceWriter {
 public:
  SequenceWriter(const Type& type, EvaluationContext& context) : writer_(type, context.rows, context.arena) {}
  ColumnBuilder& elements() { return writer_.child(0); }
  void start_row() { start_ = elements().size(); }
  bool is_full() { return elements().size() - start_ >= max_made_elements; }
  void end_row(std::uint32_t row) { writer_.set(row, Span{start_, elements().size() - start_}); }
  /// What was written for the row stays behind, referred to by nothing.
  void too_large(std::uint32_t row) { writer_.set_error(row, "too_large", too_many_elements("sequence")); }
  void wrong_step(std::uint32_t row, std::string_view start, std::string_view stop, std::string_view step) {
    writer_.set_error(row, "bad_argument",
                      fmt::format("sequence: steps of {} do not lead from {} to {}", step, start, stop));
  }
  void fail(std::uint32_t row, std::string code, std::string message) {
    writer_.set_error(row, std::move(code), std::move(message));
  }
  Column finish() { return writer_.finish(); }

 private:
  ColumnWriter writer_;
  std::uint32_t start_ = 0;
};

bool leads_from(std::int64_t start, std::int64_t stop, std::int64_t step) {
  return start == stop || (step > 0 && start < stop) || (step < 0 && start > stop);
}

template <typename Integer>
class NumberSequence final : public Kernel {
 public:
  explicit NumberSequence(const CallSite& site) : type_(site.result) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    SequenceWriter writer(type_, context);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (has_null(arguments, row)) continue;
      const std::int64_t start = arguments[0].at<Integer>(row);
      const std::int64_t stop = arguments[1].at<Integer>(row);
      const std::int64_t step = arguments.size() > 2 ? arguments[2].at<Integer>(row) : start <= stop ? 1 : -1;
      write(row, start, stop, step, writer);
    }
    return writer.finish();
  }

 private:
  static void write(std::uint32_t row, std::int64_t start, std::int64_t stop, std::int64_t step,
                    SequenceWriter& writer) {
    if (!leads_from(start, stop, step))
      return writer.wrong_step(row, std::to_string(start), std::to_string(stop), std::to_string(step));
    const UInt128 distance = start <= stop ? static_cast<UInt128>(Int128{stop} - start)
                                           : static_cast<UInt128>(Int128{start} - stop);
    const UInt128 pace = step == 0 ? 1 : static_cast<UInt128>(step > 0 ? Int128{step} : -Int128{step});
    const UInt128 steps = distance / pace;
    if (steps >= max_made_elements) return writer.too_large(row);
    writer.start_row();
    for (std::uint64_t i = 0; i <= static_cast<std::uint64_t>(steps); ++i)
      writer.elements().append(nth(start, step, i));
    writer.end_row(row);
  }

  /// Unsigned, for so many steps may be more than 64 bits hold.
  static Integer nth(std::int64_t start, std::int64_t step, std::uint64_t i) {
    return static_cast<Integer>(static_cast<std::uint64_t>(start) + i * static_cast<std::uint64_t>(step));
  }

  Type type_;
};

/// Dates are computed as the timestamps of their midnights. Each element is so many steps from the first one,
/// for months are not equally long.
class TimeSequence final : public Kernel {
 public:
  explicit TimeSequence(const CallSite& site)
      : type_(site.result), is_date_(site.types[0].kind == TypeKind::date) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    SequenceWriter writer(type_, context);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (has_null(arguments, row)) continue;
      const std::int64_t start = time_at(arguments[0], row);
      const std::int64_t stop = time_at(arguments[1], row);
      const Interval step =
          arguments.size() > 2 ? arguments[2].at<Interval>(row) : Interval{0, start <= stop ? 1 : -1, 0};
      write(row, start, stop, step, writer);
    }
    return writer.finish();
  }

 private:
  std::int64_t time_at(const Column& column, std::uint32_t row) const {
    return is_date_ ? column.at<std::int32_t>(row) * microseconds_per_day : column.at<std::int64_t>(row);
  }

  void write(std::uint32_t row, std::int64_t start, std::int64_t stop, const Interval& step,
             SequenceWriter& writer) const {
    if (is_date_ && step.months == 0 && step.days == 0)
      return writer.fail(row, "bad_argument", "sequence: steps between dates are days or longer");
    const Int128 pace = Int128{step.months} * microseconds_per_month +
                        Int128{step.days} * microseconds_per_day +
                        step.nanoseconds / nanoseconds_per_microsecond;
    const int direction = pace > 0 ? 1 : pace < 0 ? -1 : 0;
    if (!leads_from(start, stop, direction))
      return writer.wrong_step(row, text(start), text(stop), to_text(Value{interval_type, step}));
    const Int128 distance = start <= stop ? Int128{stop} - start : Int128{start} - stop;
    // Months are estimated, so that what is a little too much is seen only when it is written.
    if (distance * 10 > (pace < 0 ? -pace : pace) * max_made_elements * 11) return writer.too_large(row);
    writer.start_row();
    std::optional<std::int64_t> time = start;
    // Where no time is left after 9999-12-31 the sequence is at its end, too.
    for (std::int32_t i = 1; time && (direction < 0 ? *time >= stop : *time <= stop); ++i) {
      if (writer.is_full()) return writer.too_large(row);
      is_date_ ? writer.elements().append(static_cast<std::int32_t>(days_of_timestamp(*time)))
               : writer.elements().append(*time);
      time = direction == 0 ? std::nullopt : moved(start, step, i);
    }
    writer.end_row(row);
  }

  static std::optional<std::int64_t> moved(std::int64_t start, const Interval& step, std::int32_t times) {
    const auto days = multiplied(Interval{step.months, step.days, 0}, times);
    auto time = days ? add_interval(start, *days) : std::nullopt;
    std::int64_t rest = 0;
    if (!time || __builtin_mul_overflow(step.nanoseconds / nanoseconds_per_microsecond, times, &rest))
      return std::nullopt;
    if (__builtin_add_overflow(*time, rest, &*time)) return std::nullopt;
    return time;
  }

  std::string text(std::int64_t time) const {
    return is_date_ ? date_to_string(days_of_timestamp(time)) : timestamp_to_string(time);
  }

  Type type_;
  bool is_date_;
};

template <typename Body>
Overload sequence(std::vector<std::string> parameters) {
  return never_null(nested_overload(
      std::move(parameters),
      [](const CallSite& site) -> Result<Type> { return array_type(site.types[0], false); },
      [](const CallSite& site) { return kernel_of<Body>(site); }));
}

}  // namespace

void register_array_sequence(FunctionRegistry& registry) {
  add(registry,
      {.name = "sequence",
       .family = nested_family,
       .signature =
           "sequence(start T, stop T[, step T or interval]) -> array<T>, T: int, bigint, date or timestamp",
       .summary = "From start to stop, both included, in equal steps: of 1, or of a day, if none is given; "
                  "at most 100000 elements.",
       .examples =
           {{"sequence(1, 5)", "[1, 2, 3, 4, 5]"},
            {"sequence(5, 1, -2)", "[5, 3, 1]"},
            {"sequence(DATE '2024-01-31', DATE '2024-04-01', INTERVAL '1' MONTH)",
             "[2024-01-31, 2024-02-29, 2024-03-31]"},
            {"sequence(TIMESTAMP '2024-01-01 00:00:00', TIMESTAMP '2024-01-01 12:00:00', INTERVAL '6' HOUR)",
             "[2024-01-01 00:00:00, 2024-01-01 06:00:00, 2024-01-01 12:00:00]"}},
       .overloads = {sequence<NumberSequence<std::int32_t>>({"int", "int"}),
                     sequence<NumberSequence<std::int32_t>>({"int", "int", "int"}),
                     sequence<NumberSequence<std::int64_t>>({"bigint", "bigint"}),
                     sequence<NumberSequence<std::int64_t>>({"bigint", "bigint", "bigint"}),
                     sequence<TimeSequence>({"date", "date"}),
                     sequence<TimeSequence>({"date", "date", "interval"}),
                     sequence<TimeSequence>({"timestamp", "timestamp"}),
                     sequence<TimeSequence>({"timestamp", "timestamp", "interval"})}});
}

}  // namespace weir
