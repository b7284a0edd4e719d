// share.h — shares as users write them: "2%", "500ppm", "0.02".
#pragma once

#include <optional>
#include <string>

namespace weir {

/// Between 0 and 1; nothing where the text is no such share.
std::optional<double> parse_share(const std::string& text);

}  // namespace weir
