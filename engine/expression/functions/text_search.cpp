// text_search.cpp — finding and exchanging texts in texts: locate, replace, translate, startswith,
// levenshtein.
#include <algorithm>
#include <numeric>

#include "engine/expression/functions/characters.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

constexpr const char* family = "string";

/// The position of `part` in `text` at or after position `start`, counted in characters from 1; 0 if it is
/// not there.
std::int32_t locate(std::string_view part, std::string_view text, std::int64_t start) {
  if (start < 1) return 0;
  if (part.empty()) return 1;
  const std::size_t from = bytes_of_characters(text, static_cast<std::size_t>(start - 1));
  const std::size_t found = text.find(part, from);
  return found == text.npos ? 0 : static_cast<std::int32_t>(count_characters(text.substr(0, found))) + 1;
}

void replace(RowOutput& output, std::string_view text, std::string_view search,
             std::string_view replacement) {
  std::size_t found = search.empty() ? text.npos : text.find(search);
  if (found == text.npos) return output.slice(0, text);
  std::size_t count = 0;
  for (std::size_t at = found; at != text.npos; at = text.find(search, at + search.size())) ++count;
  char* out = output.room(text.size() + count * replacement.size());
  std::size_t position = 0;
  const auto write = [&](std::string_view part) { out = std::copy(part.begin(), part.end(), out); };
  for (; found != text.npos; found = text.find(search, position)) {
    write(text.substr(position, found - position));
    write(replacement);
    position = found + search.size();
  }
  write(text.substr(position));
  output.finish(out);
}

/// Each character of `from` becomes the one at the same place in `to`, or vanishes where `to` is shorter.
void translate(RowOutput& output, std::string_view text, std::string_view from, std::string_view to) {
  char* out = output.room(4 * text.size());
  for (std::size_t position = 0; position < text.size();) {
    const std::string_view character = text.substr(position, bytes_of_characters(text.substr(position), 1));
    position += character.size();
    const std::size_t found = from.find(character);
    std::string_view made = character;
    if (found != from.npos) {
      const auto place = static_cast<std::int64_t>(count_characters(from.substr(0, found)));
      made = characters_between(to, place, place + 1);
    }
    out = std::copy(made.begin(), made.end(), out);
  }
  output.finish(out);
}

std::vector<char32_t> decode(std::string_view text) {
  std::vector<char32_t> characters;
  characters.reserve(text.size());
  for (std::size_t position = 0; position < text.size();)
    characters.push_back(next_character(text, position));
  return characters;
}

std::int32_t levenshtein(std::string_view left, std::string_view right) {
  const std::vector<char32_t> a = decode(left);
  const std::vector<char32_t> b = decode(right);
  std::vector<std::int32_t> costs(b.size() + 1);
  std::iota(costs.begin(), costs.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::int32_t diagonal = costs[0];
    costs[0] = static_cast<std::int32_t>(i) + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::int32_t exchange = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = costs[j + 1];
      costs[j + 1] = std::min({exchange, costs[j] + 1, diagonal + 1});
    }
  }
  return costs.back();
}

/// The place of `item` in a comma-separated list, from 1; 0 where it is not there or holds a comma itself.
std::int32_t find_in_set(std::string_view item, std::string_view list) {
  if (item.find(',') != item.npos) return 0;
  for (std::int32_t place = 1;; ++place) {
    const std::size_t comma = list.find(',');
    if (list.substr(0, comma) == item) return place;
    if (comma == list.npos) return 0;
    list.remove_prefix(comma + 1);
  }
}

void register_positions(FunctionRegistry& registry) {
  add(registry,
      {.name = "locate",
       .aliases = {"position"},
       .family = family,
       .signature = "locate(part string, text string[, start bigint]) -> int",
       .summary =
           "Where the part first stands in the text at or after a start, counted in characters from 1; 0 "
           "if it does not.",
       .examples = {{"locate('bar', 'foobarbar')", "4"},
                    {"locate('bar', 'foobarbar', 5)", "7"},
                    {"locate('x', 'été')", "0"}},
       .overloads = {
           strict({"string", "string"}, int32_type,
                  [](std::string_view part, std::string_view text) { return locate(part, text, 1); }),
           strict({"string", "string", "bigint"}, int32_type,
                  [](std::string_view part, std::string_view text, std::int64_t start) {
                    return locate(part, text, start);
                  })}});
  add(registry,
      {.name = "instr",
       .aliases = {"strpos"},
       .family = family,
       .signature = "instr(text string, part string) -> int",
       .summary = "Where the part first stands in the text, counted in characters from 1; 0 if it does not.",
       .examples = {{"instr('SparkSQL', 'SQL')", "6"}, {"instr('été', 't')", "2"}},
       .overloads = {
           strict({"string", "string"}, int32_type,
                  [](std::string_view text, std::string_view part) { return locate(part, text, 1); })}});
  add(registry, {.name = "find_in_set",
                 .family = family,
                 .signature = "find_in_set(item string, list string) -> int",
                 .summary = "The place of an item in a comma-separated list, from 1; 0 if it is not there.",
                 .examples = {{"find_in_set('ab', 'abc,b,ab,c,def')", "3"}, {"find_in_set('x', 'a,b')", "0"}},
                 .overloads = {strict(
                     {"string", "string"}, int32_type,
                     [](std::string_view item, std::string_view list) { return find_in_set(item, list); })}});
}

template <typename Test>
std::vector<Overload> test_overloads(Test test) {
  return {strict({"string", "string"}, boolean_type, test), strict({"bytes", "bytes"}, boolean_type, test)};
}

void register_tests(FunctionRegistry& registry) {
  add(registry, {.name = "startswith",
                 .aliases = {"starts_with"},
                 .family = family,
                 .signature = "startswith(text string, part string) -> boolean",
                 .summary = "Whether the text begins with the part.",
                 .examples = {{"startswith('Spark SQL', 'Spark')", "true"},
                              {"startswith('Spark SQL', 'SQL')", "false"}},
                 .overloads = test_overloads(
                     [](std::string_view text, std::string_view part) { return text.starts_with(part); })});
  add(registry,
      {.name = "endswith",
       .family = family,
       .signature = "endswith(text string, part string) -> boolean",
       .summary = "Whether the text ends with the part.",
       .examples = {{"endswith('Spark SQL', 'SQL')", "true"}, {"endswith('Spark SQL', 'Spark')", "false"}},
       .overloads = test_overloads(
           [](std::string_view text, std::string_view part) { return text.ends_with(part); })});
  add(registry,
      {.name = "contains",
       .family = family,
       .signature = "contains(text string, part string) -> boolean",
       .summary = "Whether the part stands anywhere in the text.",
       .examples = {{"contains('Spark SQL', 'park')", "true"}, {"contains('Spark SQL', 'SPARK')", "false"}},
       .overloads = test_overloads(
           [](std::string_view text, std::string_view part) { return text.find(part) != text.npos; })});
}

}  // namespace

void register_text_search(FunctionRegistry& registry) {
  register_positions(registry);
  register_tests(registry);
  const auto exchange = [](RowOutput& output, std::string_view text, std::string_view search,
                           std::string_view replacement) { replace(output, text, search, replacement); };
  const auto remove = [](RowOutput& output, std::string_view text, std::string_view search) {
    replace(output, text, search, {});
  };
  add(registry,
      {.name = "replace",
       .family = family,
       .signature = "replace(text string, search string[, replacement string]) -> string",
       .summary =
           "The text with every occurrence of `search` replaced, or removed if no replacement is given.",
       .examples = {{"replace('ABCabc', 'abc', 'DEF')", "ABCDEF"},
                    {"replace('a-b-c', '-')", "abc"},
                    {"replace('abc', '', 'x')", "abc"}},
       .overloads = {strict({"string", "string"}, string_type, remove),
                     strict({"string", "string", "string"}, string_type, exchange)}});
  add(registry,
      {.name = "translate",
       .family = family,
       .signature = "translate(text string, from string, to string) -> string",
       .summary =
           "The text with each character of `from` exchanged for the one at the same place in `to`, or "
           "removed where `to` is shorter.",
       .examples = {{"translate('AaBbCc', 'abc', '123')", "A1B2C3"}, {"translate('né', 'én', 'e')", "e"}},
       .overloads = {strict({"string", "string", "string"}, string_type,
                            [](RowOutput& output, std::string_view text, std::string_view from,
                               std::string_view to) { translate(output, text, from, to); })}});
  const auto within = [](std::string_view left, std::string_view right, std::int64_t most) {
    const std::int32_t distance = levenshtein(left, right);
    return distance <= most ? distance : -1;
  };
  add(registry,
      {.name = "levenshtein",
       .family = family,
       .signature = "levenshtein(left string, right string[, most bigint]) -> int",
       .summary =
           "How many characters must be inserted, removed or exchanged to make one text of the other; -1 if "
           "that is more than `most`.",
       .examples = {{"levenshtein('kitten', 'sitting')", "3"}, {"levenshtein('kitten', 'sitting', 2)", "-1"}},
       .overloads = {strict({"string", "string"}, int32_type,
                            [](std::string_view left, std::string_view right) {
                              return levenshtein(left, right);
                            }),
                     strict({"string", "string", "bigint"}, int32_type, within)},
       .expensive = true});
}

}  // namespace weir
