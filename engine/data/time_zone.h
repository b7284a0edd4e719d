// time_zone.h — what clocks show somewhere on earth at a moment, and at which moment they showed it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/data/daylight_rule.h"

namespace weir {

/// A fixed offset, or the history of a place and its rule for the future. Times are microseconds. Immutable:
/// any thread.
class TimeZone {
 public:
  /// Times for which clocks are ahead of UTC by the same `offset`.
  struct Span {
    std::int64_t from;
    std::int64_t until;  // no longer
    std::int64_t offset;
    bool holds(std::int64_t time) const { return from <= time && time < until; }
  };

  explicit TimeZone(std::int32_t offset_seconds = 0);
  /// What a TZif file says; a sentence where it is not one of version 2 or later, or has leap seconds.
  /// https://www.rfc-editor.org/rfc/rfc8536
  static Result<TimeZone> parse(std::string_view file);

  /// Local time is UTC + offset.
  Span span_of_utc(std::int64_t utc) const;
  /// UTC is local time - offset. As java.time has it: of a local time that comes twice the first one is
  /// meant, and one that clocks skip is as much later as they are put forward.
  Span span_of_local(std::int64_t local) const;

  std::int64_t to_local(std::int64_t utc) const { return utc + span_of_utc(utc).offset; }
  std::int64_t to_utc(std::int64_t local) const { return local - span_of_local(local).offset; }

 private:
  enum class Clock : std::uint8_t { utc, local };

  void append(std::int64_t at, std::int64_t offset);
  void append_rule(const DaylightRule& rule, const std::vector<std::int64_t>& moments);
  Span span(Clock clock, std::int64_t time) const;
  Span span_by_rule(Clock clock, std::int64_t time) const;

  std::int64_t offset_before(std::size_t change) const {
    return change == 0 ? first_offset_ : offsets_[change - 1];
  }

  std::int64_t first_offset_;                // before the first change
  std::vector<std::int64_t> changes_;        // UTC
  std::vector<std::int64_t> local_changes_;  // the first local time that is told by the new offset
  std::vector<std::int64_t> offsets_;        // after each change
  std::optional<DaylightRule> rule_;         // after the last change
};

}  // namespace weir
