// excerpt.h — the line of a text that a place is in, and which of its characters are meant.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/error.h"

namespace weir {

/// The first character of a place, and the one behind its last; from 1. Bytes that are no UTF-8 count one each.
std::uint32_t column_in_characters(const Location& where);
std::uint32_t end_column_in_characters(const Location& where);

/// Three lines: a margin, the line with its number, and carets below the place, as wide as a terminal shows it. Tabs are shown as blanks, and of a long line
/// what is around the place. Requires a
/// known place.
std::string excerpt(const Location& where);

}  // namespace weir
