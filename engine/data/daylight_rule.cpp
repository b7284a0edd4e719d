// daylight_rule.cpp — reads rules of POSIX's TZ variable and counts out their changes.
#include "engine/data/daylight_rule.h"

#include <utility>

#include "engine/data/calendar.h"

namespace weir {

namespace {

constexpr std::int64_t seconds_per_day = 86400;
constexpr std::int32_t most_hours_of_offset = 24;
constexpr std::int32_t most_hours_of_change = 167;  // RFC 8536, section 3.3.1: a week

}  // namespace

/// Reads along a rule; every take_ gives false where it does not find what it is for.
class DaylightRuleReader {
 public:
  explicit DaylightRuleReader(std::string_view text) : text_(text) {}

  std::optional<DaylightRule> read() {
    DaylightRule rule;
    if (!take_name() || !take_offset(rule.standard_)) return std::nullopt;
    if (text_.empty()) return rule;
    rule.has_daylight_ = true;
    rule.daylight_ = rule.standard_ + 3600;
    if (!take_name()) return std::nullopt;
    if (next() != ',' && !take_offset(rule.daylight_)) return std::nullopt;
    if (!take_day(rule.start_) || !take_day(rule.end_) || !text_.empty()) return std::nullopt;
    return rule;
  }

 private:
  char next() const { return text_.empty() ? '\0' : text_.front(); }
  bool take(char wanted) {
    if (next() != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }

  /// CET or <+0330>.
  bool take_name() {
    const bool is_quoted = take('<');
    std::size_t length = 0;
    while (length < text_.size() && is_name_letter(text_[length], is_quoted)) ++length;
    text_.remove_prefix(length);
    return length >= 3 && (!is_quoted || take('>'));
  }
  static bool is_name_letter(char c, bool is_quoted) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
    return is_quoted && (c == '+' || c == '-' || (c >= '0' && c <= '9'));
  }

  bool take_number(std::int32_t least, std::int32_t most, std::int32_t& number) {
    std::size_t length = 0;
    number = 0;
    while (length < text_.size() && length < 4 && text_[length] >= '0' && text_[length] <= '9')
      number = number * 10 + (text_[length++] - '0');
    text_.remove_prefix(length);
    return length > 0 && number >= least && number <= most;
  }

  /// [+-]h[:mm[:ss]]
  bool take_time(std::int32_t most_hours, std::int32_t& seconds) {
    const bool is_negative = take('-');
    if (!is_negative) take('+');
    std::int32_t part = 0;
    if (!take_number(0, most_hours, part)) return false;
    seconds = part * 3600;
    for (const std::int32_t unit : {60, 1}) {
      if (!take(':')) break;
      if (!take_number(0, 59, part)) return false;
      seconds += part * unit;
    }
    if (is_negative) seconds = -seconds;
    return true;
  }

  /// POSIX counts hours west of UTC.
  bool take_offset(std::int32_t& east) {
    if (!take_time(most_hours_of_offset, east)) return false;
    east = -east;
    return true;
  }

  /// ,M3.5.0/3 or ,J60 or ,59
  bool take_day(DaylightRule::Day& day) {
    if (!take(',') || !take_date(day)) return false;
    day.seconds = 2 * 3600;
    return !take('/') || take_time(most_hours_of_change, day.seconds);
  }

  bool take_date(DaylightRule::Day& day) {
    using Form = DaylightRule::Day::Form;
    if (take('M')) {
      day.form = Form::weekday;
      return take_number(1, 12, day.month) && take('.') && take_number(1, 5, day.week) && take('.') &&
             take_number(0, 6, day.number);
    }
    day.form = take('J') ? Form::julian : Form::zero_based;
    return day.form == Form::julian ? take_number(1, 365, day.number) : take_number(0, 365, day.number);
  }

  std::string_view text_;
};

std::int64_t DaylightRule::Day::in(std::int32_t year) const {
  const std::int32_t first = days_from_civil(year, 1, 1);
  std::int32_t day = first + number;
  if (form == Form::julian) {  // 29 February is never counted
    const bool is_behind_leap_day = number >= 60 && is_valid_date(year, 2, 29);
    day = first + number - 1 + (is_behind_leap_day ? 1 : 0);
  } else if (form == Form::weekday) {
    const std::int32_t month_start = days_from_civil(year, static_cast<unsigned>(month), 1);
    const std::int32_t next_month = month == 12 ? days_from_civil(year + 1, 1, 1)
                                                : days_from_civil(year, static_cast<unsigned>(month) + 1, 1);
    const std::int32_t weekday = ((month_start + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
    day = month_start + (number - weekday + 7) % 7 + (week - 1) * 7;
    if (day >= next_month) day -= 7;
  }
  return day * seconds_per_day + seconds;
}

std::optional<DaylightRule> DaylightRule::parse(std::string_view text) {
  return DaylightRuleReader(text).read();
}

std::array<DaylightRule::Change, 2> DaylightRule::changes_in(std::int32_t year) const {
  std::array<Change, 2> changes{
      {{start_.in(year)-standard_, standard_, daylight_}, {end_.in(year)-daylight_, daylight_, standard_}}};
  if (changes[1].at < changes[0].at) std::swap(changes[0], changes[1]);
  return changes;
}

}  // namespace weir
