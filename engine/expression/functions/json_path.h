// json_path.h — paths into JSON text ($.a[0]['b c']), followed without building a tree.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

namespace weir {

class JsonPath {
 public:
  /// An error sentence for a text that is no path, or one with a wildcard.
  static Result<JsonPath> compile(std::string_view text);

  /// The text of the value that the path leads to, or nothing. `json` is valid JSON (on anything else the
  /// answer is some part of it). The first of several equal keys counts. Any thread.
  std::optional<std::string_view> find(std::string_view json) const;

 private:
  struct Step {
    bool is_name = true;
    std::string name;
    std::size_t index = 0;
  };
  std::vector<Step> steps_;
};

/// The number of elements of a JSON array; nothing where the value is something else.
std::optional<std::int32_t> json_array_length(std::string_view json);

}  // namespace weir
