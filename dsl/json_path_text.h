// json_path_text.h — writes JSON paths such as $.alloy['first value'][0].
#pragma once

#include <string>
#include <string_view>

namespace weir {

/// Appends a step into the member `key`.
void add_json_key(std::string& path, std::string_view key);

}  // namespace weir
