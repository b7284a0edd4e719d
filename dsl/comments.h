// comments.h — the comments of a pipeline file, so that they stay where the file is written anew.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "dsl/settings_tree.h"

namespace weir {

/// Comments by the lines of the settings that they belong to: one in a line of its own to the next setting, one behind a setting to that. Each is
/// given away once.
class Comments {
 public:
  Comments(const std::string& text, const SettingsTree& tree);

  /// The lines above a setting, without the sign that makes a comment of them; an empty one where a line was left free between two of them.
  std::vector<std::string> take_above(const Location& setting);
  /// What stands behind it; empty where there is nothing.
  std::string take_behind(const Location& setting);
  /// What is left of a setting and of all that it holds.
  std::vector<std::string> take_within(const Config& setting);
  /// Whether any setting from one line to another has one.
  bool has_any(std::uint32_t first_line, std::uint32_t last_line) const;
  /// What is left: the lines below the last setting.
  std::vector<std::string> take_rest();

 private:
  std::map<std::uint32_t, std::vector<std::string>> above_;
  std::map<std::uint32_t, std::string> behind_;
};

}  // namespace weir
