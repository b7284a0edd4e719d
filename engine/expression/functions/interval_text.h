// interval_text.h — intervals as text: "1 day", "interval 1 hour 30 minutes", "-2.5 seconds".
#pragma once

#include <optional>
#include <string_view>

#include "engine/data/column.h"

namespace weir {

/// Numbers with units (year to nanosecond, plural or not, any case), blanks between them, optionally after
/// the word interval.
std::optional<Interval> parse_interval(std::string_view text);

}  // namespace weir
