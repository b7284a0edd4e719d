// time_zone.cpp — reads TZif files and finds the offset of a time.
#include "engine/data/time_zone.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "engine/data/calendar.h"

namespace weir {
namespace {

constexpr std::int64_t beginning = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t end_of_time = std::numeric_limits<std::int64_t>::max();
/// Changes up to this year are counted out when a zone is read; later ones are counted out when they are
/// asked for.
constexpr std::int32_t last_listed_year = 2100;
constexpr std::int64_t earliest_listed = -719162 * microseconds_per_day;  // 0001-01-01
constexpr std::int64_t second = microseconds_per_second;
constexpr std::size_t header_size = 44;

Error bad_file(std::string_view reason) {
  return Error{ErrorKind::user, fmt::format("not a time zone file: {}", reason)};
}

/// Reads big-endian numbers one after the other; zero beyond the end, which was checked before.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  std::size_t size() const { return bytes_.size(); }
  void skip(std::size_t count) { bytes_.remove_prefix(std::min(count, bytes_.size())); }
  std::string_view rest() const { return bytes_; }
  std::uint8_t byte() { return static_cast<std::uint8_t>(number(1)); }
  std::int64_t number(std::size_t width) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i)
      value = value << 8 | (i < bytes_.size() ? static_cast<unsigned char>(bytes_[i]) : 0u);
    skip(width);
    return width == 4 ? static_cast<std::int32_t>(value) : static_cast<std::int64_t>(value);
  }

 private:
  std::string_view bytes_;
};

struct Header {
  char version = 0;
  std::int64_t utc_flags = 0;
  std::int64_t standard_flags = 0;
  std::int64_t leap_seconds = 0;
  std::int64_t changes = 0;
  std::int64_t types = 0;
  std::int64_t letters = 0;

  static std::optional<Header> read(Bytes& bytes) {
    if (bytes.size() < header_size || !bytes.rest().starts_with("TZif")) return std::nullopt;
    bytes.skip(4);
    Header header;
    header.version = static_cast<char>(bytes.byte());
    bytes.skip(15);
    for (std::int64_t* count : {&header.utc_flags, &header.standard_flags, &header.leap_seconds,
                                &header.changes, &header.types, &header.letters}) {
      *count = bytes.number(4);
      if (*count < 0) return std::nullopt;
    }
    return header;
  }
  /// Bytes of what follows, with times of `width` bytes.
  std::size_t size(std::int64_t width) const {
    return static_cast<std::size_t>(changes * (width + 1) + types * 6 + letters + leap_seconds * (width + 4) +
                                    standard_flags + utc_flags);
  }
};

std::int64_t in_microseconds(std::int64_t seconds) {
  std::int64_t microseconds = 0;
  if (!__builtin_mul_overflow(seconds, second, &microseconds)) return microseconds;
  return seconds < 0 ? beginning : end_of_time;
}

/// Reads up to the part of the file that has times of 64 bits, behind its header.
Result<Header> find_long_times(Bytes& bytes) {
  const std::optional<Header> first = Header::read(bytes);
  if (!first.has_value()) return bad_file("it does not begin as one");
  if (first->version < '2') return bad_file("it is of version 1; version 2 is needed");
  if (bytes.size() < first->size(4)) return bad_file("it is cut short");
  bytes.skip(first->size(4));
  const std::optional<Header> header = Header::read(bytes);
  if (!header.has_value() || bytes.size() < header->size(8)) return bad_file("it is cut short");
  if (header->types == 0) return bad_file("it has no offset");
  if (header->leap_seconds != 0) return bad_file("it counts leap seconds");
  return *header;
}

/// Nothing where the last line is empty.
Result<std::optional<DaylightRule>> read_footer(std::string_view footer) {
  if (footer.size() < 2 || footer.front() != '\n' || footer.back() != '\n')
    return bad_file("its last line is missing");
  footer = footer.substr(1, footer.size() - 2);
  if (footer.empty()) return std::optional<DaylightRule>();
  const std::optional<DaylightRule> rule = DaylightRule::parse(footer);
  if (!rule.has_value()) return bad_file(fmt::format("its last line is no rule: {}", footer));
  return rule;
}

std::int64_t year_of(std::int64_t microseconds) {
  return civil_from_days(days_of_timestamp(microseconds)).year;
}

}  // namespace

TimeZone::TimeZone(std::int32_t offset_seconds) : first_offset_(offset_seconds * second) {}

Result<TimeZone> TimeZone::parse(std::string_view file) {
  Bytes bytes(file);
  WEIR_ASSIGN(const Header header, find_long_times(bytes));
  std::vector<std::int64_t> moments;
  std::vector<std::uint8_t> types;
  std::vector<std::int64_t> offsets;
  for (std::int64_t i = 0; i < header.changes; ++i) moments.push_back(in_microseconds(bytes.number(8)));
  for (std::int64_t i = 0; i < header.changes; ++i) types.push_back(bytes.byte());
  for (std::int64_t i = 0; i < header.types; ++i) {
    offsets.push_back(bytes.number(4) * second);
    bytes.skip(2);
  }
  bytes.skip(static_cast<std::size_t>(header.letters + header.standard_flags + header.utc_flags));
  TimeZone zone;
  zone.first_offset_ = offsets[0];
  for (std::size_t i = 0; i < moments.size(); ++i) {
    if (types[i] >= offsets.size()) return bad_file("it names an offset that it does not have");
    if (i > 0 && moments[i] <= moments[i - 1]) return bad_file("its changes are not in order");
    zone.append(moments[i], offsets[types[i]]);
  }
  WEIR_ASSIGN(const std::optional<DaylightRule> rule, read_footer(bytes.rest()));
  if (rule.has_value() && rule->has_changes()) zone.append_rule(*rule, moments);
  return zone;
}

void TimeZone::append(std::int64_t at, std::int64_t offset) {
  const std::int64_t before = offset_before(offsets_.size());
  if (offset == before) return;  // a change of the name only
  std::int64_t local = 0;
  if (__builtin_add_overflow(at, std::max(before, offset), &local)) local = at;
  changes_.push_back(at);
  local_changes_.push_back(local);
  offsets_.push_back(offset);
}

void TimeZone::append_rule(const DaylightRule& rule, const std::vector<std::int64_t>& moments) {
  rule_ = rule;
  const std::int64_t last = moments.empty() ? beginning : moments.back();
  if (last < earliest_listed) return;  // the rule alone tells all times
  for (auto year = static_cast<std::int32_t>(year_of(last)); year <= last_listed_year; ++year) {
    for (const DaylightRule::Change& change : rule.changes_in(year)) {
      if (change.at * second > last) append(change.at * second, change.after * second);
    }
  }
}

TimeZone::Span TimeZone::span_of_utc(std::int64_t utc) const { return span(Clock::utc, utc); }
TimeZone::Span TimeZone::span_of_local(std::int64_t local) const { return span(Clock::local, local); }

TimeZone::Span TimeZone::span(Clock clock, std::int64_t time) const {
  const std::vector<std::int64_t>& changes = clock == Clock::utc ? changes_ : local_changes_;
  const auto next = std::upper_bound(changes.begin(), changes.end(), time);
  const auto index = static_cast<std::size_t>(next - changes.begin());
  if (rule_.has_value() && next == changes.end()) return span_by_rule(clock, time);
  return {index == 0 ? beginning : changes[index - 1], next == changes.end() ? end_of_time : *next,
          offset_before(index)};
}

TimeZone::Span TimeZone::span_by_rule(Clock clock, std::int64_t time) const {
  const auto year = static_cast<std::int32_t>(year_of(time));
  Span found{beginning, end_of_time, rule_->standard_offset() * second};
  // A change may lie in the year next to the one it belongs to.
  for (std::int32_t near = year - 1; near <= year + 1; ++near) {
    for (const DaylightRule::Change& change : rule_->changes_in(near)) {
      const std::int64_t at =
          (change.at + (clock == Clock::utc ? 0 : std::max(change.before, change.after))) * second;
      if (at > time) {
        found.until = std::min(found.until, at);
      } else if (at >= found.from) {
        found = {at, found.until, change.after * second};
      }
    }
  }
  return found;
}

}  // namespace weir
