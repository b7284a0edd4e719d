// text_parts.cpp — lengths and parts of texts, counted in characters: substring, left, right, split_part.
#include <algorithm>
#include <cstring>
#include <limits>

#include "engine/expression/functions/array_overloads.h"
#include "engine/expression/functions/characters.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

constexpr const char* family = "string";
constexpr std::int64_t no_end = std::numeric_limits<std::int64_t>::max();

std::int64_t saturating_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b < 0 ? std::numeric_limits<std::int64_t>::min() : no_end;
}

/// Spark's rules: 1 is the first character, 0 means the same, negative counts from the end; a start before
/// the text still uses up length.
std::string_view substring(std::string_view text, std::int64_t position, std::int64_t length) {
  if (length <= 0) return {};
  std::int64_t start = position > 0 ? position - 1 : 0;
  if (position < 0) start = saturating_add(static_cast<std::int64_t>(count_characters(text)), position);
  return characters_between(text, start, saturating_add(start, length));
}

std::string_view last_characters(std::string_view text, std::int64_t count) {
  if (count <= 0) return {};
  return substring(text, -std::min(count, no_end), no_end);
}

/// Bytes are cut like characters of one byte each.
std::string_view subbytes(std::string_view bytes, std::int64_t position, std::int64_t length) {
  const auto size = static_cast<std::int64_t>(bytes.size());
  std::int64_t start = position > 0 ? position - 1 : 0;
  if (position < 0) start = saturating_add(size, position);
  const std::int64_t end = std::min(size, saturating_add(start, std::max<std::int64_t>(length, 0)));
  start = std::clamp<std::int64_t>(start, 0, size);
  return end <= start ? std::string_view()
                      : bytes.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start));
}

using Cut = std::string_view (*)(std::string_view, std::int64_t, std::int64_t);

std::vector<Overload> substring_overloads() {
  std::vector<Overload> overloads;
  for (const auto& [name, type, cut] : {std::tuple<std::string, Type, Cut>{"string", string_type, substring},
                                        std::tuple<std::string, Type, Cut>{"bytes", bytes_type, subbytes}}) {
    overloads.push_back(strict({name, "bigint"}, type,
                               [cut = cut](RowOutput& output, std::string_view text, std::int64_t position) {
                                 output.slice(0, cut(text, position, no_end));
                               }));
    overloads.push_back(
        strict({name, "bigint", "bigint"}, type,
               [cut = cut](RowOutput& output, std::string_view text, std::int64_t position,
                           std::int64_t length) { output.slice(0, cut(text, position, length)); }));
  }
  return overloads;
}

/// Part `number` of a text cut at every delimiter; negative counts from the end; empty where there is no such
/// part.
std::string_view split_part(std::string_view text, std::string_view delimiter, std::int64_t number) {
  if (delimiter.empty()) return number == 1 || number == -1 ? text : std::string_view();
  for (; number < 0; ++number) {
    const std::size_t found = text.rfind(delimiter);
    if (number == -1) return found == text.npos ? text : text.substr(found + delimiter.size());
    if (found == text.npos) return {};
    text = text.substr(0, found);
  }
  for (;; --number) {
    const std::size_t found = text.find(delimiter);
    if (number == 1) return text.substr(0, found);
    if (found == text.npos) return {};
    text.remove_prefix(found + delimiter.size());
  }
}

/// Everything before the count-th delimiter, from the left; after it, counted from the right, where count is
/// negative.
std::string_view substring_index(std::string_view text, std::string_view delimiter, std::int64_t count) {
  if (delimiter.empty() || count == 0) return {};
  std::size_t found = count > 0 ? 0 : text.size();
  for (; count > 0; --count) {
    found = text.find(delimiter, found);
    if (found == text.npos) return text;
    if (count == 1) return text.substr(0, found);
    ++found;
  }
  for (; count < 0; ++count) {
    if (found == 0) return text;
    found = text.rfind(delimiter, found - 1);
    if (found == text.npos) return text;
  }
  return text.substr(found + delimiter.size());
}

void reverse(RowOutput& output, std::string_view text) {
  char* out = output.room(text.size()) + text.size();
  const char* end = out;
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t bytes = bytes_of_characters(text.substr(position), 1);
    out -= bytes;
    std::memcpy(out, text.data() + position, bytes);
    position += bytes;
  }
  output.finish(end);
}

void overlay(RowOutput& output, std::string_view text, std::string_view replacement, std::int64_t position,
             std::int64_t length) {
  if (length < 0) length = static_cast<std::int64_t>(count_characters(replacement));
  const std::string_view before = characters_between(text, 0, saturating_add(position, -1));
  const std::string_view after =
      characters_between(text, saturating_add(saturating_add(position, -1), length), no_end);
  char* out = output.room(before.size() + replacement.size() + after.size());
  for (const std::string_view part : {before, replacement, after}) {
    out = std::copy(part.begin(), part.end(), out);
  }
  output.finish(out);
}

void register_lengths(FunctionRegistry& registry) {
  const auto bytes = [](std::string_view text) { return static_cast<std::int32_t>(text.size()); };
  const auto bits = [](std::string_view text) { return static_cast<std::int32_t>(text.size() * 8); };
  add(registry, {.name = "length",
                 .aliases = {"char_length", "character_length", "len"},
                 .family = family,
                 .signature = "length(value string or bytes) -> int",
                 .summary = "How many characters a text has, or how many bytes a bytes value has.",
                 .examples = {{"length('Spark SQL ')", "10"},
                              {"length('né')", "2"},
                              {"length(CAST('né' AS bytes))", "3"}},
                 .overloads = {strict({"string"}, int32_type,
                                      [](std::string_view text) {
                                        return static_cast<std::int32_t>(count_characters(text));
                                      }),
                               strict({"bytes"}, int32_type, bytes)}});
  add(registry, {.name = "octet_length",
                 .family = family,
                 .signature = "octet_length(value string or bytes) -> int",
                 .summary = "How many bytes the value has.",
                 .examples = {{"octet_length('né')", "3"}},
                 .overloads = {strict({"string"}, int32_type, bytes), strict({"bytes"}, int32_type, bytes)}});
  add(registry, {.name = "bit_length",
                 .family = family,
                 .signature = "bit_length(value string or bytes) -> int",
                 .summary = "How many bits the value has.",
                 .examples = {{"bit_length('Spark SQL')", "72"}},
                 .overloads = {strict({"string"}, int32_type, bits), strict({"bytes"}, int32_type, bits)}});
}

void register_cuts(FunctionRegistry& registry) {
  add(registry,
      {.name = "substring",
       .aliases = {"substr"},
       .family = family,
       .signature = "substring(text string, position bigint[, length bigint]) -> string (bytes of bytes)",
       .summary =
           "The part from a position (1 is the first character, negative counts from the end), at most "
           "`length` characters long.",
       .examples = {{"substring('Spark SQL', 5)", "k SQL"},
                    {"substring('Spark SQL', -3)", "SQL"},
                    {"substring('Spark SQL', 5, 1)", "k"},
                    {"substring('été', 2, 1)", "t"},
                    {"substring('Spark', -10, 7)", "Sp"}},
       .overloads = substring_overloads()});
  add(registry, {.name = "left",
                 .family = family,
                 .signature = "left(text string, count bigint) -> string",
                 .summary = "The first characters of the text.",
                 .examples = {{"left('Spark SQL', 3)", "Spa"}, {"left('Spark', -1)", ""}},
                 .overloads = {strict({"string", "bigint"}, string_type,
                                      [](RowOutput& output, std::string_view text, std::int64_t count) {
                                        output.slice(0, characters_between(text, 0, count));
                                      })}});
  add(registry, {.name = "right",
                 .family = family,
                 .signature = "right(text string, count bigint) -> string",
                 .summary = "The last characters of the text.",
                 .examples = {{"right('Spark SQL', 3)", "SQL"}, {"right('Spark', 0)", ""}},
                 .overloads = {strict({"string", "bigint"}, string_type,
                                      [](RowOutput& output, std::string_view text, std::int64_t count) {
                                        output.slice(0, last_characters(text, count));
                                      })}});
}

void register_splits(FunctionRegistry& registry) {
  const auto split = [](RowOutput& output, std::string_view text, std::string_view delimiter,
                        std::int64_t number) {
    if (number == 0)
      return output.error("bad_argument", "split_part: parts count from 1 or -1, there is no part 0");
    output.slice(0, split_part(text, delimiter, number));
  };
  add(registry,
      {.name = "split_part",
       .family = family,
       .signature = "split_part(text string, delimiter string, number bigint) -> string",
       .summary = "One part of a text cut at each delimiter, counted from 1, or from the end by negative "
                  "numbers; empty where there is no such part.",
       .examples = {{"split_part('11.12.13', '.', 3)", "13"},
                    {"split_part('11.12.13', '.', -1)", "13"},
                    {"split_part('11.12.13', '.', 4)", ""}},
       .overloads = {strict({"string", "string", "bigint"}, string_type, split)}});
  const auto index = [](RowOutput& output, std::string_view text, std::string_view delimiter,
                        std::int64_t count) { output.slice(0, substring_index(text, delimiter, count)); };
  add(registry,
      {.name = "substring_index",
       .family = family,
       .signature = "substring_index(text string, delimiter string, count bigint) -> string",
       .summary =
           "The text before the count-th delimiter, or after it counted from the right if count is negative.",
       .examples = {{"substring_index('www.apache.org', '.', 2)", "www.apache"},
                    {"substring_index('www.apache.org', '.', -2)", "apache.org"}},
       .overloads = {strict({"string", "string", "bigint"}, string_type, index)}});
}

}  // namespace

void register_text_parts(FunctionRegistry& registry) {
  register_lengths(registry);
  register_cuts(registry);
  register_splits(registry);
  add(registry, {.name = "reverse",
                 .family = family,
                 .signature = "reverse(text string) -> string or reverse(elements array<T>) -> array<T>",
                 .summary = "The characters of the text, or the elements of the array, from last to first.",
                 .examples = {{"reverse('Spark SQL')", "LQS krapS"}, {"reverse('né')", "én"}, {"reverse(array(1, 2, 3))", "[3, 2, 1]"}},
                 .overloads = {strict({"string"}, string_type,
                                      [](RowOutput& output, std::string_view text) { reverse(output, text); }),
                               reverse_array()}});
  const auto whole = [](RowOutput& output, std::string_view text, std::string_view replacement,
                        std::int64_t position) { overlay(output, text, replacement, position, -1); };
  const auto part = [](RowOutput& output, std::string_view text, std::string_view replacement,
                       std::int64_t position,
                       std::int64_t length) { overlay(output, text, replacement, position, length); };
  add(registry,
      {.name = "overlay",
       .family = family,
       .signature = "overlay(text string, replacement string, position bigint[, length bigint]) -> string",
       .summary =
           "The text with `length` characters from a position on replaced (as many as the replacement has, "
           "if no length is given).",
       .examples = {{"overlay('Spark SQL', '_', 6)", "Spark_SQL"},
                    {"overlay('Spark SQL', 'ANSI ', 7, 0)", "Spark ANSI SQL"}},
       .overloads = {strict({"string", "string", "bigint"}, string_type, whole),
                     strict({"string", "string", "bigint", "bigint"}, string_type, part)}});
}

}  // namespace weir
