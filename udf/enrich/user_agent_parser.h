// user_agent_parser.h — says what browser, operating system or device a user agent is, by uap-core's rules.
#pragma once

#include <re2/filtered_re2.h>

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "udf/enrich/literal_matcher.h"
#include "udf/enrich/loose_regex.h"
#include "udf/enrich/user_agent_regexes.h"

namespace weir {

/// `version` is "major[.minor[.patch]]", empty where the user agent does not tell; `name` is "Other" where no
/// rule matches.
struct UserAgentPart {
  std::string name;
  std::string version;
};

/// The rules of one kind. Any thread may parse, each with a Scratch of its own.
class UserAgentParser {
 public:
  struct Scratch {
    LiteralMatcher::Search search;
    std::vector<int> candidates;
  };

  /// A rule that RE2 does not take (uap-core has none) is left out, with a line in the log.
  explicit UserAgentParser(const std::vector<UserAgentRule>& rules);

  /// Overwrites `part`.
  void parse(std::string_view user_agent, Scratch& scratch, UserAgentPart& part) const;

 private:
  static constexpr std::size_t most_groups = 10;  // the match and $1 to $9
  using Groups = std::array<re2::StringPiece, most_groups>;

  /// A regex as the rules have it, compiled when a match of its loose form is too long to be trusted: few
  /// ever are.
  struct Exact {
    std::once_flag once;
    std::unique_ptr<const re2::RE2> regex;  // Made by once.
  };
  /// What is needed of a rule beside its loose regex.
  struct Rule {
    UserAgentRule source;
    std::size_t group_count;  // how many groups the replacements take, with the whole match as the first:
                              // finding fewer is faster
    std::size_t bound;        // of the loose regex
    std::unique_ptr<Exact> exact;  // null where there is no bound
  };
  static std::size_t group_count_of(const UserAgentRule& rule, const re2::RE2& regex);
  static void fill(const Rule& rule, const Groups& groups, UserAgentPart& part);
  bool matches(int candidate, const re2::StringPiece& text, Groups& groups) const;
  static const re2::RE2& exact_regex_of(const Rule& rule);

  re2::FilteredRE2 loose_regexes_;
  std::vector<Rule> rules_;  // by regex
  std::unique_ptr<const LiteralMatcher> literals_;
};

/// A parser that remembers what it parsed lately, for those who want name and version of the same user agents
/// one after the other.
class RecentUserAgents {
 public:
  explicit RecentUserAgents(const std::vector<UserAgentRule>& rules)
      : parser_(rules), stripes_(stripe_count) {}

  /// Calls use(part) with what `user_agent` is. Any thread.
  template <typename Use>
  void with(std::string_view user_agent, UserAgentParser::Scratch& scratch, UserAgentPart& part, Use&& use) {
    if (!recall(user_agent, part)) {
      parser_.parse(user_agent, scratch, part);
      remember(user_agent, part);
    }
    use(part);
  }

 private:
  static constexpr std::size_t stripe_count = 64;
  static constexpr std::size_t stripe_size = 64;
  static constexpr std::size_t longest = 1024;  // bytes of a user agent worth remembering
  struct Entry {
    std::string user_agent;
    UserAgentPart part;
    bool is_used = false;
  };
  struct Stripe {
    std::mutex mutex;
    std::array<Entry, stripe_size> entries;  // Guarded by mutex.
  };
  bool recall(std::string_view user_agent, UserAgentPart& part);
  void remember(std::string_view user_agent, const UserAgentPart& part);

  UserAgentParser parser_;
  std::vector<Stripe> stripes_;
};

/// uap-core's rules, read and compiled when they are first asked for. Any thread.
class UserAgents {
 public:
  explicit UserAgents(std::string path) : path_(std::move(path)) {}
  /// Whether the file is there; it is not read.
  Status find() const { return find_user_agent_rules(path_); }
  /// Good as long as this is.
  Result<RecentUserAgents*> of(UserAgentKind kind);

 private:
  const std::string path_;
  std::mutex mutex_;
  std::unique_ptr<UserAgentRules> rules_;                                         // Guarded by mutex_.
  std::array<std::unique_ptr<RecentUserAgents>, user_agent_kind_count> parsers_;  // Guarded by mutex_.
};

}  // namespace weir
