// letter_case.cpp — lower, upper, initcap: by the character tables of UTF-8, whatever the user's locale.
#include <clocale>
#include <cwctype>

#include "engine/expression/functions/characters.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

constexpr const char* family = "string";

locale_t unicode_locale() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

struct CaseMapping {
  char first_ascii;  // 'A' to go to lower case, 'a' to go to upper case
  wint_t (*map)(wint_t, locale_t);
};
const CaseMapping to_lower{'A', towlower_l};
const CaseMapping to_upper{'a', towupper_l};

char* map_ascii(std::string_view text, char first, char* out) {
  for (const char byte : text) {
    const bool is_letter = static_cast<unsigned char>(byte - first) < 26;
    *out++ = static_cast<char>(byte ^ (is_letter ? 0x20 : 0));
  }
  return out;
}

char* map_character(char32_t character, const CaseMapping& mapping, char* out) {
  constexpr char32_t sharp_s = 0xDF;  // the one common letter whose upper case is two letters
  if (character == sharp_s && mapping.first_ascii == 'a') {
    *out++ = 'S';
    *out++ = 'S';
    return out;
  }
  if (unicode_locale() == nullptr) return write_character(character, out);
  return write_character(static_cast<char32_t>(mapping.map(static_cast<wint_t>(character), unicode_locale())),
                         out);
}

void map_case(RowOutput& output, std::string_view text, const CaseMapping& mapping) {
  if (is_ascii(text)) {
    output.finish(map_ascii(text, mapping.first_ascii, output.room(text.size())));
    return;
  }
  // No letter takes more than three times its bytes (an invalid byte becomes U+FFFD).
  char* out = output.room(3 * text.size());
  for (std::size_t position = 0; position < text.size();) {
    out = map_character(next_character(text, position), mapping, out);
  }
  output.finish(out);
}

void capitalise_words(RowOutput& output, std::string_view text) {
  char* out = output.room(3 * text.size());
  bool is_start = true;
  for (std::size_t position = 0; position < text.size();) {
    const char32_t character = next_character(text, position);
    out = map_character(character, is_start ? to_upper : to_lower, out);
    is_start = character == ' ';
  }
  output.finish(out);
}

}  // namespace

void register_letter_case(FunctionRegistry& registry) {
  add(registry, {.name = "lower",
                 .aliases = {"lcase"},
                 .family = family,
                 .signature = "lower(text string) -> string",
                 .summary = "The text in lower case.",
                 .examples = {{"lower('SparkSql')", "sparksql"}, {"lower('ÉTÉ')", "été"}},
                 .overloads = {strict({"string"}, string_type, [](RowOutput& output, std::string_view text) {
                   map_case(output, text, to_lower);
                 })}});
  add(registry, {.name = "upper",
                 .aliases = {"ucase"},
                 .family = family,
                 .signature = "upper(text string) -> string",
                 .summary = "The text in upper case.",
                 .examples = {{"upper('SparkSql')", "SPARKSQL"}, {"upper('straße')", "STRASSE"}},
                 .overloads = {strict({"string"}, string_type, [](RowOutput& output, std::string_view text) {
                   map_case(output, text, to_upper);
                 })}});
  add(registry,
      {.name = "initcap",
       .family = family,
       .signature = "initcap(text string) -> string",
       .summary = "The text with the first letter of each word in upper case and the rest in lower case; "
                  "words are separated by blanks.",
       .examples = {{"initcap('sPark sql')", "Spark Sql"}},
       .overloads = {strict({"string"}, string_type, [](RowOutput& output, std::string_view text) {
         capitalise_words(output, text);
       })}});
}

}  // namespace weir
