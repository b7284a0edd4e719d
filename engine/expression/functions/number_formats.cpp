// number_formats.cpp — numbers to texts in a format and back: to_char, to_number, try_to_number.
#include <fmt/format.h>

#include <cmath>

#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"
#include "engine/expression/functions/number_format.h"

namespace weir {
namespace {

constexpr const char* family = "string";

Result<NumberFormat> format_of(const CallSite& site, const char* function) {
  const std::string* text = constant_text(site, 1);
  if (text == nullptr) return call_error(fmt::format("{}: the format must be a constant", function));
  return NumberFormat::compile(*text);
}

KernelResult prepare_of_decimal(const CallSite& site) {
  WEIR_ASSIGN(const NumberFormat format, format_of(site, "to_char"));
  return make_kernel(
      site.result, [format, scale = site.types[0].scale](RowOutput& output, Int128 value, std::string_view) {
        output.finish(
            format.write(DecimalDigits::of_decimal(value, scale), value < 0, output.room(format.longest())));
      });
}

KernelResult prepare_of_double(const CallSite& site) {
  WEIR_ASSIGN(const NumberFormat format, format_of(site, "to_char"));
  return make_kernel(site.result, [format](RowOutput& output, double value, std::string_view) {
    if (!std::isfinite(value)) return output.null();
    output.finish(format.write(DecimalDigits::of_double(value), value < 0, output.room(format.longest())));
  });
}

Overload reading(const char* function, bool is_try) {
  Overload overload = prepared(
      {"string", "string"}, decimal_type(38, 0), [function, is_try](const CallSite& site) -> KernelResult {
        WEIR_ASSIGN(const NumberFormat format, format_of(site, function));
        return make_kernel(site.result, [format, function, is_try](RowOutput& output, std::string_view text,
                                                                   std::string_view name) {
          const std::optional<Int128> number = format.read(text);
          if (number.has_value()) return output.set(*number);
          if (is_try) return output.null();
          output.error("bad_number", fmt::format("{}: not a number in the format {}: {}", function, name,
                                                 text.substr(0, 100)));
        });
      });
  overload.result = [function](const CallSite& site) -> Result<Type> {
    WEIR_ASSIGN(const NumberFormat format, format_of(site, function));
    return decimal_type(static_cast<std::uint8_t>(format.precision()),
                        static_cast<std::uint8_t>(format.scale()));
  };
  return is_try ? nullable(std::move(overload)) : overload;
}

}  // namespace

void register_number_formats(FunctionRegistry& registry) {
  add(registry, {.name = "to_char",
                 .aliases = {"to_varchar"},
                 .family = family,
                 .signature = "to_char(value number, format string) -> string",
                 .summary = "The number in a format: 9 a digit or a blank, 0 a digit, G or a comma between "
                            "thousands, D or a point, $, S a sign, MI a minus, "
                            "PR brackets around negative ones; # where it does not fit.",
                 .examples = {{"to_char(454, '999')", "454"},
                              {"to_char(12454, '99G999')", "12,454"},
                              {"to_char(78.12, '$99.99')", "$78.12"},
                              {"to_char(-12454.8, '99G999D9S')", "12,454.8-"},
                              {"to_char(-7, '000PR')", "<007>"}},
                 .overloads = {prepared({"decimal", "string"}, string_type, prepare_of_decimal),
                               nullable(prepared({"double", "string"}, string_type, prepare_of_double))}});
  add(registry, {.name = "to_number",
                 .family = family,
                 .signature = "to_number(text string, format string) -> decimal",
                 .summary = "The number that a text says in a format, as to_char has it; a text in another "
                            "form is an error of the row.",
                 .examples = {{"to_number('454', '999')", "454"},
                              {"to_number('$78.12', '$99.99')", "78.12"},
                              {"to_number('12,454.8-', '99,999.9S')", "-12454.8"}},
                 .overloads = {reading("to_number", false)}});
  add(registry, {.name = "try_to_number",
                 .family = family,
                 .signature = "try_to_number(text string, format string) -> decimal",
                 .summary = "Like to_number, but NULL where the text has another form.",
                 .examples = {{"try_to_number('454', '999')", "454"}, {"try_to_number('4x', '999')", "NULL"}},
                 .overloads = {reading("try_to_number", true)}});
}

}  // namespace weir
