// text_forms.cpp — texts of a certain form: format_number, soundex, luhn_check.
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "engine/data/decimal.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

constexpr const char* family = "string";

/// "1234567.50" as "1,234,567.50".
void put_grouped(RowOutput& output, std::string_view number) {
  const bool is_negative = number.front() == '-';
  if (is_negative) number.remove_prefix(1);
  const std::size_t whole = std::min(number.find('.'), number.size());
  char* out = output.room(number.size() + whole / 3 + 2);
  if (is_negative) *out++ = '-';
  for (std::size_t i = 0; i < number.size(); ++i) {
    if (i != 0 && i < whole && (whole - i) % 3 == 0) *out++ = ',';
    *out++ = number[i];
  }
  output.finish(out);
}

void format_double(RowOutput& output, double value, std::int64_t digits) {
  if (digits < 0) return output.null();
  if (std::isnan(value)) return output.text("NaN");
  if (std::isinf(value)) return output.text(value < 0 ? "-∞" : "∞");
  put_grouped(output, fmt::format("{:.{}f}", value, static_cast<int>(std::min<std::int64_t>(digits, 340))));
}

/// Halves go to the even neighbour, as Java's DecimalFormat has it.
void format_decimal(RowOutput& output, Int128 value, int scale, std::int64_t digits) {
  if (digits < 0) return output.null();
  const int kept = static_cast<int>(std::min<std::int64_t>(digits, scale));
  const Int128 unit = power_of_ten(scale - kept);
  Int128 quotient = value / unit;
  const Int128 rest = value % unit < 0 ? -(value % unit) : value % unit;
  const bool is_away = rest > unit - rest || (rest == unit - rest && quotient % 2 != 0);
  if (is_away) quotient += value < 0 ? -1 : 1;
  std::string text = decimal_to_string(quotient, kept);
  if (kept == 0 && digits > 0) text += '.';
  text.append(static_cast<std::size_t>(std::min<std::int64_t>(digits - kept, 340)), '0');
  put_grouped(output, text);
}

/// The letter, and for each further sound one of six digits; four in all.
std::string soundex(std::string_view text) {
  constexpr std::string_view codes = "01230120022455012623010202";  // of A to Z; 0: vowels, and h and w
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c ^ 0x20) : c; };
  if (text.empty() || upper(text[0]) < 'A' || upper(text[0]) > 'Z') return std::string(text);
  std::string made(1, upper(text[0]));
  char last = codes[static_cast<std::size_t>(made[0] - 'A')];
  for (const char c : text.substr(1)) {
    const char letter = upper(c);
    if (letter < 'A' || letter > 'Z') {
      last = '0';
      continue;
    }
    const char code = codes[static_cast<std::size_t>(letter - 'A')];
    if (letter == 'H' || letter == 'W') continue;  // they do not part equal sounds
    if (code != '0' && code != last) made += code;
    last = code;
    if (made.size() == 4) break;
  }
  made.append(4 - made.size(), '0');
  return made;
}

bool luhn_check(std::string_view digits) {
  int sum = 0;
  bool is_doubled = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, is_doubled = !is_doubled) {
    if (*digit < '0' || *digit > '9') return false;
    const int value = (*digit - '0') * (is_doubled ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return !digits.empty() && sum % 10 == 0;
}

}  // namespace

void register_text_forms(FunctionRegistry& registry) {
  const auto of_decimal = [](const CallSite& site) -> KernelResult {
    return make_kernel(string_type,
                       [scale = site.types[0].scale](RowOutput& output, Int128 value, std::int64_t digits) {
                         format_decimal(output, value, scale, digits);
                       });
  };
  const auto of_integer = [](RowOutput& output, std::int64_t value, std::int64_t digits) {
    format_decimal(output, value, 0, digits);
  };
  const auto of_double = [](RowOutput& output, double value, std::int64_t digits) {
    format_double(output, value, digits);
  };
  add(registry, {.name = "format_number",
                 .family = family,
                 .signature = "format_number(value number, digits bigint) -> string",
                 .summary = "The number with commas between thousands and so many digits behind the point; "
                            "NULL for negative digits.",
                 .examples = {{"format_number(12332.123456, 4)", "12,332.1235"},
                              {"format_number(1234567, 2)", "1,234,567.00"},
                              {"format_number(-1234.5, 0)", "-1,234"}},
                 .overloads = {nullable(strict({"bigint", "bigint"}, string_type, of_integer)),
                               nullable(prepared({"decimal", "bigint"}, string_type, of_decimal)),
                               nullable(strict({"double", "bigint"}, string_type, of_double))}});
  add(registry, {.name = "soundex",
                 .family = family,
                 .signature = "soundex(text string) -> string",
                 .summary = "A letter and three digits that are equal for English words that sound alike.",
                 .examples = {{"soundex('Miller')", "M460"},
                              {"soundex('Robert')", "R163"},
                              {"soundex('Ashcraft')", "A261"}},
                 .overloads = {strict({"string"}, string_type, [](RowOutput& output, std::string_view text) {
                   output.text(soundex(text));
                 })}});
  add(registry, {.name = "luhn_check",
                 .family = family,
                 .signature = "luhn_check(digits string) -> boolean",
                 .summary = "Whether the digits pass the check of card numbers.",
                 .examples = {{"luhn_check('8112189876')", "true"}, {"luhn_check('79927398714')", "false"}},
                 .overloads = {strict({"string"}, boolean_type,
                                      [](std::string_view digits) { return luhn_check(digits); })}});
}

}  // namespace weir
