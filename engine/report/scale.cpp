// scale.cpp — finds round numbers and times for the ticks of axes.
#include "engine/report/scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "engine/data/calendar.h"

namespace weir {
namespace {

constexpr double second = 1e6, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
constexpr std::array<double, 20> spans = {1e-6 * second, 1e-3 * second, 0.1 * second, second,   2 * second, 5 * second, 15 * second, 30 * second, minute,  2 * minute,
                                          5 * minute,    15 * minute,   30 * minute,  hour,     2 * hour,   3 * hour,   6 * hour,    12 * hour,   day,     2 * day};
constexpr std::size_t most_ticks = 50;
// Of calendars: months, and then years.
constexpr std::array<int, 5> month_steps = {1, 2, 3, 6, 12};

/// 1, 2 or 5 times a power of ten, no less than `least`.
double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double times : {1.0, 2.0, 5.0}) {
    if (power * times >= least * (1 - 1e-9)) return power * times;
  }
  return power * 10;
}

int decimals_of(double step) { return std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 12); }

bool is_out_of_years(double microseconds) { return microseconds < -62'135'596'800.0 * second || microseconds > 253'402'300'799.0 * second; }

std::string time_text(double at, double step) {
  const auto microseconds = static_cast<std::int64_t>(at);
  const std::string text = timestamp_to_string(microseconds);  // 2024-11-01 10:00:00[.5]
  if (step >= day) return text.substr(0, 10);
  const std::string time = text.substr(11);
  if (time == "00:00:00") return text.substr(5, 5);
  return step >= minute ? time.substr(0, 5) : time;
}

Scale fixed_ticks(double low, double high, double step) {
  Scale scale{low, high, {}};
  const double first = std::ceil(low / step) * step;
  // Counted, not added up: a step may be too small to change a large number.
  for (std::size_t i = 0; i < most_ticks; ++i) {
    const double at = first + step * static_cast<double>(i);
    if (at > high) break;
    if (at >= low) scale.ticks.push_back({at, time_text(at, step)});
  }
  return scale;
}

Scale calendar_ticks(double low, double high, int months) {
  Scale scale{low, high, {}};
  const CivilDate first = civil_from_days(days_of_timestamp(static_cast<std::int64_t>(low)));
  int month = (first.year * 12 + first.month - 1) / months * months;
  for (;; month += months) {
    const int year = month / 12;
    if (year > 9999) break;
    const double at = static_cast<double>(days_from_civil(year, static_cast<unsigned>(month % 12) + 1, 1)) * day;
    if (at > high) break;
    if (at >= low) scale.ticks.push_back({at, months % 12 == 0 ? fmt::format("{}", year) : fmt::format("{}-{:02}", year, month % 12 + 1)});
  }
  return scale;
}

}  // namespace

std::string tick_number(double value, int decimals) {
  if (std::abs(value) >= 1e15 || (value != 0 && std::abs(value) < 1e-9)) return fmt::format("{:g}", value);
  std::string text = fmt::format("{:.{}f}", std::abs(value), decimals);
  const auto point = std::min(text.find('.'), text.size());
  for (auto place = static_cast<std::ptrdiff_t>(point) - 3; place > 0; place -= 3) text.insert(static_cast<std::size_t>(place), 1, ',');
  const bool is_zero = text.find_first_not_of("0.,") == std::string::npos;
  return value < 0 && !is_zero ? "-" + text : text;
}

Scale number_scale(double low, double high, std::size_t most) {
  if (low == high) {
    const double around = low == 0 ? 1 : std::abs(low) * 0.1;
    low -= around;
    high += around;
  }
  // Halves, so that the widest range is no overflow.
  const double half = high / 2 - low / 2;
  const double step = round_step(std::max(half / static_cast<double>(most) * 2, std::max(std::abs(low), std::abs(high)) * 1e-12));
  if (!std::isfinite(step)) return {low, high, {{low, tick_number(low, 0)}, {high, tick_number(high, 0)}}};
  Scale scale{std::floor(low / step) * step, std::ceil(high / step) * step, {}};
  if (!std::isfinite(scale.low) || !std::isfinite(scale.high) || !std::isfinite(scale.high - scale.low)) return {low, high, {}};
  const auto count = static_cast<std::size_t>(std::lround((scale.high - scale.low) / step));
  for (std::size_t i = 0; i <= std::min(count, most_ticks); ++i) {
    const double at = scale.low + step * static_cast<double>(i);
    scale.ticks.push_back({at, tick_number(at, decimals_of(step))});
  }
  return scale;
}

Scale time_scale(double low, double high, std::size_t most) {
  if (low == high) {
    Scale scale = time_scale(low - second, high + second, 3);
    scale.ticks = {{low, timestamp_to_string(static_cast<std::int64_t>(low))}};
    return scale;
  }
  if (is_out_of_years(low) || is_out_of_years(high)) return {low, high, {}};
  const double least = (high - low) / static_cast<double>(most);
  for (const double step : spans) {
    if (step >= least) return fixed_ticks(low, high, step);
  }
  const double month = 30.44 * day;
  for (const double days : {7.0, 14.0}) {
    if (days * day >= least) return fixed_ticks(low, high, days * day);
  }
  for (const int months : month_steps) {
    if (months * month >= least) return calendar_ticks(low, high, months);
  }
  return calendar_ticks(low, high, 12 * static_cast<int>(round_step(least / (12 * month))));
}

}  // namespace weir
