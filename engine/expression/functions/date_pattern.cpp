// date_pattern.cpp — compiles date patterns and writes times in them.
#include "engine/expression/functions/date_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/data/calendar.h"
#include "engine/expression/functions/date_names.h"
#include "engine/expression/functions/date_range.h"
#include "engine/expression/functions/iso_week.h"

namespace weir {
namespace {

struct LetterRule {
  char letter;
  std::uint8_t most;     // how often it may be repeated
  std::uint8_t longest;  // bytes it may take
};
constexpr std::array<LetterRule, 24> rules{
    {{'G', 4, 12}, {'y', 6, 6},  {'M', 4, 9}, {'L', 4, 9}, {'d', 2, 2}, {'D', 3, 3},
     {'Q', 4, 11}, {'q', 4, 11}, {'E', 4, 9}, {'F', 1, 1}, {'a', 1, 2}, {'h', 2, 2},
     {'K', 2, 2},  {'k', 2, 2},  {'H', 2, 2}, {'m', 2, 2}, {'s', 2, 2}, {'S', 9, 9},
     {'V', 2, 3},  {'z', 4, 26}, {'O', 4, 3}, {'X', 5, 1}, {'x', 5, 6}, {'Z', 5, 5}}};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

const LetterRule* rule_of(char letter) {
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const LetterRule& rule) { return rule.letter == letter; });
  return found == rules.end() ? nullptr : &*found;
}

/// A time taken apart as far as patterns need it.
struct TimeParts {
  CivilDate date;
  std::int32_t days;
  std::int32_t second_of_day;
  std::int32_t microsecond;
};

TimeParts take_apart(std::int64_t microseconds) {
  const std::int32_t days = days_of_timestamp(microseconds);
  const std::int64_t of_day = microseconds - days * microseconds_per_day;
  return {civil_from_days(days), days, static_cast<std::int32_t>(of_day / microseconds_per_second),
          static_cast<std::int32_t>(of_day % microseconds_per_second)};
}

char* write_text(std::string_view text, char* out) {
  return std::copy(text.begin(), text.end(), out);
}

char* write_number(std::int32_t number, std::size_t width, char* out) {
  char digits[12];
  char* first = digits + sizeof digits;
  auto rest = static_cast<std::uint32_t>(number);
  do {
    *--first = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  auto count = static_cast<std::size_t>(digits + sizeof digits - first);
  for (; count < width; --width) *out++ = '0';
  return write_text({first, count}, out);
}

char* write_year(std::int32_t year, std::size_t width, char* out) {
  return width == 2 ? write_number(year % 100, 2, out) : write_number(year, width, out);
}

char* write_fraction(std::int32_t microsecond, std::size_t width, char* out) {
  char digits[9] = {'0', '0', '0', '0', '0', '0', '0', '0', '0'};
  write_number(microsecond, 6, digits);
  return write_text({digits, width}, out);
}

char* write_month(std::int32_t month, std::size_t width, char* out) {
  if (width <= 2) return write_number(month, width, out);
  const std::string_view name = month_names[static_cast<std::size_t>(month - 1)];
  return write_text(width == 3 ? name.substr(0, 3) : name, out);
}

char* write_weekday(std::int32_t days, std::size_t width, char* out) {
  const std::string_view name = day_names[static_cast<std::size_t>(weekday_from_monday(days))];
  return write_text(width <= 3 ? name.substr(0, 3) : name, out);
}

char* write_quarter(std::int32_t quarter, std::size_t width, char* out) {
  constexpr std::array<std::string_view, 4> names{"1st quarter", "2nd quarter", "3rd quarter", "4th quarter"};
  if (width <= 2) return write_number(quarter, width, out);
  if (width == 4) return write_text(names[static_cast<std::size_t>(quarter - 1)], out);
  *out++ = 'Q';
  return write_number(quarter, 1, out);
}

/// Times are UTC, so zones and offsets are always the same.
std::string_view zone_text(char letter, std::size_t width) {
  switch (letter) {
    case 'z':
      return width == 4 ? "Coordinated Universal Time" : "UTC";
    case 'O':
      return "GMT";
    case 'X':
      return "Z";
    case 'x': {
      constexpr std::array<std::string_view, 5> offsets{"+00", "+0000", "+00:00", "+0000", "+00:00"};
      return offsets[width - 1];
    }
    case 'Z':
      return width == 5 ? "Z" : width == 4 ? "GMT" : "+0000";
    default:
      return "UTC";
  }
}

char* write_clock(const DatePatternItem& item, const TimeParts& parts, char* out) {
  const std::int32_t hour = parts.second_of_day / 3600;
  switch (item.letter) {
    case 'H':
      return write_number(hour, item.width, out);
    case 'k':
      return write_number(hour == 0 ? 24 : hour, item.width, out);
    case 'K':
      return write_number(hour % 12, item.width, out);
    case 'h':
      return write_number(hour % 12 == 0 ? 12 : hour % 12, item.width, out);
    case 'a':
      return write_text(hour < 12 ? "AM" : "PM", out);
    case 'm':
      return write_number(parts.second_of_day / 60 % 60, item.width, out);
    case 's':
      return write_number(parts.second_of_day % 60, item.width, out);
    case 'S':
      return write_fraction(parts.microsecond, item.width, out);
    default:
      return write_text(zone_text(item.letter, item.width), out);
  }
}

char* write_item(const DatePatternItem& item, const TimeParts& parts, char* out) {
  switch (item.letter) {
    case 'G':
      return write_text(item.width == 4 ? "Anno Domini" : "AD", out);
    case 'y':
      return write_year(parts.date.year, item.width, out);
    case 'M':
    case 'L':
      return write_month(parts.date.month, item.width, out);
    case 'd':
      return write_number(parts.date.day, item.width, out);
    case 'D':
      return write_number(parts.days - days_from_civil(parts.date.year, 1, 1) + 1, item.width, out);
    case 'Q':
    case 'q':
      return write_quarter((parts.date.month + 2) / 3, item.width, out);
    case 'E':
      return write_weekday(parts.days, item.width, out);
    case 'F':
      return write_number((parts.date.day - 1) % 7 + 1, 1, out);
    default:
      return write_clock(item, parts, out);
  }
}

/// Reads 'quoted text' whose first quote is at `i`; moves `i` behind it. '' is a quote itself. Nothing if it
/// does not end.
std::optional<std::string> take_quoted(std::string_view pattern, std::size_t& i) {
  if (pattern.substr(i, 2) == "''") {
    i += 2;
    return "'";
  }
  std::string text;
  for (++i; i < pattern.size(); ++i) {
    if (pattern[i] != '\'') {
      text += pattern[i];
    } else if (pattern.substr(i, 2) == "''") {
      text += pattern[i++];
    } else {
      ++i;
      return text;
    }
  }
  return std::nullopt;
}

Error bad_pattern(std::string_view pattern, std::string_view reason) {
  return Error{ErrorKind::user, fmt::format("bad date pattern: {} ({})", pattern, reason)};
}

}  // namespace

bool DatePatternItem::is_number() const {
  if (letter == 'M' || letter == 'L') return width <= 2;
  return letter != 0 && std::string_view("ydDhHkKmsS").find(letter) != std::string_view::npos;
}

void DatePattern::add_text(std::string_view text) {
  items_.push_back(
      {0, 0, static_cast<std::uint32_t>(texts_.size()), static_cast<std::uint32_t>(text.size())});
  texts_ += text;
  longest_ += text.size();
}

Status DatePattern::add_letter(char letter, std::size_t width, std::string_view pattern) {
  const LetterRule* rule = rule_of(letter);
  if (rule == nullptr)
    return bad_pattern(pattern, fmt::format("the letter {} means nothing; text belongs in quotes", letter));
  const bool is_odd = (letter == 'V' && width != 2) || (letter == 'O' && width != 1 && width != 4);
  if (width > rule->most || is_odd) {
    return bad_pattern(pattern, fmt::format("{} cannot stand for anything", std::string(width, letter)));
  }
  items_.push_back({letter, static_cast<std::uint8_t>(width), 0, 0});
  longest_ += rule->longest;
  return {};
}

Result<DatePattern> DatePattern::compile(std::string_view pattern) {
  DatePattern made;
  int depth = 0;
  for (std::size_t i = 0; i < pattern.size();) {
    const char c = pattern[i];
    if (c == '\'') {
      const auto text = take_quoted(pattern, i);
      if (!text.has_value()) return bad_pattern(pattern, "a quote is not closed");
      made.add_text(*text);
    } else if (is_letter(c)) {
      const std::size_t end = std::min(pattern.find_first_not_of(c, i), pattern.size());
      WEIR_TRY(made.add_letter(c, end - i, pattern));
      i = end;
    } else if (c == '[' || c == ']') {
      depth += c == '[' ? 1 : -1;
      if (depth < 0 || depth > 8) return bad_pattern(pattern, "the brackets do not match");
      made.items_.push_back({c});
      ++i;
    } else {
      if (c == '{' || c == '}' || c == '#')
        return bad_pattern(pattern, fmt::format("{} belongs in quotes", c));
      made.add_text(pattern.substr(i++, 1));
    }
  }
  if (depth != 0) return bad_pattern(pattern, "the brackets do not match");
  if (pattern == "yyyy-MM-dd") made.shape_ = Shape::date;
  if (pattern == "HH:mm:ss") made.shape_ = Shape::time;
  if (pattern == "yyyy-MM-dd HH:mm:ss") made.shape_ = Shape::date_and_time;
  return made;
}

Status DatePattern::check_readable() const {
  for (const DatePatternItem& item : items_) {
    if (item.letter == 0 || std::string_view("QqEF").find(item.letter) == std::string_view::npos) continue;
    return Error{ErrorKind::user,
                 fmt::format("a date cannot be read from a pattern with the letter {}", item.letter)};
  }
  return {};
}

char* DatePattern::write(std::int64_t microseconds, char* out) const {
  microseconds = std::clamp(microseconds, first_timestamp, last_timestamp);
  const auto write_day = [&](char* at) {
    return write_date(days_of_timestamp(microseconds), at) ? at + 10 : at;
  };
  switch (shape_) {
    case Shape::date:
      return write_day(out);
    case Shape::time:
      write_time(microseconds, out);
      return out + 8;
    case Shape::date_and_time:
      out = write_day(out);
      *out++ = ' ';
      write_time(microseconds, out);
      return out + 8;
    case Shape::general:
      break;
  }
  const TimeParts parts = take_apart(microseconds);
  for (const DatePatternItem& item : items_) {
    if (item.letter == 0) {
      out = write_text(std::string_view(texts_).substr(item.text_start, item.text_length), out);
    } else if (item.letter != '[' && item.letter != ']') {
      out = write_item(item, parts, out);
    }
  }
  return out;
}

}  // namespace weir
