// user_agent_test.cpp — all of uap-core's own cases, and what they leave open.
#include "udf/enrich/user_agent_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <array>
#include <fstream>
#include <thread>

#include "tests/unit/enrich/geo_fixture.h"

namespace weir::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

struct Case {
  std::string user_agent, name, version;
};

/// major[.minor[.patch]] of a case, as far as it goes.
std::string version_of(const YAML::Node& node) {
  std::string version;
  for (const char* part : {"major", "minor", "patch"}) {
    const std::string text = node[part] && !node[part].IsNull() ? node[part].as<std::string>() : "";
    if (text.empty()) break;
    version += (version.empty() ? "" : ".") + text;
  }
  return version;
}

std::vector<Case> cases_of(const fs::path& file) {
  std::vector<Case> cases;
  for (const YAML::Node& node : YAML::LoadFile(file.string())["test_cases"])
    cases.push_back(
        {node["user_agent_string"].as<std::string>(), node["family"].as<std::string>(), version_of(node)});
  return cases;
}

void check_all(const fs::path& file, UserAgentKind kind, std::size_t least_cases, bool has_version = true) {
  if (!fs::exists(file))
    GTEST_SKIP() << "no " << file.string() << ": uap-core's cases are not part of the repository";
  UserAgents agents(WEIR_UAP_REGEXES);
  const auto parser = agents.of(kind);
  ASSERT_TRUE(parser.ok()) << parser.error().message();
  UserAgentParser::Scratch scratch;
  UserAgentPart part;
  const std::vector<Case> cases = cases_of(file);
  for (const Case& one : cases) {
    (*parser)->with(one.user_agent, scratch, part, [&](const UserAgentPart& found) {
      EXPECT_EQ(found.name, one.name) << one.user_agent;
      if (has_version) {
        EXPECT_EQ(found.version, one.version) << one.user_agent;
      }
    });
  }
  EXPECT_GE(cases.size(), least_cases);
}

TEST(UserAgents, AreTheBrowsersOfAllCases) {
  check_all(shared_data() / "uap" / "tests" / "test_ua.yaml", UserAgentKind::browser, 1400);
}
TEST(UserAgents, AreTheOperatingSystemsOfAllCases) {
  check_all(shared_data() / "uap" / "tests" / "test_os.yaml", UserAgentKind::os, 450);
}
TEST(UserAgents, AreTheDevicesOfAllCasesOfThePackage) {
  check_all(fs::path(WEIR_UAP_REGEXES).parent_path() / "tests" / "test_device.yaml", UserAgentKind::device,
            16'000, false);
}

/// The prefilter must not hide a rule: trying every regex in order gives the same.
TEST(UserAgents, AreWhatTheRulesSayOneByOne) {
  const UserAgentRules rules = std::move(read_user_agent_rules(WEIR_UAP_REGEXES)).value();
  const UserAgentParser parser(rules[0]);
  std::vector<std::unique_ptr<re2::RE2>> regexes;
  for (const UserAgentRule& rule : rules[0]) regexes.push_back(std::make_unique<re2::RE2>(rule.regex));
  UserAgentParser::Scratch scratch;
  UserAgentPart part;
  for (const char* user_agent : {"", "x", "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1)",
                                 "\u212Aindle/3.0", "SEZNAM", "curl/7.88.1", "Opera/9.80",
                                 "Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0"}) {
    parser.parse(user_agent, scratch, part);
    std::size_t first = 0;
    while (first < regexes.size() && !re2::RE2::PartialMatch(user_agent, *regexes[first])) ++first;
    EXPECT_EQ(part.name == "Other", first == regexes.size()) << user_agent;
  }
}

std::string without_blanks(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == text.npos ? "Other" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The name that the first rule gives whose regex matches as it stands in the file.
std::string name_by_exact_regexes(const std::vector<UserAgentRule>& rules,
                                  const std::vector<std::unique_ptr<re2::RE2>>& regexes,
                                  const std::string& user_agent) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    std::array<re2::StringPiece, 10> groups;
    const int count = std::min(10, regexes[i]->NumberOfCapturingGroups() + 1);
    if (!regexes[i]->Match(user_agent, 0, user_agent.size(), re2::RE2::UNANCHORED, groups.data(), count))
      continue;
    std::string name = rules[i].replacements[0].empty() ? "$1" : rules[i].replacements[0];
    for (std::size_t at = name.find('$'); at != name.npos; at = name.find('$', at)) {
      const auto group = std::string(groups[static_cast<std::size_t>(name[at + 1] - '0')]);
      name.replace(at, 2, group);
      at += group.size();
    }
    return without_blanks(name);
  }
  return "Other";
}

/// Regexes are matched without the bounds of their long repetitions first: here matches go beyond them.
TEST(UserAgents, AreWhatTheRulesSayWhereTheyAreLongerThanTheRulesAllow) {
  const fs::path file = fs::path(WEIR_UAP_REGEXES).parent_path() / "tests" / "test_device.yaml";
  if (!fs::exists(file)) GTEST_SKIP() << "no " << file.string() << ": uap-core comes without its cases";
  const UserAgentRules rules = std::move(read_user_agent_rules(WEIR_UAP_REGEXES)).value();
  const auto& devices = rules[static_cast<std::size_t>(UserAgentKind::device)];
  const UserAgentParser parser(devices);
  std::vector<std::unique_ptr<re2::RE2>> regexes;
  for (const UserAgentRule& rule : devices) {
    re2::RE2::Options options;
    options.set_case_sensitive(!rule.ignores_case);
    regexes.push_back(std::make_unique<re2::RE2>(rule.regex, options));
  }
  const std::vector<Case> cases = cases_of(file);
  UserAgentParser::Scratch scratch;
  UserAgentPart part;
  for (std::size_t i = 0; i < cases.size(); i += 150) {
    std::string user_agent = cases[i].user_agent;
    user_agent.insert(i % (user_agent.size() + 1), 49 + i % 300, i % 2 == 0 ? 'x' : ' ');
    parser.parse(user_agent, scratch, part);
    EXPECT_EQ(part.name, name_by_exact_regexes(devices, regexes, user_agent)) << user_agent;
  }
}

UserAgentPart parsed(const UserAgentRule& rule, const std::string& user_agent) {
  UserAgentParser::Scratch scratch;
  UserAgentPart part{"old", "old"};
  UserAgentParser({rule}).parse(user_agent, scratch, part);
  return part;
}

TEST(UserAgents, ReplacementsTakeTheirGroups) {
  const UserAgentPart plain = parsed({"(Fox)/(\\d+)\\.(\\d+)", false, {}}, "a Fox/12.3 b");
  EXPECT_EQ(plain.name + " " + plain.version, "Fox 12.3");
  const UserAgentPart named = parsed({"(Fox|Owl) (\\w+)", false, {"Big $1 $2$9", "$2", "", ""}}, "Owl xp");
  EXPECT_EQ(named.name + "," + named.version, "Big Owl xp,xp");
  const UserAgentPart blanks = parsed({"Fox( \\w* )", false, {" $1 ", "", "", ""}}, "Fox a ");
  EXPECT_EQ(blanks.name + "," + blanks.version, "a,");
  const UserAgentPart gap = parsed({"(Fox)/(\\d+)(x)?(\\d*)", false, {}}, "Fox/1");
  EXPECT_EQ(gap.name + "," + gap.version, "Fox,1");
  EXPECT_EQ(parsed({"fox", false, {"F", "", "", ""}}, "FOX").name, "Other");
  EXPECT_EQ(parsed({"fox", true, {"F", "", "", ""}}, "FOX").name, "F");
  EXPECT_EQ(parsed({"^.{0,50}(Fox)", false, {}}, std::string(50, 'x') + "Fox").name, "Fox");
  EXPECT_EQ(parsed({"^.{0,50}(Fox)", false, {}}, std::string(51, 'x') + "Fox").name, "Other");
  EXPECT_EQ(parsed({"^.{0,50}Fox", false, {"F", "", "", ""}}, std::string(51, 'x') + "Fox").name, "Other");
  EXPECT_EQ(parsed({"; (.{1,60}?);.{1,60}(x*)", false, {}}, "; " + std::string(70, 'a') + "; b;c").name,
            "b");
  EXPECT_EQ(parsed({"(?=fox)", true, {"F", "", "", ""}}, "fox").name, "Other") << "RE2 has no look-ahead";
}

TEST(UserAgents, NameThePackageWhereItIsMissing) {
  UserAgents agents("/nowhere/regexes.yaml");
  const auto parser = agents.of(UserAgentKind::os);
  ASSERT_FALSE(parser.ok());
  EXPECT_THAT(parser.error().message(), HasSubstr("/nowhere/regexes.yaml"));
  EXPECT_THAT(parser.error().hint(), HasSubstr("uap-core"));
}

TEST(UserAgents, RefuseAFileThatIsNone) {
  const Folder folder;
  for (const char* text : {"[", "a: 1", "user_agent_parsers: [{x: 1}]", ""})
    EXPECT_FALSE(UserAgents(folder.write("regexes.yaml", text)).of(UserAgentKind::os).ok()) << text;
}

TEST(UserAgents, AreFoundWithoutBeingRead) {
  const Folder folder;
  EXPECT_TRUE(UserAgents(folder.write("regexes.yaml", "[")).find().ok());
  EXPECT_FALSE(UserAgents("/nowhere/regexes.yaml").find().ok());
}

TEST(UserAgents, AreParsedByManyThreads) {
  UserAgents agents(WEIR_UAP_REGEXES);
  const auto parser = agents.of(UserAgentKind::os);
  ASSERT_TRUE(parser.ok());
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      UserAgentParser::Scratch scratch;
      UserAgentPart part;
      for (int i = 0; i < 500; ++i) {
        const std::string version = std::to_string((i + thread) % 200 + 1);
        (*parser)->with("Mozilla/5.0 (Linux; Android " + version + "; Pixel 7)", scratch, part,
                        [&](const UserAgentPart& found) {
                          wrong += found.name != "Android" || found.version != version;
                        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(UserAgents, GiveNullForNull) {
  EXPECT_EQ(answers("ua_browser(x)", {"NULL", ""}), (std::vector<std::string>{"NULL", "Other"}));
  EXPECT_EQ(answers("ua_os_version(x)", {"NULL", ""}), (std::vector<std::string>{"NULL", "NULL"}));
}

}  // namespace
}  // namespace weir::testing
