// mutation.h — texts that are nearly what they were.
#pragma once

#include <string>
#include <vector>

#include "tests/roundtrip/draw.h"

namespace weir::testing {

/// One of `texts` with a few changes: parts left out, doubled, exchanged, taken from another text, nested in brackets, or put in place of numbers,
/// words and bytes that no text has. At most 64 KiB.
std::string mutated(const std::vector<std::string>& texts, Draw& draw);

}  // namespace weir::testing
