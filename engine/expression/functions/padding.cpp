// padding.cpp — making texts longer or shorter at their ends: trim, lpad, rpad, repeat.
#include <algorithm>

#include "engine/expression/functions/characters.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

constexpr const char* family = "string";

bool contains_character(std::string_view set, std::string_view character) {
  return set.find(character) != std::string_view::npos;
}

/// `characters` is a set of characters; the blank alone by default, as in Spark.
std::string_view trim_left(std::string_view text, std::string_view characters) {
  while (!text.empty()) {
    const std::size_t bytes = bytes_of_characters(text, 1);
    if (!contains_character(characters, text.substr(0, bytes))) break;
    text.remove_prefix(bytes);
  }
  return text;
}

std::string_view trim_right(std::string_view text, std::string_view characters) {
  while (!text.empty()) {
    std::size_t start = text.size() - 1;
    while (start > 0 && is_continuation(text[start])) --start;
    if (!contains_character(characters, text.substr(start))) break;
    text.remove_suffix(text.size() - start);
  }
  return text;
}

struct Trim {
  bool is_left;
  bool is_right;
  std::string_view operator()(std::string_view text, std::string_view characters) const {
    if (is_left) text = trim_left(text, characters);
    return is_right ? trim_right(text, characters) : text;
  }
};

Overload trim_blanks(Trim trim) {
  return strict({"string"}, string_type,
                [trim](RowOutput& output, std::string_view text) { output.slice(0, trim(text, " ")); });
}

Overload trim_characters(Trim trim) {
  return strict({"string", "string"}, string_type,
                [trim](RowOutput& output, std::string_view text, std::string_view characters) {
                  output.slice(0, trim(text, characters));
                });
}

void register_trims(FunctionRegistry& registry) {
  add(registry,
      {.name = "trim",
       .family = family,
       .signature = "trim(text string[, characters string]) -> string",
       .summary = "The text without blanks, or the given characters, at its start and end.",
       .examples = {{"concat('[', trim('   SparkSQL  '), ']')", "[SparkSQL]"}, {"trim('xhix', 'x')", "hi"}},
       .overloads = {trim_blanks({true, true}), trim_characters({true, true})}});
  add(registry,
      {.name = "ltrim",
       .family = family,
       .signature = "ltrim(text string[, characters string]) -> string",
       .summary = "The text without blanks, or the given characters, at its start.",
       .examples = {{"concat('[', ltrim('  Spark '), ']')", "[Spark ]"}, {"ltrim('xyxhix', 'xy')", "hix"}},
       .overloads = {trim_blanks({true, false}), trim_characters({true, false})}});
  add(registry,
      {.name = "rtrim",
       .family = family,
       .signature = "rtrim(text string[, characters string]) -> string",
       .summary = "The text without blanks, or the given characters, at its end.",
       .examples = {{"concat('[', rtrim('  Spark '), ']')", "[  Spark]"}, {"rtrim('xhixyx', 'xy')", "xhi"}},
       .overloads = {trim_blanks({false, true}), trim_characters({false, true})}});
  add(registry,
      {.name = "btrim",
       .family = family,
       .signature = "btrim(text string[, characters string]) -> string",
       .summary = "The text without the given characters (blanks if none are given) at its start and end.",
       .examples = {{"btrim('SSparkSQLS', 'SL')", "parkSQ"}, {"btrim('éaé', 'é')", "a"}},
       .overloads = {trim_blanks({true, true}), trim_characters({true, true})}});
}

/// Fills `characters` characters with `pad` over and over.
char* write_padding(std::string_view pad, std::size_t characters, char* out) {
  while (characters > 0) {
    const std::string_view part = pad.substr(0, bytes_of_characters(pad, characters));
    out = std::copy(part.begin(), part.end(), out);
    characters -= std::clamp<std::size_t>(count_characters(part), 1, characters);
  }
  return out;
}

void too_long(RowOutput& output, const char* function, std::int64_t length) {
  output.error("too_long", std::string(function) +
                               ": the result would be too long: " + std::to_string(length) + " (at most " +
                               std::to_string(max_made_text) + " bytes)");
}

void pad(RowOutput& output, std::string_view text, std::int64_t length, std::string_view padding,
         bool is_left) {
  if (length <= 0) return output.text({});
  const auto wanted = static_cast<std::size_t>(length);
  const std::size_t present = count_characters(text);
  if (present >= wanted) return output.slice(0, text.substr(0, bytes_of_characters(text, wanted)));
  if (padding.empty()) return output.slice(0, text);
  if (length > max_made_text / 4) return too_long(output, is_left ? "lpad" : "rpad", length);
  const std::size_t missing = wanted - present;
  char* out = output.room(text.size() + 4 * missing);
  if (is_left) out = write_padding(padding, missing, out);
  out = std::copy(text.begin(), text.end(), out);
  if (!is_left) out = write_padding(padding, missing, out);
  output.finish(out);
}

/// Bytes are filled up with zero bytes where no others are given.
void pad_bytes(RowOutput& output, std::string_view bytes, std::int64_t length, std::string_view padding,
               bool is_left) {
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(length, 0));
  if (bytes.size() >= wanted || padding.empty()) return output.slice(0, bytes.substr(0, wanted));
  if (length > max_made_text) return too_long(output, is_left ? "lpad" : "rpad", length);
  char* out = output.room(wanted);
  if (!is_left) out = std::copy(bytes.begin(), bytes.end(), out);
  for (std::size_t i = 0; i < wanted - bytes.size(); ++i) *out++ = padding[i % padding.size()];
  if (is_left) out = std::copy(bytes.begin(), bytes.end(), out);
  output.finish(out);
}

std::vector<Overload> pad_overloads(bool is_left) {
  return {strict({"bytes", "bigint"}, bytes_type,
                 [is_left](RowOutput& output, std::string_view bytes, std::int64_t length) {
                   pad_bytes(output, bytes, length, std::string_view("\0", 1), is_left);
                 }),
          strict({"bytes", "bigint", "bytes"}, bytes_type,
                 [is_left](RowOutput& output, std::string_view bytes, std::int64_t length,
                           std::string_view padding) { pad_bytes(output, bytes, length, padding, is_left); }),
          strict({"string", "bigint"}, string_type,
                 [is_left](RowOutput& output, std::string_view text, std::int64_t length) {
                   pad(output, text, length, " ", is_left);
                 }),
          strict({"string", "bigint", "string"}, string_type,
                 [is_left](RowOutput& output, std::string_view text, std::int64_t length,
                           std::string_view padding) { pad(output, text, length, padding, is_left); })};
}

void repeat(RowOutput& output, std::string_view text, std::int64_t count) {
  if (count <= 0 || text.empty()) return output.text({});
  const auto bytes = static_cast<std::int64_t>(text.size());
  if (count > max_made_text / bytes) return too_long(output, "repeat", count);
  char* out = output.room(text.size() * static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) out = std::copy(text.begin(), text.end(), out);
  output.finish(out);
}

}  // namespace

void register_padding(FunctionRegistry& registry) {
  register_trims(registry);
  add(registry,
      {.name = "lpad",
       .family = family,
       .signature = "lpad(text string, length bigint[, pad string]) -> string (bytes of bytes)",
       .summary = "The text filled up on the left to a length in characters, or cut to it.",
       .examples = {{"lpad('hi', 5, '*.')", "*.*hi"}, {"lpad('hi', 1, '*')", "h"}, {"lpad('7', 3)", "  7"}},
       .overloads = pad_overloads(true)});
  add(registry, {.name = "rpad",
                 .family = family,
                 .signature = "rpad(text string, length bigint[, pad string]) -> string (bytes of bytes)",
                 .summary = "The text filled up on the right to a length in characters, or cut to it.",
                 .examples = {{"rpad('hi', 5, 'é.')", "hié.é"},
                              {"rpad('hi', 1, '*')", "h"},
                              {"hex(rpad(X'61', 3))", "610000"}},
                 .overloads = pad_overloads(false)});
  add(registry, {.name = "repeat",
                 .family = family,
                 .signature = "repeat(text string, count bigint) -> string",
                 .summary = "The text as often as given, one after the other.",
                 .examples = {{"repeat('123', 2)", "123123"}, {"repeat('x', -1)", ""}},
                 .overloads = {strict({"string", "bigint"}, string_type,
                                      [](RowOutput& output, std::string_view text, std::int64_t count) {
                                        repeat(output, text, count);
                                      })}});
  add(registry, {.name = "space",
                 .family = family,
                 .signature = "space(count bigint) -> string",
                 .summary = "As many blanks as given.",
                 .examples = {{"concat('[', space(2), ']')", "[  ]"}},
                 .overloads = {strict({"bigint"}, string_type, [](RowOutput& output, std::int64_t count) {
                   repeat(output, " ", count);
                 })}});
}

}  // namespace weir
