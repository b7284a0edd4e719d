// outline.h — what a document is made of: its sources, streams, sinks and the rest, as an editor lists them.
#pragma once

#include "dsl/language_server/analysis.h"
#include "engine/component/json_writer.h"

namespace weir {

/// The value of documentSymbol.
void write_outline(const Document& document, const Analysis& analysis, JsonWriter& json);

}  // namespace weir
