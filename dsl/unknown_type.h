// unknown_type.h — what to say of a text that is no type.
#pragma once

#include <string>

#include "engine/base/error.h"

namespace weir {

/// Requires that parse_type does not know `text`.
Error unknown_type(const std::string& text, const Location& where);

}  // namespace weir
