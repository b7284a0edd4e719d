// utf8.h — whether bytes are well-formed UTF-8.
#pragma once

#include <string_view>

namespace weir {

/// As the Unicode standard has it: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view text);

}  // namespace weir
