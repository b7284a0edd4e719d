# The standard headers that nearly every file includes, compiled once: a third of the build's time.
file(WRITE "${CMAKE_BINARY_DIR}/precompiled.cpp" "// Holds nothing: the precompiled header needs a target to live in.\n")
add_library(weir_precompiled STATIC "${CMAKE_BINARY_DIR}/precompiled.cpp")
target_link_libraries(weir_precompiled PUBLIC fmt::fmt Threads::Threads)
target_precompile_headers(weir_precompiled PRIVATE <algorithm> <chrono> <cstdint> <functional> <map> <memory> <optional> <span>
  <string> <string_view> <utility> <variant> <vector> <fmt/format.h>)
