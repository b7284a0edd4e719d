// duration.h — time spans as users write them: "10 s", "5m", "1 hour", "250ms".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

using Duration = std::chrono::microseconds;

/// A number and a unit (us, ms, s, m/min, h, d; also second(s), minute(s), hour(s), day(s)), blanks allowed between.
/// Nothing where the text is not such a span.
std::optional<Duration> parse_duration(std::string_view text);
std::string format_duration(Duration duration);  // "1.5 s", "2 min", "36 h"; parse_duration reads it back

}  // namespace weir
