// calendar.cpp — the proleptic Gregorian calendar, and the texts of dates and times.
#include "engine/data/calendar.h"

#include <fmt/format.h>

#include <array>
#include <cstring>

namespace weir {
namespace {

constexpr std::int32_t days_per_era = 146'097;           // 400 years
constexpr std::int32_t epoch_from_march_0000 = 719'468;  // days from 0000-03-01 to 1970-01-01
constexpr std::int32_t first_writable_day = -719'528;    // 0000-01-01
constexpr std::int32_t last_writable_day = 2'932'896;    // 9999-12-31
constexpr std::int64_t first_microsecond = -719'162 * microseconds_per_day;               // 0001-01-01
constexpr std::int64_t end_microsecond = (last_writable_day + 1) * microseconds_per_day;  // 10000-01-01

constexpr auto two_digits = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

void write_two(char* out, unsigned number) {
  std::memcpy(out, &two_digits[2 * static_cast<std::size_t>(number)], 2);
}

bool is_leap(std::int32_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

bool is_blank(char c) { return static_cast<unsigned char>(c) <= ' '; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Takes as many digits as there are, `least` to `most`; nothing where there are fewer or more.
std::optional<unsigned> take_number(std::string_view& text, std::size_t least, std::size_t most) {
  std::size_t digits = 0;
  unsigned number = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    if (digits == most) return std::nullopt;
    number = number * 10 + static_cast<unsigned>(text[digits++] - '0');
  }
  if (digits < least) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

struct DatePart {
  std::int32_t days;
  bool is_whole;  // with month and day, so that a time may follow
};

std::optional<DatePart> take_date(std::string_view& text) {
  const auto year = take_number(text, 4, 4);
  if (!year || *year == 0) return std::nullopt;
  unsigned month = 1;
  unsigned day = 1;
  bool is_whole = false;
  if (take(text, '-')) {
    const auto number = take_number(text, 1, 2);
    if (!number) return std::nullopt;
    month = *number;
    if (take(text, '-')) {
      const auto last = take_number(text, 1, 2);
      if (!last) return std::nullopt;
      day = *last;
      is_whole = true;
    }
  }
  const auto signed_year = static_cast<std::int32_t>(*year);
  if (!is_valid_date(signed_year, month, day)) return std::nullopt;
  return DatePart{days_from_civil(signed_year, month, day), is_whole};
}

// ".123456789" as microseconds; digits beyond the sixth are cut off.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  std::int64_t microseconds = 0;
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    if (digits < 6) microseconds = microseconds * 10 + (text[digits] - '0');
    ++digits;
  }
  if (digits == 0 || digits > 9) return std::nullopt;
  for (std::size_t i = digits; i < 6; ++i) microseconds *= 10;
  text.remove_prefix(digits);
  return microseconds;
}

// h:mm[:ss[.fraction]] since midnight.
std::optional<std::int64_t> take_time(std::string_view& text) {
  const auto hour = take_number(text, 1, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 1, 2);
  if (!minute || *minute > 59) return std::nullopt;
  std::int64_t microseconds = (*hour * 3600 + *minute * 60) * microseconds_per_second;
  if (!take(text, ':')) return microseconds;
  const auto second = take_number(text, 1, 2);
  if (!second || *second > 59) return std::nullopt;
  microseconds += *second * microseconds_per_second;
  if (!take(text, '.')) return microseconds;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  return microseconds + *fraction;
}

// Two digits; `wrong` becomes true where they are none.
unsigned two_at(const char* text, bool& wrong) {
  const auto tens = static_cast<unsigned>(text[0] - '0'), ones = static_cast<unsigned>(text[1] - '0');
  wrong |= tens > 9 || ones > 9;
  return tens * 10 + ones;
}

// "2024-11-01T10:20:30", which most texts of a time begin with: the microseconds. Nothing where it is not that, and then it may be something else that is one.
std::optional<std::int64_t> take_usual(std::string_view& text) {
  constexpr std::size_t size = 19;
  if (text.size() < size) return std::nullopt;
  const char* const at = text.data();
  bool wrong = at[4] != '-' || at[7] != '-' || (at[10] != 'T' && at[10] != ' ') || at[13] != ':' || at[16] != ':';
  const auto year = static_cast<std::int32_t>(two_at(at, wrong) * 100 + two_at(at + 2, wrong));
  const unsigned month = two_at(at + 5, wrong), day = two_at(at + 8, wrong);
  const unsigned hour = two_at(at + 11, wrong), minute = two_at(at + 14, wrong), second = two_at(at + 17, wrong);
  wrong |= year == 0 || hour > 23 || minute > 59 || second > 59;
  if (wrong || !is_valid_date(year, month, day)) return std::nullopt;
  text.remove_prefix(size);
  return days_from_civil(year, month, day) * microseconds_per_day + (hour * 3600 + minute * 60 + second) * microseconds_per_second;
}

// How far the zone is ahead of UTC. `text` is all of the rest: nothing, Z, UTC, ±h[h][:mm] or ±hhmm.
std::optional<std::int64_t> parse_zone(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z" || text == "UTC") return 0;
  const bool behind = text.front() == '-';
  if (!behind && text.front() != '+') return std::nullopt;
  text.remove_prefix(1);
  const std::size_t length = text.size();
  auto hour = take_number(text, 1, 4);
  if (!hour) return std::nullopt;
  unsigned minute = 0;
  if (length - text.size() == 4) {
    minute = *hour % 100;
    hour = *hour / 100;
  } else if (length - text.size() == 3) {
    return std::nullopt;
  } else if (take(text, ':')) {
    const auto number = take_number(text, 1, 2);
    if (!number) return std::nullopt;
    minute = *number;
  }
  constexpr unsigned most_minutes = 18 * 60;  // as in Java and Spark
  if (!text.empty() || minute > 59 || *hour * 60 + minute > most_minutes) return std::nullopt;
  const std::int64_t ahead = (*hour * 60 + minute) * 60 * microseconds_per_second;
  return behind ? -ahead : ahead;
}

}  // namespace

CivilDate civil_from_days(std::int32_t days) {
  // Years are counted from March, so that the leap day is the last of its year and the months' lengths follow
  // one formula.
  const std::int64_t shifted = std::int64_t{days} + epoch_from_march_0000;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - (days_per_era - 1)) / days_per_era;
  const auto day_of_era = static_cast<std::uint32_t>(shifted - era * days_per_era);
  const std::uint32_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::uint32_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::uint32_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const std::uint32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const std::int64_t year = std::int64_t{year_of_era} + era * 400 + (month <= 2 ? 1 : 0);
  return {static_cast<std::int32_t>(year), static_cast<std::uint8_t>(month), static_cast<std::uint8_t>(day)};
}

std::int32_t days_from_civil(std::int32_t year, unsigned month, unsigned day) {
  const std::int64_t from_march = std::int64_t{year} - (month <= 2 ? 1 : 0);
  const std::int64_t era = (from_march >= 0 ? from_march : from_march - 399) / 400;
  const std::int64_t year_of_era = from_march - era * 400;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return static_cast<std::int32_t>(era * days_per_era + day_of_era - epoch_from_march_0000);
}

bool is_valid_date(std::int32_t year, unsigned month, unsigned day) {
  constexpr std::array<std::uint8_t, 13> lengths{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= lengths[month] + (month == 2 && is_leap(year) ? 1u : 0u);
}

std::int32_t days_of_timestamp(std::int64_t microseconds) {
  const std::int64_t days = microseconds / microseconds_per_day;
  return static_cast<std::int32_t>(days - (microseconds % microseconds_per_day < 0 ? 1 : 0));
}

std::optional<std::int32_t> parse_date(std::string_view text) {
  text = trim(text);
  const auto date = take_date(text);
  if (!date) return std::nullopt;
  const bool has_tail = date->is_whole && !text.empty() && (text.front() == 'T' || text.front() == ' ');
  if (!text.empty() && !has_tail) return std::nullopt;
  return date->days;
}

namespace {

// What follows the time of day is its zone.
std::optional<std::int64_t> at_zone(std::int64_t local, std::string_view text) {
  take(text, ' ');
  const auto ahead = parse_zone(text);
  if (!ahead) return std::nullopt;
  const std::int64_t result = local - *ahead;
  if (result < first_microsecond || result >= end_microsecond) return std::nullopt;
  return result;
}

}  // namespace

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  text = trim(text);
  if (const auto usual = take_usual(text)) {
    if (!take(text, '.')) return at_zone(*usual, text);
    const auto fraction = take_fraction(text);
    return fraction ? at_zone(*usual + *fraction, text) : std::nullopt;
  }
  const auto date = take_date(text);
  if (!date) return std::nullopt;
  const std::int64_t midnight = date->days * microseconds_per_day;
  if (text.empty()) return midnight;
  if (!date->is_whole || !(take(text, 'T') || take(text, ' '))) return std::nullopt;
  const auto time = take_time(text);
  return time ? at_zone(midnight + *time, text) : std::nullopt;
}

std::string date_to_string(std::int32_t days) {
  std::string text(10, '0');
  if (write_date(days, text.data())) return text;
  const CivilDate date = civil_from_days(days);
  return fmt::format("{}{:04}-{:02}-{:02}", date.year < 0 ? '-' : '+', date.year < 0 ? -date.year : date.year,
                     date.month, date.day);
}

std::string timestamp_to_string(std::int64_t microseconds) {
  std::string text = date_to_string(days_of_timestamp(microseconds)) + " 00:00:00";
  write_time(microseconds, text.data() + text.size() - 8);
  const std::int64_t part = microseconds % microseconds_per_second;
  if (part == 0) return text;
  text += fmt::format(".{:06}", part < 0 ? part + microseconds_per_second : part);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

bool write_date(std::int32_t days, char* out) {
  if (days < first_writable_day || days > last_writable_day) return false;
  const CivilDate date = civil_from_days(days);
  const auto year = static_cast<unsigned>(date.year);
  write_two(out, year / 100);
  write_two(out + 2, year % 100);
  out[4] = '-';
  write_two(out + 5, date.month);
  out[7] = '-';
  write_two(out + 8, date.day);
  return true;
}

void write_time(std::int64_t microseconds, char* out) {
  std::int64_t time = microseconds % microseconds_per_day;
  if (time < 0) time += microseconds_per_day;
  const auto seconds = static_cast<unsigned>(time / microseconds_per_second);
  write_two(out, seconds / 3600);
  out[2] = ':';
  write_two(out + 3, seconds / 60 % 60);
  out[5] = ':';
  write_two(out + 6, seconds % 60);
}

}  // namespace weir
