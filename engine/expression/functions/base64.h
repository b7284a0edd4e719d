// base64.h — reads texts in base 64 that must be well-formed.
#pragma once

#include <string_view>

namespace weir {

/// Writes the bytes and returns the end; null where the text is not base 64 (RFC 4648), with blanks and line
/// ends anywhere and the padding there or not. No more bytes than the text has.
char* read_base64(std::string_view text, char* out);

}  // namespace weir
