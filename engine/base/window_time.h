// window_time.h — event times, and where windows of them begin and end: at multiples of their size or step since 1970-01-01 00:00:00 UTC.
#pragma once

#include <cstdint>
#include <limits>

namespace weir {

/// No event time: before all others, and far enough from the end that a span can be taken off.
inline constexpr std::int64_t no_time = std::numeric_limits<std::int64_t>::min() / 4;

/// The largest multiple of `step` that is not after `time`. Requires step > 0.
constexpr std::int64_t floor_to(std::int64_t time, std::int64_t step) {
  const std::int64_t rest = time % step;
  return time - (rest < 0 ? rest + step : rest);
}

}  // namespace weir
