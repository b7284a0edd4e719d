// date_pattern_read.cpp — reads times that are written in a date pattern.
#include <strings.h>

#include <algorithm>

#include "engine/data/calendar.h"
#include "engine/data/time_zones.h"
#include "engine/expression/functions/date_names.h"
#include "engine/expression/functions/date_pattern.h"
#include "engine/expression/functions/date_range.h"
#include "engine/expression/functions/zone_argument.h"

namespace weir {
namespace {

/// What was read so far; -1 is nothing.
struct ReadParts {
  std::int64_t year = -1;
  std::int64_t month = -1;
  std::int64_t day = -1;
  std::int64_t day_of_year = -1;
  std::int64_t hour = -1;          // of the day
  std::int64_t hour_of_half = -1;  // 0 to 11
  std::int64_t half = -1;          // 0 am, 1 pm
  std::int64_t minute = 0;
  std::int64_t second = 0;
  std::int64_t microsecond = 0;
  std::int64_t offset_seconds = 0;
  const TimeZone* zone = nullptr;  // where it is no offset
};

bool is_between(std::int64_t value, std::int64_t least, std::int64_t most) {
  return value >= least && value <= most;
}

class PatternReader {
 public:
  PatternReader(const std::vector<DatePatternItem>& items, const std::string& texts, std::string_view text)
      : items_(items), texts_(texts), text_(text) {}

  std::optional<std::int64_t> read() {
    if (!read_items(0, items_.size()) || position_ != text_.size()) return std::nullopt;
    return resolve();
  }

 private:
  bool read_items(std::size_t first, std::size_t end) {
    for (std::size_t i = first; i < end; ++i) {
      const DatePatternItem& item = items_[i];
      if (item.letter == '[') {
        const std::size_t closing = closing_bracket(i);
        read_optional(i + 1, closing);
        i = closing;
      } else if (item.letter == 0
                     ? !read_text(std::string_view(texts_).substr(item.text_start, item.text_length))
                     : !read_item(i)) {
        return false;
      }
    }
    return true;
  }

  std::size_t closing_bracket(std::size_t i) const {
    int depth = 0;
    for (;; ++i) {
      if (items_[i].letter == '[') ++depth;
      if (items_[i].letter == ']' && --depth == 0) return i;
    }
  }

  void read_optional(std::size_t first, std::size_t end) {
    const std::size_t position = position_;
    const ReadParts parts = parts_;
    if (read_items(first, end)) return;
    position_ = position;
    parts_ = parts;
  }

  bool read_text(std::string_view wanted) {
    const bool is_there = text_.size() - position_ >= wanted.size() &&
                          strncasecmp(text_.data() + position_, wanted.data(), wanted.size()) == 0;
    if (is_there) position_ += wanted.size();
    return is_there;
  }

  /// Reads `least` to `most` digits.
  bool read_digits(std::size_t least, std::size_t most, std::int64_t& number) {
    std::size_t count = 0;
    number = 0;
    for (; count < most && position_ < text_.size() && text_[position_] >= '0' && text_[position_] <= '9';
         ++count) {
      number = number * 10 + (text_[position_++] - '0');
    }
    return count >= least;
  }

  /// A number of open width leaves as many digits as the numbers of fixed width behind it need (yyyyMMdd).
  bool read_open_number(std::size_t i, std::int64_t& number) {
    std::size_t reserved = 0;
    for (++i; i < items_.size() && items_[i].is_number() && items_[i].width >= 2; ++i)
      reserved += items_[i].width;
    std::size_t digits = 0;
    while (position_ + digits < text_.size() && text_[position_ + digits] >= '0' &&
           text_[position_ + digits] <= '9')
      ++digits;
    const std::size_t most = digits > reserved ? digits - reserved : 1;
    return read_digits(1, std::min<std::size_t>(most, 9), number);
  }

  bool read_number(std::size_t i, std::int64_t least, std::int64_t most, std::int64_t& number) {
    const std::size_t width = items_[i].width;
    const bool is_open = width == 1 || (width == 3 && items_[i].letter == 'y');
    const bool is_read = is_open ? read_open_number(i, number) : read_digits(width, width, number);
    return is_read && is_between(number, least, most);
  }

  bool read_item(std::size_t i) {
    switch (items_[i].letter) {
      case 'G':
        return read_text(items_[i].width == 4 ? "Anno Domini" : "AD");
      case 'y':
        return read_year(i);
      case 'M':
      case 'L':
        return items_[i].width <= 2 ? read_number(i, 1, 12, parts_.month) : read_month_name(items_[i].width);
      case 'd':
        return read_number(i, 1, 31, parts_.day);
      case 'D':
        return read_number(i, 1, 366, parts_.day_of_year);
      case 'S':
        return read_fraction(items_[i].width);
      case 'a':
        return read_half();
      case 'V':
      case 'z':
        return read_zone_name();
      case 'O':
      case 'X':
      case 'x':
      case 'Z':
        return read_zone();
      default:
        return read_clock(i);
    }
  }

  bool read_clock(std::size_t i) {
    std::int64_t number = 0;
    switch (items_[i].letter) {
      case 'H':
        return read_number(i, 0, 23, parts_.hour);
      case 'K':
        return read_number(i, 0, 11, parts_.hour_of_half);
      case 'm':
        return read_number(i, 0, 59, parts_.minute);
      case 's':
        return read_number(i, 0, 59, parts_.second);
      case 'k':
        if (!read_number(i, 1, 24, number)) return false;
        parts_.hour = number % 24;
        return true;
      case 'h':
        if (!read_number(i, 1, 12, number)) return false;
        parts_.hour_of_half = number % 12;
        return true;
      default:
        return false;
    }
  }

  bool read_year(std::size_t i) {
    if (items_[i].width != 2) return read_number(i, 1, 9999, parts_.year);
    if (!read_digits(2, 2, parts_.year)) return false;
    parts_.year += 2000;
    return true;
  }

  bool read_month_name(std::size_t width) {
    for (std::size_t i = 0; i < month_names.size(); ++i) {
      if (!read_text(width == 3 ? month_names[i].substr(0, 3) : month_names[i])) continue;
      parts_.month = static_cast<std::int64_t>(i) + 1;
      return true;
    }
    return false;
  }

  bool read_half() {
    if (read_text("AM")) {
      parts_.half = 0;
    } else if (read_text("PM")) {
      parts_.half = 1;
    } else {
      return false;
    }
    return true;
  }

  /// One digit up to as many as the pattern has; digits beyond a microsecond are cut off.
  bool read_fraction(std::size_t width) {
    const std::size_t start = position_;
    std::int64_t number = 0;
    if (!read_digits(1, width, number)) return false;
    for (std::size_t digits = position_ - start; digits < 9; ++digits) number *= 10;
    parts_.microsecond = number / 1000;
    return true;
  }

  /// Europe/Berlin, PST, UTC, Z, +02:00.
  bool read_zone_name() {
    const auto is_part = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
             c == '_' || c == '+' || c == '-' || c == ':';
    };
    std::size_t end = position_;
    while (end < text_.size() && is_part(text_[end])) ++end;
    const std::string_view name = text_.substr(position_, end - position_);
    position_ = end;
    if (const auto offset = parse_zone_offset(name)) {
      parts_.offset_seconds = *offset;
      return true;
    }
    parts_.zone = ZoneTable::all().find(name);
    return parts_.zone != nullptr;
  }

  /// Z, UTC, GMT, UT, or an offset of hours, minutes and seconds, with or without colons.
  bool read_zone() {
    if (read_text("UTC") || read_text("GMT") || read_text("UT")) {
      if (position_ == text_.size() || (text_[position_] != '+' && text_[position_] != '-')) return true;
    } else if (read_text("Z")) {
      return true;
    }
    if (position_ == text_.size()) return false;
    const char sign = text_[position_++];
    std::int64_t seconds = 0;
    if ((sign != '+' && sign != '-') || !read_offset(seconds)) return false;
    parts_.offset_seconds = sign == '-' ? -seconds : seconds;
    return true;
  }

  bool read_offset(std::int64_t& seconds) {
    std::int64_t part = 0;
    if (!read_digits(2, 2, part) || part > 18) return false;
    seconds = part * 3600;
    for (const std::int64_t unit : {60, 1}) {
      const std::size_t start = position_;
      read_text(":");
      if (!read_digits(2, 2, part) || part > 59) {
        position_ = start;
        return true;
      }
      seconds += part * unit;
    }
    return true;
  }

  std::optional<std::int64_t> resolve() const {
    const auto year = static_cast<std::int32_t>(parts_.year < 0 ? 1970 : parts_.year);
    std::int64_t days = 0;
    if (parts_.day_of_year > 0 && parts_.month < 0 && parts_.day < 0) {
      const bool is_leap = is_valid_date(year, 2, 29);
      if (parts_.day_of_year > (is_leap ? 366 : 365)) return std::nullopt;
      days = days_from_civil(year, 1, 1) + parts_.day_of_year - 1;
    } else {
      const auto month = static_cast<unsigned>(parts_.month < 0 ? 1 : parts_.month);
      const auto day = static_cast<unsigned>(parts_.day < 0 ? 1 : parts_.day);
      if (!is_valid_date(year, month, day)) return std::nullopt;
      days = days_from_civil(year, month, day);
    }
    std::int64_t hour = parts_.hour;
    if (hour < 0) hour = std::max<std::int64_t>(parts_.hour_of_half, 0) + (parts_.half == 1 ? 12 : 0);
    const std::int64_t seconds = hour * 3600 + parts_.minute * 60 + parts_.second - parts_.offset_seconds;
    std::int64_t time = days * microseconds_per_day + seconds * microseconds_per_second + parts_.microsecond;
    if (parts_.zone != nullptr) time = parts_.zone->to_utc(time);
    return is_in_timestamp_range(time) ? std::optional(time) : std::nullopt;
  }

  const std::vector<DatePatternItem>& items_;
  const std::string& texts_;
  std::string_view text_;
  std::size_t position_ = 0;
  ReadParts parts_;
};

}  // namespace

std::optional<std::int64_t> DatePattern::read(std::string_view text) const {
  return PatternReader(items_, texts_, text).read();
}

}  // namespace weir
