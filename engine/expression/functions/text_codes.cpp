// text_codes.cpp — texts and bytes as numbers and letters: ascii, chr, hex, base64.
#include <array>
#include <cstring>

#include "engine/expression/functions/characters.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/hexadecimal.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

constexpr const char* family = "string";
constexpr std::string_view base64_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::int32_t first_code_point(std::string_view text) {
  std::size_t position = 0;
  return text.empty() ? 0 : static_cast<std::int32_t>(next_character(text, position));
}

/// Spark's rule: the character of the number modulo 256, nothing for negative numbers.
void character_of(RowOutput& output, std::int64_t number) {
  char* out = output.room(4);
  output.finish(number < 0 ? out : write_character(static_cast<char32_t>(number & 0xFF), out));
}

void hex_of_number(RowOutput& output, std::uint64_t rest, const char* letters) {
  char digits[16];
  char* first = digits + 16;
  do {
    *--first = letters[rest & 15];
    rest >>= 4;
  } while (rest != 0);
  output.text({first, static_cast<std::size_t>(digits + 16 - first)});
}

void hex_of_bytes(RowOutput& output, std::string_view bytes) {
  char* out = output.room(2 * bytes.size());
  output.finish(write_hex(bytes, "0123456789ABCDEF", out));
}

void bytes_of_hex(RowOutput& output, std::string_view text) {
  const char* end = read_hex(text, output.room(text.size() / 2 + 1));
  end == nullptr ? output.null() : output.finish(end);
}

void base64_of(RowOutput& output, std::string_view bytes) {
  char* out = output.room((bytes.size() + 2) / 3 * 4);
  std::size_t i = 0;
  const auto byte = [&](std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at]));
  };
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    for (int shift = 18; shift >= 0; shift -= 6) *out++ = base64_letters[(group >> shift) & 63];
  }
  if (i < bytes.size()) {
    const bool has_two = i + 1 < bytes.size();
    const std::uint32_t group = byte(i) << 16 | (has_two ? byte(i + 1) << 8 : 0);
    *out++ = base64_letters[(group >> 18) & 63];
    *out++ = base64_letters[(group >> 12) & 63];
    *out++ = has_two ? base64_letters[(group >> 6) & 63] : '=';
    *out++ = '=';
  }
  output.finish(out);
}

std::array<std::int8_t, 256> base64_values() {
  std::array<std::int8_t, 256> values;
  values.fill(-1);
  for (std::size_t i = 0; i < base64_letters.size(); ++i) {
    values[static_cast<unsigned char>(base64_letters[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}

/// Letters outside the alphabet (line ends) are skipped, as MIME has it; the padding may be missing.
void bytes_of_base64(RowOutput& output, std::string_view text) {
  static const std::array<std::int8_t, 256> values = base64_values();
  char* out = output.room(text.size() / 4 * 3 + 3);
  std::uint32_t group = 0;
  std::size_t letters = 0;
  for (const char letter : text.substr(0, text.find('='))) {
    const std::int8_t value = values[static_cast<unsigned char>(letter)];
    if (value < 0) continue;
    group = group << 6 | static_cast<std::uint32_t>(value);
    if (++letters % 4 != 0) continue;
    for (int shift = 16; shift >= 0; shift -= 8) *out++ = static_cast<char>(group >> shift);
    group = 0;
  }
  const std::size_t rest = letters % 4;
  if (rest == 1) return output.error("bad_base64", "unbase64: the text ends in the middle of a byte");
  if (rest >= 2) *out++ = static_cast<char>(group >> (rest == 2 ? 4 : 10));
  if (rest == 3) *out++ = static_cast<char>(group >> 2);
  output.finish(out);
}

void register_hexadecimal(FunctionRegistry& registry) {
  const auto of_bytes = [](RowOutput& output, std::string_view bytes) { hex_of_bytes(output, bytes); };
  const auto of_number = [](RowOutput& output, std::int64_t number) {
    hex_of_number(output, static_cast<std::uint64_t>(number), "0123456789ABCDEF");
  };
  add(registry,
      {.name = "hex",
       .family = family,
       .signature = "hex(value bigint, string or bytes) -> string",
       .summary = "A number, or the bytes of a value, in hexadecimal digits.",
       .examples = {{"hex(17)", "11"},
                    {"hex('Spark SQL')", "537061726B2053514C"},
                    {"hex(-1)", "FFFFFFFFFFFFFFFF"}},
       .overloads = {strict({"bigint"}, string_type, of_number), strict({"string"}, string_type, of_bytes),
                     strict({"bytes"}, string_type, of_bytes)}});
  add(registry,
      {.name = "to_hex",
       .family = family,
       .signature = "to_hex(value int or bigint) -> string",
       .summary = "A number in small hexadecimal digits, of a negative one the 8 or 16 of its type.",
       .examples = {{"to_hex(255)", "ff"}, {"to_hex(-1)", "ffffffff"}},
       .overloads = {strict({"int"}, string_type,
                            [](RowOutput& output, std::int32_t number) {
                              hex_of_number(output, static_cast<std::uint32_t>(number), "0123456789abcdef");
                            }),
                     strict({"bigint"}, string_type, [](RowOutput& output, std::int64_t number) {
                       hex_of_number(output, static_cast<std::uint64_t>(number), "0123456789abcdef");
                     })}});
  add(registry,
      {.name = "unhex",
       .family = family,
       .signature = "unhex(text string) -> bytes",
       .summary = "The bytes that hexadecimal digits stand for; NULL if the text is something else.",
       .examples = {{"CAST(unhex('537061726B2053514C') AS string)", "Spark SQL"}, {"unhex('xyz')", "NULL"}},
       .overloads = {nullable(strict({"string"}, bytes_type, [](RowOutput& output, std::string_view text) {
         bytes_of_hex(output, text);
       }))}});
}

}  // namespace

void register_text_codes(FunctionRegistry& registry) {
  register_hexadecimal(registry);
  add(registry, {.name = "ascii",
                 .family = family,
                 .signature = "ascii(text string) -> int",
                 .summary = "The code point of the first character; 0 for the empty text.",
                 .examples = {{"ascii('222')", "50"}, {"ascii('')", "0"}},
                 .overloads = {strict({"string"}, int32_type,
                                      [](std::string_view text) { return first_code_point(text); })}});
  add(registry, {.name = "chr",
                 .aliases = {"char"},
                 .family = family,
                 .signature = "chr(number bigint) -> string",
                 .summary = "The character with a code point (modulo 256); empty for a negative number.",
                 .examples = {{"chr(65)", "A"}, {"chr(-1)", ""}},
                 .overloads = {strict({"bigint"}, string_type, [](RowOutput& output, std::int64_t number) {
                   character_of(output, number);
                 })}});
  const auto encode = [](RowOutput& output, std::string_view bytes) { base64_of(output, bytes); };
  add(registry,
      {.name = "base64",
       .family = family,
       .signature = "base64(value bytes or string) -> string",
       .summary = "The bytes of the value in base 64, in one line.",
       .examples = {{"base64('Spark SQL')", "U3BhcmsgU1FM"}, {"base64('a')", "YQ=="}},
       .overloads = {strict({"string"}, string_type, encode), strict({"bytes"}, string_type, encode)}});
  add(registry, {.name = "unbase64",
                 .family = family,
                 .signature = "unbase64(text string) -> bytes",
                 .summary = "The bytes that a text in base 64 stands for.",
                 .examples = {{"CAST(unbase64('U3BhcmsgU1FM') AS string)", "Spark SQL"}},
                 .overloads = {strict({"string"}, bytes_type, [](RowOutput& output, std::string_view text) {
                   bytes_of_base64(output, text);
                 })}});
}

}  // namespace weir
