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
  /// An error sentence for a text that is no path.
  static Result<JsonPath> compile(std::string_view text);

  /// Whether it leads to several values, by [*].
  bool has_wildcard() const { return has_wildcard_; }

  /// The text of the value that the path leads to, or nothing. `json` is valid JSON (on anything else the
  /// answer is some part of it). The first of several equal keys counts. Requires a path without wildcards.
  /// Any thread.
  std::optional<std::string_view> find(std::string_view json) const;

  /// Appends what Spark's get_json_object makes of the values that the path leads to: one alone as it is (a
  /// string without its quotes), several as an array. False where there is none. Any thread.
  bool collect(std::string_view json, std::string& out) const;

 private:
  friend class JsonCollector;
  enum class Kind : std::uint8_t { name, index, any_element };
  struct Step {
    Kind kind = Kind::name;
    std::string name;
    std::size_t index = 0;
  };
  std::vector<Step> steps_;
  bool has_wildcard_ = false;
};

/// Whether a JSON string, with its quotes, says `name`.
bool is_json_name(std::string_view quoted, std::string_view name);

/// The number of elements of a JSON array; nothing where the value is something else.
std::optional<std::int32_t> json_array_length(std::string_view json);

}  // namespace weir
