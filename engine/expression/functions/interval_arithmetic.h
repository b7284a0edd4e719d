// interval_arithmetic.h — moving dates and timestamps by intervals; nothing where the result is out of range.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/data/column.h"

namespace weir {

/// By whole months, the day cut to the length of the month.
std::optional<std::int32_t> add_months_to_date(std::int32_t days, std::int64_t months);
/// Months first, then days, then the rest; fractions of a microsecond are dropped.
std::optional<std::int64_t> add_interval(std::int64_t microseconds, const Interval& interval);
std::optional<Interval> negated(const Interval& interval);
std::optional<Interval> sum(const Interval& a, const Interval& b);
std::optional<Interval> multiplied(const Interval& interval, std::int32_t factor);
/// b - a in days and nanoseconds, of one sign.
Interval difference(std::int64_t later, std::int64_t earlier);

}  // namespace weir
