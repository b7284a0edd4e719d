// duration.cpp — reads and prints time spans.
#include "engine/base/duration.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

#include "engine/base/unit_names.h"

namespace weir {
namespace {

struct Unit {
  std::string_view name;
  double microseconds;
};
constexpr std::array<Unit, 20> units{{{"us", 1},        {"ms", 1e3},        {"s", 1e6},         {"m", 60e6},
                                      {"min", 60e6},    {"h", 3600e6},      {"d", 86400e6},     {"second", 1e6},
                                      {"seconds", 1e6}, {"minute", 60e6},   {"minutes", 60e6},  {"hour", 3600e6},
                                      {"hours", 3600e6}, {"day", 86400e6},  {"days", 86400e6},  {"millisecond", 1e3},
                                      {"milliseconds", 1e3}, {"sec", 1e6},  {"week", 604800e6}, {"weeks", 604800e6}}};

// The number divided by 10^digits, without trailing zeros.
std::string with_decimals(std::uint64_t number, int digits) {
  std::string text = std::to_string(number);
  const std::size_t whole = text.size() - static_cast<std::size_t>(digits);
  text.insert(whole, ".");
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  double number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || number < 0) return std::nullopt;
  std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  for (const Unit& known : units) {
    const double microseconds = number * known.microseconds;
    if (known.name == unit && microseconds < 9e18) return Duration(static_cast<std::int64_t>(std::llround(microseconds)));
  }
  return std::nullopt;
}

std::vector<std::string> duration_units() {
  std::vector<std::string> names;
  for (const Unit& unit : units) names.emplace_back(unit.name);
  return names;
}

std::string format_duration(Duration duration) {
  const std::int64_t us = duration.count();
  const std::uint64_t magnitude = us < 0 ? 0 - static_cast<std::uint64_t>(us) : static_cast<std::uint64_t>(us);
  const std::string sign = us < 0 ? "-" : "";
  if (magnitude == 0) return "0 s";
  if (magnitude % 86'400'000'000 == 0) return fmt::format("{}{} d", sign, magnitude / 86'400'000'000);
  if (magnitude % 3'600'000'000 == 0) return fmt::format("{}{} h", sign, magnitude / 3'600'000'000);
  if (magnitude % 60'000'000 == 0) return fmt::format("{}{} min", sign, magnitude / 60'000'000);
  if (magnitude >= 1'000'000) return fmt::format("{}{} s", sign, with_decimals(magnitude, 6));
  if (magnitude >= 1000) return fmt::format("{}{} ms", sign, with_decimals(magnitude, 3));
  return fmt::format("{}{} us", sign, magnitude);
}

}  // namespace weir
