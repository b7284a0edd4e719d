// window_times.h — the sizes of windows as they stand in calls: literal intervals without months.
#pragma once

#include <fmt/format.h>

#include <optional>

#include "engine/expression/function.h"

namespace weir {

/// The microseconds of argument `argument`, a span of time of which windows are made; an error where it is none.
inline Result<std::int64_t> window_span(const CallSite& site, std::size_t argument, const char* function, const char* what) {
  const auto wrong = [&](const char* expected) {
    return Error{ErrorKind::user, fmt::format("the {} of {} {}", what, function, expected)}.with_hint("write it as INTERVAL 5 MINUTES");
  };
  const Value* literal = site.constants[argument];
  const auto* interval = literal == nullptr ? nullptr : std::get_if<Interval>(&literal->data);
  if (interval == nullptr) return wrong("is a literal interval");
  if (interval->months != 0) return wrong("has no months, which differ in length");
  const std::int64_t span = std::int64_t{interval->days} * 86'400'000'000 + interval->nanoseconds / 1000;
  if (span <= 0 || interval->nanoseconds % 1000 != 0) return wrong("is a span of time in microseconds, more than none");
  return span;
}

}  // namespace weir
