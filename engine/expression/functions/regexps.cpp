// regexps.cpp — functions that match regular expressions: regexp_extract, regexp_replace and their kin.
#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "engine/expression/functions/characters.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"
#include "engine/expression/functions/regular_expression.h"

namespace weir {
namespace {

constexpr const char* family = "string";

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

/// Working memory of one evaluation.
struct RegexpState {
  RecentRegularExpressions recent;
  std::vector<re2::StringPiece> groups;
  std::string made;

  /// Whether `expression` matches somewhere from byte `start` on; fills groups[0..count].
  bool find(const re2::RE2& expression, std::string_view text, std::size_t start, std::size_t count) {
    groups.resize(count + 1);
    return expression.Match(piece(text), start, text.size(), re2::RE2::UNANCHORED, groups.data(),
                            static_cast<int>(groups.size()));
  }
  std::string_view group(std::size_t index) const { return {groups[index].data(), groups[index].size()}; }
  std::size_t start_in(std::string_view text) const {
    return static_cast<std::size_t>(groups[0].data() - text.data());
  }
};

/// The kernel of `body(state, output, expression, text, rest...)` for a call whose second argument is the
/// pattern.
template <typename... Rest, typename Body>
KernelResult regexp_kernel(const CallSite& site, Body body) {
  if (const std::string* pattern = constant_text(site, 1)) {
    WEIR_ASSIGN(const RegularExpression expression, compile_regular_expression(*pattern));
    return make_kernel(
        site.result,
        [expression, body](RegexpState& state, RowOutput& output, std::string_view text, std::string_view,
                           Rest... rest) { body(state, output, *expression, text, rest...); });
  }
  return make_kernel(site.result, [body](RegexpState& state, RowOutput& output, std::string_view text,
                                         std::string_view pattern, Rest... rest) {
    const Result<RegularExpression>& compiled = state.recent.compiled(pattern);
    if (!compiled.ok()) return output.error("bad_pattern", compiled.error().message());
    body(state, output, **compiled, text, rest...);
  });
}

std::string no_such_group(std::string_view function, const re2::RE2& expression, std::string_view group) {
  return fmt::format("{}: no such group in the regular expression: {} (it has {})", function, group,
                     expression.NumberOfCapturingGroups());
}

void extract(RegexpState& state, RowOutput& output, const re2::RE2& expression, std::string_view text,
             std::int64_t group) {
  if (group < 0 || group > expression.NumberOfCapturingGroups()) {
    return output.error("bad_argument", no_such_group("regexp_extract", expression, std::to_string(group)));
  }
  const auto index = static_cast<std::size_t>(group);
  if (!state.find(expression, text, 0, index) || state.groups[index].data() == nullptr)
    return output.text({});
  output.slice(0, state.group(index));
}

KernelResult prepare_extract(const CallSite& site) {
  const std::string* pattern = constant_text(site, 1);
  const auto group = constant_integer(site, 2);
  if (pattern != nullptr && group.has_value()) {
    WEIR_ASSIGN(const RegularExpression expression, compile_regular_expression(*pattern));
    if (*group < 0 || *group > expression->NumberOfCapturingGroups()) {
      return call_error(no_such_group("regexp_extract", *expression, std::to_string(*group)));
    }
  }
  return regexp_kernel<std::int64_t>(site, extract);
}

/// Appends a replacement in Java's notation: $1 and ${name} are groups, \x is x. An error sentence where a
/// group is unknown.
class Replacement {
 public:
  Replacement(const RegexpState& state, const re2::RE2& expression, std::string& out)
      : state_(state), expression_(expression), out_(out) {}

  std::string append(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\' && i + 1 < text.size()) {
        out_ += text[++i];
      } else if (text[i] == '$') {
        const std::string_view name = reference(text, i);
        if (!append_group(name))
          return no_such_group("regexp_replace", expression_, fmt::format("${}", name));
      } else {
        out_ += text[i];
      }
    }
    return {};
  }

 private:
  /// The name or number after the $ at `i`; moves `i` to its last byte. As many digits as still name a group.
  std::string_view reference(std::string_view text, std::size_t& i) const {
    std::size_t end = i + 1;
    if (end < text.size() && text[end] == '{') {
      end = std::min(text.find('}', end), text.size() - 1);
      const std::string_view name = text.substr(i + 2, end - i - 2);
      i = end;
      return name;
    }
    int number = 0;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') {
      number = number * 10 + (text[end] - '0');
      if (end > i + 1 && number > expression_.NumberOfCapturingGroups()) break;
      ++end;
    }
    const std::string_view digits = text.substr(i + 1, end - i - 1);
    i = end - 1;
    return digits;
  }

  bool append_group(std::string_view name) {
    int index = -1;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), index);
    if (read.ec != std::errc() || read.ptr != name.data() + name.size()) {
      const auto& names = expression_.NamedCapturingGroups();
      const auto found = names.find(std::string(name));
      index = found == names.end() ? -1 : found->second;
    }
    if (index < 0 || index > expression_.NumberOfCapturingGroups()) return false;
    out_ += state_.group(static_cast<std::size_t>(index));
    return true;
  }

  const RegexpState& state_;
  const re2::RE2& expression_;
  std::string& out_;
};

void replace_from(RegexpState& state, RowOutput& output, const re2::RE2& expression, std::string_view text,
                  std::string_view replacement, std::int64_t position) {
  if (position < 1)
    return output.error("bad_argument", fmt::format("regexp_replace: positions count from 1: {}", position));
  const auto groups = static_cast<std::size_t>(expression.NumberOfCapturingGroups());
  std::size_t start = bytes_of_characters(text, static_cast<std::size_t>(position - 1));
  if (!state.find(expression, text, start, groups)) return output.slice(0, text);
  Replacement writer(state, expression, state.made);
  std::size_t copied = 0;
  state.made.clear();
  do {
    const std::size_t found = state.start_in(text);
    state.made += text.substr(copied, found - copied);
    const std::string problem = writer.append(replacement);
    if (!problem.empty()) return output.error("bad_argument", problem);
    copied = found + state.groups[0].size();
    // After an empty match the search goes on behind the next character, which is copied with the text before
    // the next match.
    start = state.groups[0].empty() ? copied + bytes_of_characters(text.substr(copied), 1) : copied;
    if (copied == text.size() && state.groups[0].empty()) break;
  } while (state.find(expression, text, start, groups));
  state.made += text.substr(copied);
  output.text(state.made);
}

void count_matches(RegexpState& state, RowOutput& output, const re2::RE2& expression, std::string_view text) {
  std::int32_t count = 0;
  for (std::size_t start = 0; start <= text.size() && state.find(expression, text, start, 0);) {
    ++count;
    start = state.start_in(text) + state.groups[0].size();
    if (state.groups[0].empty())
      start += std::max<std::size_t>(bytes_of_characters(text.substr(start), 1), 1);
  }
  output.set(count);
}

void register_extracts(FunctionRegistry& registry) {
  const auto first_group = [](const CallSite& site) {
    return regexp_kernel(site, [](RegexpState& state, RowOutput& output, const re2::RE2& expression,
                                  std::string_view text) { extract(state, output, expression, text, 1); });
  };
  add(registry,
      {.name = "regexp_extract",
       .family = family,
       .signature = "regexp_extract(text string, pattern string[, group bigint]) -> string",
       .summary =
           "What a group (the first, if none is given; 0 is the whole match) of the first match holds; empty "
           "where nothing matches.",
       .examples = {{"regexp_extract('100-200', '([0-9]+)-([0-9]+)', 2)", "200"},
                    {"regexp_extract('100-200', '([0-9]+)-([0-9]+)')", "100"},
                    {"regexp_extract('abc', '[0-9]+', 0)", ""}},
       .overloads = {prepared({"string", "string"}, string_type, first_group),
                     prepared({"string", "string", "bigint"}, string_type, prepare_extract)},
       .expensive = true});
  const auto substring = [](const CallSite& site) {
    return regexp_kernel(
        site, [](RegexpState& state, RowOutput& output, const re2::RE2& expression, std::string_view text) {
          if (!state.find(expression, text, 0, 0)) return output.null();
          output.slice(0, state.group(0));
        });
  };
  add(registry, {.name = "regexp_substr",
                 .family = family,
                 .signature = "regexp_substr(text string, pattern string) -> string",
                 .summary = "The first part of the text that matches; NULL where nothing does.",
                 .examples = {{"regexp_substr('Steven Jones and Stephen Smith', 'Ste(v|ph)en')", "Steven"},
                              {"regexp_substr('Mary Jones', 'Ste(v|ph)en')", "NULL"}},
                 .overloads = {nullable(prepared({"string", "string"}, string_type, substring))},
                 .expensive = true});
}

void register_counts(FunctionRegistry& registry) {
  add(registry,
      {.name = "regexp_count",
       .family = family,
       .signature = "regexp_count(text string, pattern string) -> int",
       .summary = "How often the pattern matches.",
       .examples = {{"regexp_count('Steven Jones and Stephen Smith', 'Ste(v|ph)en')", "2"}},
       .overloads = {prepared({"string", "string"}, int32_type,
                              [](const CallSite& site) { return regexp_kernel(site, count_matches); })},
       .expensive = true});
  const auto matches = [](const CallSite& site) {
    return regexp_kernel(
        site, [](RegexpState& state, RowOutput& output, const re2::RE2& expression, std::string_view text) {
          output.set_bool(state.find(expression, text, 0, 0));
        });
  };
  add(registry, {.name = "regexp_like",
                 .family = family,
                 .signature = "regexp_like(text string, pattern string) -> boolean",
                 .summary = "Whether a part of the text matches; also written text RLIKE pattern.",
                 .examples = {{"regexp_like('Spark SQL', 'S[a-z]+k')", "true"},
                              {"regexp_like('Spark', '^park')", "false"}},
                 .overloads = {prepared({"string", "string"}, boolean_type, matches)},
                 .expensive = true});
  const auto place = [](const CallSite& site) {
    return regexp_kernel(
        site, [](RegexpState& state, RowOutput& output, const re2::RE2& expression, std::string_view text) {
          if (!state.find(expression, text, 0, 0)) return output.set<std::int32_t>(0);
          output.set(static_cast<std::int32_t>(count_characters(text.substr(0, state.start_in(text)))) + 1);
        });
  };
  add(registry,
      {.name = "regexp_instr",
       .family = family,
       .signature = "regexp_instr(text string, pattern string) -> int",
       .summary = "Where the first match starts, counted in characters from 1; 0 where nothing matches.",
       .examples = {{"regexp_instr('user@spark.apache.org', '@[^.]*')", "5"},
                    {"regexp_instr('abc', 'x')", "0"}},
       .overloads = {prepared({"string", "string"}, int32_type, place)},
       .expensive = true});
}

}  // namespace

void register_regexps(FunctionRegistry& registry) {
  register_extracts(registry);
  register_counts(registry);
  const auto everywhere = [](const CallSite& site) {
    return regexp_kernel<std::string_view>(
        site,
        [](RegexpState& state, RowOutput& output, const re2::RE2& expression, std::string_view text,
           std::string_view replacement) { replace_from(state, output, expression, text, replacement, 1); });
  };
  const auto from_position = [](const CallSite& site) {
    return regexp_kernel<std::string_view, std::int64_t>(site, replace_from);
  };
  add(registry,
      {.name = "regexp_replace",
       .family = family,
       .signature =
           "regexp_replace(text string, pattern string, replacement string[, position bigint]) -> string",
       .summary =
           "The text with every match (from a position on) replaced; $1 and ${name} in the replacement stand "
           "for groups.",
       .examples = {{"regexp_replace('100-200', '([0-9]+)', 'num')", "num-num"},
                    {"regexp_replace('100-200', '([0-9]+)-([0-9]+)', '$2-$1')", "200-100"},
                    {"regexp_replace('a1b2', '[0-9]', '', 3)", "a1b"},
                    {"regexp_replace('abc', 'x*', '-')", "-a-b-c-"}},
       .overloads = {prepared({"string", "string", "string"}, string_type, everywhere),
                     prepared({"string", "string", "string", "bigint"}, string_type, from_position)},
       .expensive = true});
}

}  // namespace weir
