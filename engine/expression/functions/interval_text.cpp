// interval_text.cpp — reads intervals number by number.
#include "engine/expression/functions/interval_text.h"

#include <array>
#include <string>

#include "engine/data/decimal.h"
#include "engine/expression/functions/interval_arithmetic.h"

namespace weir {
namespace {

struct Unit {
  std::string_view name;
  std::int32_t months;
  std::int32_t days;
  std::int64_t nanoseconds;
};

constexpr std::array units{Unit{"year", 12, 0, 0},
                           Unit{"month", 1, 0, 0},
                           Unit{"week", 0, 7, 0},
                           Unit{"day", 0, 1, 0},
                           Unit{"hour", 0, 0, 3'600'000'000'000},
                           Unit{"minute", 0, 0, 60'000'000'000},
                           Unit{"second", 0, 0, 1'000'000'000},
                           Unit{"millisecond", 0, 0, 1'000'000},
                           Unit{"microsecond", 0, 0, 1'000},
                           Unit{"nanosecond", 0, 0, 1}};

const Unit* find_unit(std::string_view word) {
  if (word.size() > 1 && word.back() == 's') word.remove_suffix(1);
  for (const Unit& unit : units) {
    if (unit.name == word) return &unit;
  }
  return nullptr;
}

std::string_view next_word(std::string_view& rest) {
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  const std::string_view word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(word.size());
  return word;
}

/// `number` of one unit; only units of time may have fractions.
std::optional<Interval> part_of(std::string_view number, const Unit& unit) {
  constexpr int scale = 9;
  const auto count = parse_decimal(number, max_precision, scale);
  if (!count) return std::nullopt;
  const Int128 billion = power_of_ten(scale);
  Int128 nanoseconds = 0;
  if (__builtin_mul_overflow(*count, static_cast<Int128>(unit.nanoseconds), &nanoseconds))
    return std::nullopt;
  const bool is_whole = *count % billion == 0;
  if (!is_whole && unit.nanoseconds == 0) return std::nullopt;
  const Int128 whole = *count / billion;
  Interval part;
  if (__builtin_mul_overflow(whole, static_cast<Int128>(unit.months), &part.months)) return std::nullopt;
  if (__builtin_mul_overflow(whole, static_cast<Int128>(unit.days), &part.days)) return std::nullopt;
  part.nanoseconds = static_cast<std::int64_t>(nanoseconds / billion);
  if (part.nanoseconds != nanoseconds / billion) return std::nullopt;
  return part;
}

}  // namespace

std::optional<Interval> parse_interval(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    if (c == '\t' || c == '\n') c = ' ';
  }
  std::string_view rest = lower;
  std::string_view word = next_word(rest);
  if (word == "interval") word = next_word(rest);
  if (word.empty()) return std::nullopt;
  Interval total;
  for (; !word.empty(); word = next_word(rest)) {
    const Unit* unit = find_unit(next_word(rest));
    if (unit == nullptr) return std::nullopt;
    const auto part = part_of(word, *unit);
    const auto next = part ? sum(total, *part) : std::nullopt;
    if (!next) return std::nullopt;
    total = *next;
  }
  return total;
}

}  // namespace weir
