// calendar.h — dates and timestamps as numbers: parsing and printing, proleptic Gregorian, UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

struct CivilDate {
  std::int32_t year;
  std::uint8_t month;
  std::uint8_t day;
};

inline constexpr std::int64_t microseconds_per_second = 1'000'000;
inline constexpr std::int64_t microseconds_per_day = 86'400'000'000;

CivilDate civil_from_days(std::int32_t days);
std::int32_t days_from_civil(std::int32_t year, unsigned month, unsigned day);
bool is_valid_date(std::int32_t year, unsigned month, unsigned day);
/// Floor division, right for times before 1970.
std::int32_t days_of_timestamp(std::int64_t microseconds);

/// Spark's CAST rules: yyyy, yyyy-M, yyyy-M-d, with an optional time tail for dates; years 1..9999 only.
std::optional<std::int32_t> parse_date(std::string_view text);
/// ISO 8601: date, then optionally 'T' or blank, h:mm[:ss[.fraction]] (up to 9 digits, rounded down to µs), Z
/// or ±hh[:mm]. Without a zone the time is UTC.
std::optional<std::int64_t> parse_timestamp(std::string_view text);
std::string date_to_string(std::int32_t days);               // 2024-11-01
std::string timestamp_to_string(std::int64_t microseconds);  // 2024-11-01 00:00:00[.ffffff], trailing zeros
                                                             // of the fraction dropped (Spark)
/// Writes yyyy-MM-dd (10 bytes); years 0..9999 only. Returns false outside.
bool write_date(std::int32_t days, char* out);
/// Writes HH:mm:ss (8 bytes) of the time of day.
void write_time(std::int64_t microseconds, char* out);

}  // namespace weir
