// literal.cpp — reads literals: numbers, dates, timestamps, intervals, bytes.
#include "dsl/literal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "engine/base/nearest_name.h"
#include "engine/data/calendar.h"

namespace weir {
namespace {

Error wrong(std::string message, std::string hint = {}) {
  return Error{ErrorKind::user, std::move(message)}.with_hint(std::move(hint));
}

std::string_view without_leading_zeros(std::string_view digits) {
  const auto first = digits.find_first_not_of('0');
  return first == std::string_view::npos ? std::string_view{} : digits.substr(first);
}

// What one of a unit adds to an interval; one of the three is set.
struct Unit {
  std::string_view name;
  std::int32_t months = 0;
  std::int32_t days = 0;
  std::int64_t nanoseconds = 0;
};

constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;
constexpr std::array<Unit, 18> units = {{{"year", 12},
                                         {"month", 1},
                                         {"week", 0, 7},
                                         {"day", 0, 1},
                                         {"hour", 0, 0, 3600 * nanoseconds_per_second},
                                         {"minute", 0, 0, 60 * nanoseconds_per_second},
                                         {"second", 0, 0, nanoseconds_per_second},
                                         {"millisecond", 0, 0, 1'000'000},
                                         {"microsecond", 0, 0, 1'000},
                                         {"mon", 1},
                                         {"min", 0, 0, 60 * nanoseconds_per_second},
                                         {"sec", 0, 0, nanoseconds_per_second},
                                         {"ms", 0, 0, 1'000'000},
                                         {"us", 0, 0, 1'000},
                                         {"d", 0, 1},
                                         {"h", 0, 0, 3600 * nanoseconds_per_second},
                                         {"m", 0, 0, 60 * nanoseconds_per_second},
                                         {"s", 0, 0, nanoseconds_per_second}}};

const Unit* find_unit(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (const Unit& unit : units) {
    if (lower == unit.name || (unit.name.size() > 1 && lower == std::string(unit.name) + "s")) return &unit;
  }
  return nullptr;
}

Error unknown_unit(std::string_view name) {
  if (name.empty())
    return wrong("an interval needs a unit after its number",
                 "write INTERVAL '5' MINUTE or INTERVAL '1 day 2 hours'");
  std::vector<std::string> names;
  for (const Unit& unit : units) names.emplace_back(unit.name);
  const std::string nearest = nearest_name(name, names);
  return wrong(fmt::format("unknown unit of an interval: {}", name),
               nearest.empty()
                   ? "units are year, month, week, day, hour, minute, second, millisecond and microsecond"
                   : fmt::format("did you mean {}?", nearest));
}

template <typename Integer>
bool add_to(Integer& total, Int128 amount) {
  const Int128 sum = total + amount;
  if (sum < std::numeric_limits<Integer>::min() || sum > std::numeric_limits<Integer>::max()) return false;
  total = static_cast<Integer>(sum);
  return true;
}

// Adds `number` units; the number is exact to nine digits after the point.
Status add_part(Interval& interval, std::string_view number, const Unit& unit) {
  constexpr int scale = 9;
  const auto exact = parse_decimal(number, 28, scale);
  if (!exact) return wrong(fmt::format("not a number of an interval: {}", number));
  const Int128 one = power_of_ten(scale);
  if (unit.nanoseconds == 0 && *exact % one != 0) {
    return wrong(fmt::format("a {} cannot be divided: {}", unit.name, number),
                 "use a whole number, or a smaller unit");
  }
  bool fits = true;
  if (unit.months != 0) fits = add_to(interval.months, *exact / one * unit.months);
  if (unit.days != 0) fits = add_to(interval.days, *exact / one * unit.days);
  if (unit.nanoseconds != 0) {
    const auto nanoseconds = multiply(*exact, scale, unit.nanoseconds, 0, 0);
    fits = nanoseconds && add_to(interval.nanoseconds, *nanoseconds);
  }
  return fits ? Status() : wrong(fmt::format("the interval is too long: {} {}", number, unit.name));
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Cuts what `belongs` off the front of `text`.
template <typename Predicate>
std::string_view take(std::string_view& text, Predicate belongs) {
  const auto end = std::find_if_not(text.begin(), text.end(), belongs);
  const std::string_view taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

}  // namespace

Result<Value> integer_literal(std::string_view digits, bool is_negative) {
  digits = without_leading_zeros(digits);
  if (digits.size() > static_cast<std::size_t>(max_precision)) {
    return wrong(
        fmt::format("the number has {} digits; numbers have at most {}", digits.size(), max_precision));
  }
  Int128 number = 0;
  for (const char digit : digits) number = number * 10 + (digit - '0');
  if (is_negative) number = -number;
  if (number >= std::numeric_limits<std::int32_t>::min() &&
      number <= std::numeric_limits<std::int32_t>::max()) {
    return Value{int32_type, static_cast<std::int32_t>(number)};
  }
  if (number >= std::numeric_limits<std::int64_t>::min() &&
      number <= std::numeric_limits<std::int64_t>::max()) {
    return Value{int64_type, static_cast<std::int64_t>(number)};
  }
  return Value{decimal_type(static_cast<std::uint8_t>(digits.size()), 0), number};
}

Result<Value> decimal_literal(std::string_view text, bool is_negative) {
  const auto point = text.find('.');
  const std::size_t scale = text.size() - point - 1;
  const std::size_t precision =
      std::max<std::size_t>(1, without_leading_zeros(text.substr(0, point)).size() + scale);
  if (precision > static_cast<std::size_t>(max_precision)) {
    return wrong(fmt::format("the number has {} digits; decimals have at most {}", precision, max_precision));
  }
  const auto number = parse_decimal(text, static_cast<int>(precision), static_cast<int>(scale));
  if (!number) return wrong(fmt::format("not a number: {}", text));
  return Value{decimal_type(static_cast<std::uint8_t>(precision), static_cast<std::uint8_t>(scale)),
               is_negative ? -*number : *number};
}

Result<Value> double_literal(std::string_view text, bool is_negative) {
  double number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc{} || !std::isfinite(number))
    return wrong(fmt::format("the number does not fit a double: {}", text));
  return Value{float64_type, is_negative ? -number : number};
}

Result<Value> date_literal(std::string_view text) {
  const auto days = parse_date(text);
  if (!days) return wrong(fmt::format("not a date: '{}'", text), "write it as DATE '2024-11-30'");
  return Value{date_type, *days};
}

Result<Value> timestamp_literal(std::string_view text) {
  const auto microseconds = parse_timestamp(text);
  if (!microseconds)
    return wrong(fmt::format("not a timestamp: '{}'", text), "write it as TIMESTAMP '2024-11-30 12:34:56'");
  return Value{timestamp_type, *microseconds};
}

Result<Value> interval_literal(std::string_view text) {
  Interval interval;
  bool is_empty = true;
  for (take(text, is_blank); !text.empty(); take(text, is_blank)) {
    const auto* begin = text.data();
    take(text, [](char c) { return c == '+' || c == '-'; });
    take(text, [](char c) { return is_digit(c) || c == '.'; });
    const std::string_view number(begin, static_cast<std::size_t>(text.data() - begin));
    if (number.empty())
      return wrong(fmt::format("expected a number in an interval, got '{}'", text),
                   "write INTERVAL '1 day 2 hours'");
    take(text, is_blank);
    const std::string_view name =
        take(text, [](char c) { return !is_blank(c) && !is_digit(c) && c != '+' && c != '-'; });
    const Unit* unit = find_unit(name);
    if (unit == nullptr) return unknown_unit(name);
    WEIR_TRY(add_part(interval, number, *unit));
    is_empty = false;
  }
  if (is_empty)
    return wrong("an interval cannot be empty", "write INTERVAL '5' MINUTE or INTERVAL '1 day 2 hours'");
  return Value{interval_type, interval};
}

Result<Value> bytes_literal(std::string_view digits) {
  if (digits.size() % 2 != 0)
    return wrong(fmt::format("bytes are written with two digits each, got {} digits", digits.size()));
  std::string bytes;
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    unsigned byte = 0;
    const auto parsed = std::from_chars(digits.data() + at, digits.data() + at + 2, byte, 16);
    if (parsed.ptr != digits.data() + at + 2)
      return wrong(fmt::format("not two hexadecimal digits: {}", digits.substr(at, 2)));
    bytes.push_back(static_cast<char>(byte));
  }
  return Value{bytes_type, std::move(bytes)};
}

std::string unquoted(std::string_view text) {
  const char quote = text.front();
  text = text.substr(1, text.size() - 2);
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    result.push_back(text[at]);
    if (text[at] == quote) ++at;
  }
  return result;
}

}  // namespace weir
