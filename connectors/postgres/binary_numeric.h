// binary_numeric.h — exact decimals in the form in which Postgres sends and receives numeric.
#pragma once

#include <string>

#include "engine/data/decimal.h"

namespace weir {

/// Appends a COPY BINARY field, length first: base-10000 digits, aligned at the decimal point, with leading
/// and trailing zero digits left out, and `scale` as the display scale (digits beyond it would be dropped
/// without a word).
void append_binary_numeric(Int128 value, int scale, std::string& out);

}  // namespace weir
