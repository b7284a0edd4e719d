// daylight_rule.h — when clocks change in years to come, as POSIX writes it: "CET-1CEST,M3.5.0,M10.5.0/3".
//
// The last line of a TZif file, https://www.rfc-editor.org/rfc/rfc8536#section-3.3
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir {

class DaylightRule {
 public:
  /// A moment at which clocks change, in seconds since 1970 UTC, and what they are ahead of UTC by, in
  /// seconds.
  struct Change {
    std::int64_t at;
    std::int32_t before;
    std::int32_t after;
  };

  /// Nothing where the text is no rule.
  static std::optional<DaylightRule> parse(std::string_view text);

  std::int32_t standard_offset() const { return standard_; }
  bool has_changes() const { return has_daylight_; }
  /// The two changes of a year, in the order in which they happen. Requires has_changes().
  std::array<Change, 2> changes_in(std::int32_t year) const;

 private:
  friend class DaylightRuleReader;
  /// Within a year: a time of a day, which may lie outside it.
  struct Day {
    enum class Form : std::uint8_t { julian, zero_based, weekday } form = Form::weekday;
    std::int32_t number = 0;  // of the day in the year; of the weekday, Sunday 0
    std::int32_t month = 0;   // weekday: 1 to 12
    std::int32_t week = 0;    // weekday: 1 to 5, which is the last
    std::int32_t seconds = 0;
    std::int64_t in(std::int32_t year) const;  // local seconds since 1970
  };

  std::int32_t standard_ = 0;
  std::int32_t daylight_ = 0;
  bool has_daylight_ = false;
  Day start_;
  Day end_;
};

}  // namespace weir
