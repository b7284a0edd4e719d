// json_path_text.cpp — writes JSON paths.
#include "dsl/json_path_text.h"

#include <algorithm>

namespace weir {

void add_json_key(std::string& path, std::string_view key) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (!key.empty() && std::all_of(key.begin(), key.end(), is_plain)) {
    path.append(".").append(key);
    return;
  }
  // A quoted step ends at its quote and bracket; there is no escaping.
  const char quote = key.find("']") == std::string_view::npos ? '\'' : '"';
  path.append("[").append(1, quote).append(key).append(1, quote).append("]");
}

}  // namespace weir
