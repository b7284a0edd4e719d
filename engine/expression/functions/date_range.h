// date_range.h — the dates and times that Weir computes with: the years 1 to 9999, as they parse and print.
#pragma once

#include <cstdint>

#include "engine/data/calendar.h"

namespace weir {

inline constexpr std::int64_t first_date = -719162;  // 0001-01-01
inline constexpr std::int64_t last_date = 2932896;   // 9999-12-31
inline constexpr std::int64_t first_timestamp = first_date * microseconds_per_day;
inline constexpr std::int64_t last_timestamp = (last_date + 1) * microseconds_per_day - 1;

inline bool is_in_date_range(std::int64_t days) { return days >= first_date && days <= last_date; }
inline bool is_in_timestamp_range(std::int64_t microseconds) {
  return microseconds >= first_timestamp && microseconds <= last_timestamp;
}

}  // namespace weir
