// readable_text.h — refuses files whose bytes are no text.
#pragma once

#include "dsl/line_table.h"

namespace weir {

/// Whether the text has at most 1 MiB, is UTF-8 and has no control characters; reports the first of these that it is not.
bool is_readable_text(const LineTable& lines, Diagnostics& diagnostics);

}  // namespace weir
