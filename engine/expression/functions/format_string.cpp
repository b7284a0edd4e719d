// format_string.cpp — format_string, also called printf: values of a row put into a text.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <memory>

#include "engine/expression/functions/characters.h"
#include "engine/expression/functions/decimal_digits.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"
#include "engine/expression/functions/print_format.h"
#include "engine/expression/functions/recently_compiled.h"

namespace weir {
namespace {

using PrintFormatPtr = std::shared_ptr<const PrintFormat>;

Result<PrintFormatPtr> compile_format(std::string_view text) {
  WEIR_ASSIGN(PrintFormat format, PrintFormat::compile(text));
  return std::make_shared<const PrintFormat>(std::move(format));
}

bool takes(char conversion, TypeKind kind) {
  switch (conversion) {
    case 'd':
    case 'x':
    case 'o':
    case 'c':
      return kind == TypeKind::int32 || kind == TypeKind::int64;
    case 'f':
    case 'e':
    case 'g':
      return kind == TypeKind::float64 || kind == TypeKind::decimal;
    default:
      return true;
  }
}

/// Whether a format goes with the arguments of a call, of which the first is the format itself.
Status check_arguments(const PrintFormat& format, std::span<const Type> types) {
  if (format.argument_count > types.size() - 1) {
    return call_error(fmt::format("format_string: the format names {} arguments, the call has {}",
                                  format.argument_count, types.size() - 1));
  }
  for (const PrintItem& item : format.items) {
    if (item.conversion == 0) continue;
    const Type& type = types[item.argument + 1];
    if (type.kind == TypeKind::null || takes(item.conversion, type.kind)) continue;
    return call_error(fmt::format("format_string: %{} does not take {}", item.conversion, to_string(type)));
  }
  return {};
}

/// Prints the values of one row. Holds what is used again for the next.
class Printer {
 public:
  /// Null where a number is the code of no character.
  const std::string* print(const PrintFormat& format, std::span<const Column> arguments, std::uint32_t row) {
    out_.clear();
    is_good_ = true;
    for (const PrintItem& item : format.items) {
      out_ += item.text;
      if (item.conversion == 0) continue;
      const Column& argument = arguments[item.argument + 1];
      body_.clear();
      is_negative_ = false;
      if (argument.is_null(row)) {
        print_text(item, item.conversion == 'b' ? "false" : "null");
      } else {
        print_value(item, argument, row);
      }
    }
    return is_good_ ? &out_ : nullptr;
  }

 private:
  void print_value(const PrintItem& item, const Column& column, std::uint32_t row) {
    switch (item.conversion) {
      case 's':
        if (column.type.is_text_like()) return print_text(item, column.text_at(row));
        return print_text(item, to_text(value_at(column, row)));
      case 'b':
        return print_text(item,
                          column.type.kind != TypeKind::boolean || column.bool_at(row) ? "true" : "false");
      case 'c':
        return print_character(item, integer_at(column, row));
      case 'd':
      case 'x':
      case 'o':
        return print_integer(item, column, row);
      default:
        return print_real(item, column, row);
    }
  }

  static std::int64_t integer_at(const Column& column, std::uint32_t row) {
    return column.type.kind == TypeKind::int32 ? column.at<std::int32_t>(row) : column.at<std::int64_t>(row);
  }

  void print_text(const PrintItem& item, std::string_view text) {
    if (item.precision != PrintItem::none)
      text = text.substr(0, bytes_of_characters(text, static_cast<std::size_t>(item.precision)));
    body_ = text;
    pad(item);
  }

  void print_character(const PrintItem& item, std::int64_t code) {
    char bytes[4];
    const bool is_character = code >= 0 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    is_good_ = is_good_ && is_character;
    if (is_character) body_.assign(bytes, write_character(static_cast<char32_t>(code), bytes));
    pad(item);
  }

  void print_integer(const PrintItem& item, const Column& column, std::uint32_t row) {
    const std::int64_t value = integer_at(column, row);
    char digits[32];
    if (item.conversion == 'd') {
      is_negative_ = value < 0;
      const std::uint64_t magnitude =
          is_negative_ ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
      body_.assign(digits, std::to_chars(digits, digits + sizeof digits, magnitude).ptr);
      return print_number(item);
    }
    const std::uint64_t bits = column.type.kind == TypeKind::int32 ? static_cast<std::uint32_t>(value)
                                                                   : static_cast<std::uint64_t>(value);
    body_.assign(digits,
                 std::to_chars(digits, digits + sizeof digits, bits, item.conversion == 'x' ? 16 : 8).ptr);
    if (item.is_alternate) prefix_ = item.conversion == 'x' ? "0x" : "0";
    print_number(item);
  }

  void print_real(const PrintItem& item, const Column& column, std::uint32_t row) {
    DecimalDigits number;
    if (column.type.kind == TypeKind::decimal) {
      const Int128 value = column.at<Int128>(row);
      is_negative_ = value < 0;
      number = DecimalDigits::of_decimal(value, column.type.scale);
    } else {
      const auto value = column.at<double>(row);
      is_negative_ = std::signbit(value) && !std::isnan(value);
      if (!std::isfinite(value)) return print_not_finite(item, std::isnan(value));
      number = DecimalDigits::of_double(value);
    }
    append_real(item, number);
    const bool has_point = body_.find('.') != std::string::npos;
    if (item.is_alternate && !has_point) body_.insert(std::min(body_.find('e'), body_.size()), ".");
    print_number(item);
  }

  void append_real(const PrintItem& item, DecimalDigits& number) {
    const int places = item.precision == PrintItem::none ? 6 : item.precision;
    if (item.conversion == 'f') return number.append_fixed(places, body_);
    if (item.conversion == 'e') return number.append_scientific(places, body_);
    // As many digits in all; from 10^-4 up to that many digits before the point without an exponent.
    const int digits = std::max(places, 1);
    number.round_to(digits);
    const bool is_plain = number.digits.empty() || (number.exponent > -4 && number.exponent <= digits);
    const int whole = number.digits.empty() ? 1 : number.exponent;
    is_plain ? number.append_fixed(digits - whole, body_) : number.append_scientific(digits - 1, body_);
  }

  void print_not_finite(const PrintItem& item, bool is_nan) {
    body_ = is_nan ? "NaN" : "Infinity";
    PrintItem plain = item;
    plain.has_groups = false;
    plain.is_zero_padded = false;
    if (is_nan) plain.has_plus = plain.has_blank = plain.has_parentheses = false;
    print_number(plain);
  }

  /// Groups, zeros and the sign, in this order.
  void print_number(const PrintItem& item) {
    if (item.has_groups) insert_groups();
    const bool has_brackets = is_negative_ && item.has_parentheses;
    if (is_negative_)
      prefix_ = has_brackets ? "(" : "-";
    else if (item.has_plus)
      prefix_ = "+";
    else if (item.has_blank)
      prefix_ = " ";
    const std::size_t used = body_.size() + prefix_.size() + (has_brackets ? 1 : 0);
    const auto width = static_cast<std::size_t>(std::max(item.width, 0));
    if (item.is_zero_padded && used < width) body_.insert(0, width - used, '0');
    body_.insert(0, prefix_);
    prefix_ = {};
    if (has_brackets) body_ += ')';
    pad(item);
  }

  void insert_groups() {
    const std::size_t whole = std::min(body_.find('.'), body_.size());
    for (std::size_t at = whole; at > 3; at -= 3) body_.insert(at - 3, ",");
  }

  void pad(const PrintItem& item) {
    const std::size_t present = count_characters(body_);
    const auto wanted = static_cast<std::size_t>(std::max(item.width, 0));
    const std::size_t missing = wanted > present ? wanted - present : 0;
    if (!item.is_left) out_.append(missing, ' ');
    if (item.is_upper) {
      for (const char c : body_) out_ += c >= 'a' && c <= 'z' ? static_cast<char>(c ^ 0x20) : c;
    } else {
      out_ += body_;
    }
    if (item.is_left) out_.append(missing, ' ');
  }

  std::string out_;
  std::string body_;
  std::string_view prefix_;
  bool is_negative_ = false;
  bool is_good_ = true;
};

/// NULL only where the format is: of arguments NULL prints as null, in Java's way.
class FormatString final : public Kernel {
 public:
  FormatString(PrintFormatPtr literal, std::vector<Type> types)
      : literal_(std::move(literal)), types_(std::move(types)) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(string_type, context.rows, context.arena, true);
    RecentlyCompiled<PrintFormatPtr, compile_format> recent;
    Printer printer;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (const RowError* error = first_error(arguments, row)) {
        writer.set_error(row, error->code, error->message);
      } else if (arguments[0].is_null(row)) {
        writer.set_null(row);
      } else if (literal_ != nullptr) {
        put(printer.print(*literal_, arguments, row), writer, row);
      } else {
        print_row(recent.compiled(arguments[0].text_at(row)), printer, arguments, row, writer);
      }
    }
    return writer.finish();
  }

 private:
  static const RowError* first_error(std::span<const Column> arguments, std::uint32_t row) {
    for (const Column& argument : arguments) {
      const RowError* error =
          argument.errors == nullptr ? nullptr : argument.errors->find(row & argument.row_mask);
      if (error != nullptr) return error;
    }
    return nullptr;
  }

  void print_row(const Result<PrintFormatPtr>& format, Printer& printer, std::span<const Column> arguments,
                 std::uint32_t row, ColumnWriter& writer) const {
    if (!format.ok()) return writer.set_error(row, "bad_format", format.error().message());
    const Status status = check_arguments(**format, types_);
    if (!status.ok()) return writer.set_error(row, "bad_format", status.error().message());
    put(printer.print(**format, arguments, row), writer, row);
  }

  static void put(const std::string* text, ColumnWriter& writer, std::uint32_t row) {
    if (text != nullptr) return writer.set_text(row, *text);
    writer.set_error(row, "bad_argument", "format_string: %c takes the code of a character");
  }

  PrintFormatPtr literal_;
  std::vector<Type> types_;
};

KernelResult prepare_format_string(const CallSite& site) {
  PrintFormatPtr literal;
  if (const std::string* text = constant_text(site, 0)) {
    WEIR_ASSIGN(literal, compile_format(*text));
    WEIR_TRY(check_arguments(*literal, site.types));
  }
  return kernel_of<FormatString>(std::move(literal), site.types);
}

}  // namespace

void register_format_string(FunctionRegistry& registry) {
  Overload overload = variadic(prepared({"string", "any"}, string_type, prepare_format_string));
  overload.optional = 1;
  overload.strict = false;
  overload.never_null = false;
  add(registry,
      {.name = "format_string",
       .aliases = {"printf"},
       .family = "string",
       .signature = "format_string(format string[, value any, ...]) -> string",
       .summary = "The values put into a format as Java's String.format has it: %s any value, %d %x %o whole "
                  "numbers, %f %e %g others, %c a "
                  "character, %b a boolean, %% a percent sign.",
       .examples = {{"format_string('Hello World %d %s', 100, 'days')", "Hello World 100 days"},
                    {"format_string('%08.3f|%,d|%-5s|%x', CAST(-3.14159 AS double), 1234567, 'ab', 255)",
                     "-003.142|1,234,567|ab   |ff"},
                    {"format_string('%2$s %1$s', 'a', NULL)", "null a"}},
       .overloads = {overload}});
}

}  // namespace weir
