// user_agent_regexes.h — the rules of uap-core's regexes.yaml.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "engine/base/error.h"

namespace weir {

enum class UserAgentKind : std::uint8_t { browser, os, device };
inline constexpr std::size_t user_agent_kind_count = 3;

/// The first rule of a kind whose regex matches says what a user agent is. A replacement that is empty stands
/// for the group of the same number, counted from 1; one that is not may hold $1 to $9.
struct UserAgentRule {
  std::string regex;
  bool ignores_case = false;
  std::array<std::string, 4> replacements;  // name, major, minor, patch
  std::size_t part_count = 4;               // how many of these the kind has: devices have no version
};

using UserAgentRules = std::array<std::vector<UserAgentRule>, user_agent_kind_count>;

/// Whether the file is there.
Status find_user_agent_rules(const std::string& path);
/// An error sentence that names Debian's package where the file is not there.
Result<UserAgentRules> read_user_agent_rules(const std::string& path);

}  // namespace weir
