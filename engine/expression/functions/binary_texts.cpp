// binary_texts.cpp — texts to bytes and back by a named form: to_binary, encode, decode.
#include <fmt/format.h>

#include <strings.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "engine/data/utf8.h"
#include "engine/expression/functions/base64.h"
#include "engine/expression/functions/characters.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/hexadecimal.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

constexpr const char* family = "string";
constexpr char32_t replacement = 0xFFFD;

template <typename Form, std::size_t count>
std::optional<Form> form_of(const std::array<std::pair<std::string_view, Form>, count>& forms,
                            std::string_view name) {
  for (const auto& [known, form] : forms) {
    if (known.size() == name.size() && strncasecmp(known.data(), name.data(), name.size()) == 0) return form;
  }
  return std::nullopt;
}

enum class BinaryForm : std::uint8_t { hex, utf8, base64 };
constexpr std::array<std::pair<std::string_view, BinaryForm>, 4> binary_forms{
    {{"hex", BinaryForm::hex},
     {"utf-8", BinaryForm::utf8},
     {"utf8", BinaryForm::utf8},
     {"base64", BinaryForm::base64}}};

void put_bytes(RowOutput& output, BinaryForm form, bool is_try, std::string_view text) {
  if (form == BinaryForm::utf8) return output.slice(0, text);
  char* const out = output.room(text.size() + 1);
  char* const end = form == BinaryForm::hex ? read_hex(text, out) : read_base64(text, out);
  if (end != nullptr) return output.finish(end);
  if (is_try) return output.null();
  output.error("bad_binary",
               fmt::format("to_binary: not bytes in {}: {}",
                           form == BinaryForm::hex ? "hexadecimal digits" : "base 64", text.substr(0, 100)));
}

std::vector<Overload> binary_overloads(const char* function, bool is_try) {
  const auto in_form = [function, is_try](const CallSite& site) -> KernelResult {
    const std::string* name = constant_text(site, 1);
    const std::optional<BinaryForm> form = name == nullptr ? std::nullopt : form_of(binary_forms, *name);
    if (!form.has_value())
      return call_error(
          fmt::format("{}: the form is one of the constants 'hex', 'utf-8' and 'base64'", function));
    return make_kernel(site.result,
                       [form = *form, is_try](RowOutput& output, std::string_view text, std::string_view) {
                         put_bytes(output, form, is_try, text);
                       });
  };
  const auto in_hex = [is_try](RowOutput& output, std::string_view text) {
    put_bytes(output, BinaryForm::hex, is_try, text);
  };
  std::vector<Overload> overloads{strict({"string"}, bytes_type, in_hex),
                                  prepared({"string", "string"}, bytes_type, in_form)};
  if (is_try) overloads = {nullable(overloads[0]), nullable(overloads[1])};
  return overloads;
}

enum class Charset : std::uint8_t { ascii, latin1, utf8, utf16, utf16_big, utf16_little };
constexpr std::array<std::pair<std::string_view, Charset>, 9> charsets{{{"US-ASCII", Charset::ascii},
                                                                        {"ASCII", Charset::ascii},
                                                                        {"ISO-8859-1", Charset::latin1},
                                                                        {"LATIN1", Charset::latin1},
                                                                        {"UTF-8", Charset::utf8},
                                                                        {"UTF8", Charset::utf8},
                                                                        {"UTF-16", Charset::utf16},
                                                                        {"UTF-16BE", Charset::utf16_big},
                                                                        {"UTF-16LE", Charset::utf16_little}}};

char* write_unit(std::uint32_t unit, bool is_little, char* out) {
  const char high = static_cast<char>(unit >> 8);
  const char low = static_cast<char>(unit);
  *out++ = is_little ? low : high;
  *out++ = is_little ? high : low;
  return out;
}

char* write_in(Charset charset, char32_t character, char* out) {
  if (charset == Charset::ascii || charset == Charset::latin1) {
    const char32_t most = charset == Charset::ascii ? 0x7F : 0xFF;
    *out++ = character > most ? '?' : static_cast<char>(character);
    return out;
  }
  const bool is_little = charset == Charset::utf16_little;
  if (character < 0x10000) return write_unit(character, is_little, out);
  out = write_unit(0xD800 + ((character - 0x10000) >> 10), is_little, out);
  return write_unit(0xDC00 + ((character - 0x10000) & 0x3FF), is_little, out);
}

void encode(RowOutput& output, std::string_view text, Charset charset) {
  if (charset == Charset::utf8) return output.slice(0, text);
  char* out = output.room(2 * text.size() + 2);
  if (charset == Charset::utf16 && !text.empty()) out = write_unit(0xFEFF, false, out);
  for (std::size_t position = 0; position < text.size();)
    out = write_in(charset, next_character(text, position), out);
  output.finish(out);
}

void decode_bytes(RowOutput& output, std::string_view bytes, Charset charset) {
  char* out = output.room(3 * bytes.size());
  for (const char byte : bytes) {
    const auto code = static_cast<unsigned char>(byte);
    out = write_character(charset == Charset::ascii && code > 0x7F ? replacement : code, out);
  }
  output.finish(out);
}

/// How many bytes behind the first belong to the character that `first` begins, and from where to where the
/// second lies.
struct Utf8Form {
  int more;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
};
Utf8Form utf8_form(unsigned char first) {
  if (first < 0x80) return {0};
  if (first >= 0xC2 && first <= 0xDF) return {1};
  if (first == 0xE0) return {2, 0xA0, 0xBF};
  if (first == 0xED) return {2, 0x80, 0x9F};
  if (first >= 0xE1 && first <= 0xEF) return {2};
  if (first == 0xF0) return {3, 0x90, 0xBF};
  if (first == 0xF4) return {3, 0x80, 0x8F};
  return first >= 0xF1 && first <= 0xF3 ? Utf8Form{3} : Utf8Form{-1};
}

/// The bytes from `at` on that are a character, or could have begun one; `is_whole` says which.
std::size_t take_utf8(std::string_view bytes, std::size_t at, bool& is_whole) {
  Utf8Form form = utf8_form(static_cast<unsigned char>(bytes[at]));
  std::size_t length = 1;
  for (; form.more > 0 && at + length < bytes.size(); --form.more, ++length) {
    const auto next = static_cast<unsigned char>(bytes[at + length]);
    if (next < form.low || next > form.high) break;
    form.low = 0x80;
    form.high = 0xBF;
  }
  is_whole = form.more == 0;
  return length;
}

/// https://www.unicode.org/versions/Unicode15.0.0/ch03.pdf, U+FFFD substitution of maximal subparts
void decode_utf8(RowOutput& output, std::string_view bytes) {
  if (is_valid_utf8(bytes)) return output.slice(0, bytes);
  char* out = output.room(3 * bytes.size());
  for (std::size_t at = 0; at < bytes.size();) {
    bool is_whole = false;
    const std::size_t length = take_utf8(bytes, at, is_whole);
    out = is_whole ? std::copy_n(bytes.data() + at, length, out) : write_character(replacement, out);
    at += length;
  }
  output.finish(out);
}

void decode_utf16(RowOutput& output, std::string_view bytes, Charset charset) {
  bool is_little = charset == Charset::utf16_little;
  if (charset == Charset::utf16 && (bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE"))) {
    is_little = bytes.front() == '\xFF';
    bytes.remove_prefix(2);
  }
  const auto unit = [&](std::size_t at) -> char32_t {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return is_little ? second << 8 | first : first << 8 | second;
  };
  const auto is_in = [](char32_t value, char32_t start) { return value >= start && value < start + 0x400; };
  char* out = output.room(2 * bytes.size() + 3);
  std::size_t at = 0;
  for (; at + 2 <= bytes.size(); at += 2) {
    char32_t character = unit(at);
    if (is_in(character, 0xD800) && at + 4 <= bytes.size() && is_in(unit(at + 2), 0xDC00)) {
      character = 0x10000 + ((character - 0xD800) << 10) + (unit(at + 2) - 0xDC00);
      at += 2;
    } else if (is_in(character, 0xD800) || is_in(character, 0xDC00)) {
      character = replacement;
    }
    out = write_character(character, out);
  }
  if (at < bytes.size()) out = write_character(replacement, out);
  output.finish(out);
}

void decode(RowOutput& output, std::string_view bytes, Charset charset) {
  if (charset == Charset::utf8) return decode_utf8(output, bytes);
  charset == Charset::ascii || charset == Charset::latin1 ? decode_bytes(output, bytes, charset)
                                                          : decode_utf16(output, bytes, charset);
}

using InCharset = void (*)(RowOutput&, std::string_view, Charset);

Overload charset_overload(const char* function, const char* parameter, Type result, InCharset body) {
  return prepared({parameter, "string"}, result, [function, body](const CallSite& site) -> KernelResult {
    const std::string* name = constant_text(site, 1);
    const std::optional<Charset> charset = name == nullptr ? std::nullopt : form_of(charsets, *name);
    if (!charset.has_value()) {
      return call_error(fmt::format(
          "{}: the character set is one of the constants 'UTF-8', 'US-ASCII', 'ISO-8859-1', 'UTF-16', "
          "'UTF-16BE' and 'UTF-16LE'",
          function));
    }
    return make_kernel(
        site.result, [body, charset = *charset](RowOutput& output, std::string_view value, std::string_view) {
          body(output, value, charset);
        });
  });
}

}  // namespace

void register_binary_texts(FunctionRegistry& registry) {
  add(registry, {.name = "to_binary",
                 .family = family,
                 .signature = "to_binary(text string[, form string]) -> bytes",
                 .summary = "The bytes that a text stands for, in 'hex' (if no form is given), 'utf-8' or "
                            "'base64'; another text is an error of the row.",
                 .examples = {{"hex(to_binary('abc', 'utf-8'))", "616263"},
                              {"hex(to_binary('0aBC'))", "0ABC"},
                              {"CAST(to_binary('U3Bh', 'base64') AS string)", "Spa"}},
                 .overloads = binary_overloads("to_binary", false)});
  add(registry, {.name = "try_to_binary",
                 .family = family,
                 .signature = "try_to_binary(text string[, form string]) -> bytes",
                 .summary = "Like to_binary, but NULL where the text stands for no bytes.",
                 .examples = {{"hex(try_to_binary('abc', 'utf-8'))", "616263"},
                              {"try_to_binary('a!', 'base64')", "NULL"}},
                 .overloads = binary_overloads("try_to_binary", true)});
  add(registry,
      {.name = "encode",
       .family = family,
       .signature = "encode(text string, charset string) -> bytes",
       .summary = "The text in a character set: 'UTF-8', 'US-ASCII', 'ISO-8859-1', 'UTF-16', 'UTF-16BE' or "
                  "'UTF-16LE'; ? for what it lacks.",
       .examples = {{"hex(encode('é', 'ISO-8859-1'))", "E9"}, {"hex(encode('é', 'UTF-16BE'))", "00E9"}},
       .overloads = {charset_overload("encode", "string", bytes_type, encode)}});
  add(registry,
      {.name = "decode",
       .family = family,
       .signature = "decode(value bytes, charset string) -> string",
       .summary = "The text that bytes say in a character set, those of encode; U+FFFD for what is none.",
       .examples = {{"decode(encode('abc', 'utf-8'), 'utf-8')", "abc"},
                    {"decode(X'61E9', 'ISO-8859-1')", "aé"}},
       .overloads = {charset_overload("decode", "bytes", string_type, decode)}});
}

}  // namespace weir
