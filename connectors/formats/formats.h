// formats.h — the formats that ship with Weir.
#pragma once

#include "engine/component/registry.h"

namespace weir {

/// JSON: one object per record (RFC 8259), each document validated whole.
FormatSpec json_format();

}  // namespace weir
