// user_agent_parser.cpp — literals first, then the few regexes that are left, in the file's order, each in
// its loose form.
#include "udf/enrich/user_agent_parser.h"

#include "engine/base/log.h"
#include "engine/expression/result_cache.h"

namespace weir {
namespace {

// Measured over uap-core's cases: with 2 half as many regexes of devices are tried as with 3; browsers and
// systems don't care.
constexpr int shortest_literal = 2;

re2::RE2::Options options_of(const UserAgentRule& rule) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(!rule.ignores_case);
  return options;
}

/// Fills as many of `groups` as are wanted.
bool match(const re2::RE2& regex, const re2::StringPiece& text, re2::StringPiece* groups,
           std::size_t group_count) {
  return regex.Match(text, 0, text.size(), re2::RE2::UNANCHORED, groups, static_cast<int>(group_count));
}

std::string_view view(const re2::StringPiece& piece) {
  return {piece.data() == nullptr ? "" : piece.data(), piece.size()};
}

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Appends `replacement` with its $1 to $9, or group `number` where there is none, without blanks around.
/// Returns whether that is anything.
bool append(std::string& out, const std::string& replacement, std::size_t number,
            const re2::StringPiece* groups, std::size_t group_count) {
  const std::size_t start = out.size();
  const auto append_group = [&](std::size_t group) {
    if (group < group_count) out += view(groups[group]);
  };
  if (replacement.empty()) append_group(number);
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    const bool is_group = replacement[i] == '$' && i + 1 < replacement.size() && replacement[i + 1] >= '1' &&
                          replacement[i + 1] <= '9';
    if (!is_group) {
      out += replacement[i];
      continue;
    }
    append_group(static_cast<std::size_t>(replacement[++i] - '0'));
  }
  while (out.size() > start && is_blank(out.back())) out.pop_back();
  std::size_t blanks = start;
  while (blanks < out.size() && is_blank(out[blanks])) ++blanks;
  out.erase(start, blanks - start);
  return out.size() > start;
}

}  // namespace

UserAgentParser::UserAgentParser(const std::vector<UserAgentRule>& rules) : loose_regexes_(shortest_literal) {
  for (const UserAgentRule& rule : rules) {
    LooseRegex loose = loosen(rule.regex);
    int id = 0;
    if (loose_regexes_.Add(loose.text, options_of(rule), &id) != re2::RE2::NoError) {
      log::warning("a regex for user agents is left out, RE2 does not take it: {}", rule.regex);
      continue;
    }
    const bool is_bounded = loose.bound != LooseRegex::no_bound;
    rules_.push_back({rule, group_count_of(rule, loose_regexes_.GetRE2(id)), loose.bound,
                      is_bounded ? std::make_unique<Exact>() : nullptr});
  }
  std::vector<std::string> literals;
  if (!rules_.empty()) loose_regexes_.Compile(&literals);
  literals_ = std::make_unique<const LiteralMatcher>(literals);
}

std::size_t UserAgentParser::group_count_of(const UserAgentRule& rule, const re2::RE2& regex) {
  std::size_t last = 0;
  for (std::size_t i = 0; i < rule.part_count; ++i) {
    const std::string& replacement = rule.replacements[i];
    if (replacement.empty()) last = std::max(last, i + 1);
    for (std::size_t at = replacement.find('$'); at != replacement.npos; at = replacement.find('$', at + 1)) {
      const bool is_group =
          at + 1 < replacement.size() && replacement[at + 1] >= '1' && replacement[at + 1] <= '9';
      if (is_group) last = std::max(last, static_cast<std::size_t>(replacement[at + 1] - '0'));
    }
  }
  const std::size_t there = std::min(last, static_cast<std::size_t>(regex.NumberOfCapturingGroups()));
  return there == 0 ? 0 : there + 1;
}

void UserAgentParser::parse(std::string_view user_agent, Scratch& scratch, UserAgentPart& part) const {
  literals_->find(user_agent, scratch.search);
  scratch.candidates.clear();
  // In ascending order.
  if (!rules_.empty()) loose_regexes_.AllPotentials(scratch.search.found(), &scratch.candidates);
  const re2::StringPiece text(user_agent.data(), user_agent.size());
  Groups groups;
  for (const int candidate : scratch.candidates) {
    if (matches(candidate, text, groups))
      return fill(rules_[static_cast<std::size_t>(candidate)], groups, part);
  }
  part.name = "Other";
  part.version.clear();
}

bool UserAgentParser::matches(int candidate, const re2::StringPiece& text, Groups& groups) const {
  const Rule& rule = rules_[static_cast<std::size_t>(candidate)];
  const bool is_short = text.size() <= rule.bound;
  const std::size_t group_count = is_short ? rule.group_count : std::max<std::size_t>(1, rule.group_count);
  if (!match(loose_regexes_.GetRE2(candidate), text, groups.data(), group_count)) return false;
  if (is_short || groups[0].size() <= rule.bound) return true;
  return match(exact_regex_of(rule), text, groups.data(), rule.group_count);
}

const re2::RE2& UserAgentParser::exact_regex_of(const Rule& rule) {
  std::call_once(rule.exact->once, [&] {
    rule.exact->regex = std::make_unique<const re2::RE2>(rule.source.regex, options_of(rule.source));
  });
  return *rule.exact->regex;
}

void UserAgentParser::fill(const Rule& rule, const Groups& groups, UserAgentPart& part) {
  part.name.clear();
  part.version.clear();
  const auto& replacements = rule.source.replacements;
  if (!append(part.name, replacements[0], 1, groups.data(), rule.group_count)) part.name = "Other";
  for (std::size_t i = 1; i < rule.source.part_count; ++i) {
    const std::size_t before = part.version.size();
    if (i > 1) part.version += '.';
    if (append(part.version, replacements[i], i + 1, groups.data(), rule.group_count)) continue;
    part.version.resize(before);
    break;
  }
}

bool RecentUserAgents::recall(std::string_view user_agent, UserAgentPart& part) {
  const std::uint64_t hash = hash_of_text(user_agent);
  Stripe& stripe = stripes_[hash % stripe_count];
  const std::scoped_lock lock(stripe.mutex);
  const Entry& entry = stripe.entries[hash / stripe_count % stripe_size];
  if (!entry.is_used || entry.user_agent != user_agent) return false;
  part = entry.part;
  return true;
}

void RecentUserAgents::remember(std::string_view user_agent, const UserAgentPart& part) {
  if (user_agent.size() > longest) return;
  const std::uint64_t hash = hash_of_text(user_agent);
  Stripe& stripe = stripes_[hash % stripe_count];
  const std::scoped_lock lock(stripe.mutex);
  Entry& entry = stripe.entries[hash / stripe_count % stripe_size];
  entry.user_agent = user_agent;
  entry.part = part;
  entry.is_used = true;
}

Result<RecentUserAgents*> UserAgents::of(UserAgentKind kind) {
  const std::scoped_lock lock(mutex_);
  auto& parser = parsers_[static_cast<std::size_t>(kind)];
  if (parser != nullptr) return parser.get();
  if (rules_ == nullptr) {
    WEIR_ASSIGN(UserAgentRules rules, read_user_agent_rules(path_));
    rules_ = std::make_unique<UserAgentRules>(std::move(rules));
  }
  parser = std::make_unique<RecentUserAgents>((*rules_)[static_cast<std::size_t>(kind)]);
  return parser.get();
}

}  // namespace weir
