// cut_short.h — what to say where YAML ends a value at ' #'.
#pragma once

namespace weir {

inline constexpr const char* cut_short_message = "YAML takes what follows ' #' for a comment and cuts the value here";
inline constexpr const char* cut_short_hint = "if it belongs to the value, put the whole value in quotes";

}  // namespace weir
