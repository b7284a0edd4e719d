// user_agent_regexes.cpp — reads regexes.yaml.
#include "udf/enrich/user_agent_regexes.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>

namespace weir {
namespace {

struct KindSyntax {
  const char* section;
  std::array<const char*, 4> replacements;  // null: this kind has none
};

constexpr std::array<KindSyntax, user_agent_kind_count> kinds = {{
    {"user_agent_parsers", {"family_replacement", "v1_replacement", "v2_replacement", "v3_replacement"}},
    {"os_parsers", {"os_replacement", "os_v1_replacement", "os_v2_replacement", "os_v3_replacement"}},
    {"device_parsers", {"device_replacement", nullptr, nullptr, nullptr}},
}};

UserAgentRule read_rule(const YAML::Node& node, const KindSyntax& kind) {
  UserAgentRule rule;
  rule.regex = node["regex"].as<std::string>();
  rule.ignores_case = node["regex_flag"].as<std::string>("") == "i";
  for (std::size_t i = 0; i < rule.replacements.size(); ++i) {
    if (kind.replacements[i] != nullptr)
      rule.replacements[i] = node[kind.replacements[i]].as<std::string>("");
  }
  rule.part_count = static_cast<std::size_t>(std::count_if(kind.replacements.begin(), kind.replacements.end(),
                                                           [](const char* name) { return name != nullptr; }));
  return rule;
}

}  // namespace

Status find_user_agent_rules(const std::string& path) {
  if (std::filesystem::exists(path)) return {};
  return Error{ErrorKind::user, "the regexes of uap-core are missing: " + path}.with_hint("install Debian's package uap-core");
}

Result<UserAgentRules> read_user_agent_rules(const std::string& path) {
  WEIR_TRY(find_user_agent_rules(path));
  // yaml-cpp reports by exceptions; they end here.
  try {
    const YAML::Node file = YAML::LoadFile(path);
    UserAgentRules rules;
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
      for (const YAML::Node& node : file[kinds[kind].section])
        rules[kind].push_back(read_rule(node, kinds[kind]));
      if (rules[kind].empty())
        return Error{ErrorKind::user, fmt::format("{} has no {}", path, kinds[kind].section)};
    }
    return rules;
  } catch (const YAML::Exception& problem) {
    return Error{ErrorKind::user, fmt::format("cannot read {}: {}", path, problem.what())};
  }
}

}  // namespace weir
