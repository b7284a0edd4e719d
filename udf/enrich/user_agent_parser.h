// user_agent_parser.h — says what browser, operating system or device a user agent is, by uap-core's rules.
#pragma once

#include <re2/filtered_re2.h>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "udf/enrich/literal_matcher.h"
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
  /// What becomes of a regex's groups.
  struct Parts {
    std::array<std::string, 4> replacements;
    std::size_t part_count;
    std::size_t group_count;  // how many groups that takes, with the whole match as the first: finding fewer
                              // is faster
  };
  static Parts parts_of(const UserAgentRule& rule, const re2::RE2& regex);
  static void fill(const Parts& parts, const re2::StringPiece* groups, UserAgentPart& part);

  re2::FilteredRE2 regexes_;
  std::vector<Parts> parts_;  // by regex
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
  /// Good as long as this is.
  Result<RecentUserAgents*> of(UserAgentKind kind);

 private:
  const std::string path_;
  std::mutex mutex_;
  std::unique_ptr<UserAgentRules> rules_;                                         // Guarded by mutex_.
  std::array<std::unique_ptr<RecentUserAgents>, user_agent_kind_count> parsers_;  // Guarded by mutex_.
};

}  // namespace weir
