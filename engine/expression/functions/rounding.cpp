// rounding.cpp — round, bround, floor, ceil, rint: exact for decimals, and for doubles by their decimal text,
// as in Spark.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "engine/data/decimal.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

constexpr const char* family = "math";

enum class Rounding : std::uint8_t { half_away, half_even, floor, ceiling };

/// value / 10^digits, rounded.
Int128 drop_digits(Int128 value, int digits, Rounding rounding) {
  if (digits <= 0) return value;
  const bool is_up = rounding == Rounding::ceiling;
  if (digits > max_precision) {
    if (is_up) return value > 0 ? 1 : 0;
    return rounding == Rounding::floor && value < 0 ? -1 : 0;
  }
  const Int128 unit = power_of_ten(digits);
  const Int128 quotient = value / unit;
  const Int128 signed_rest = value % unit;
  if (rounding == Rounding::floor) return signed_rest < 0 ? quotient - 1 : quotient;
  if (is_up) return signed_rest > 0 ? quotient + 1 : quotient;
  const Int128 rest = signed_rest < 0 ? -signed_rest : signed_rest;
  const Int128 missing = unit - rest;
  const bool is_away =
      rest > missing || (rest == missing && (rounding == Rounding::half_away || quotient % 2 != 0));
  return is_away ? quotient + (value < 0 ? -1 : 1) : quotient;
}

/// Rounds by the shortest decimal text of the double: 2.675 to two digits is 2.68, although the double is a
/// little less.
double round_by_text(double value, std::int64_t scale, Rounding rounding) {
  char text[40];
  const auto end =
      std::to_chars(text, text + sizeof text, std::fabs(value), std::chars_format::scientific).ptr;
  const std::string_view whole(text, static_cast<std::size_t>(end - text));
  const std::size_t mark = whole.find('e');
  int exponent = 0;
  const std::size_t sign = whole[mark + 1] == '+' ? 1 : 0;
  std::from_chars(whole.data() + mark + 1 + sign, end, exponent);
  Int128 digits = 0;
  int count = 0;
  for (const char c : whole.substr(0, mark)) {
    if (c == '.') continue;
    digits = digits * 10 + (c - '0');
    ++count;
  }
  const std::int64_t digits_behind_point = count - 1 - exponent;
  if (digits_behind_point <= scale) return value;
  const std::int64_t dropped = digits_behind_point - scale;
  const Int128 rounded =
      drop_digits(digits, static_cast<int>(std::min<std::int64_t>(dropped, max_precision + 1)), rounding);
  const std::string made = fmt::format("{}e{}", decimal_to_string(rounded, 0), -scale);
  double result = 0;
  std::from_chars(made.data(), made.data() + made.size(), result);
  return std::copysign(result, value);
}

double round_double(double value, std::int64_t scale, Rounding rounding) {
  constexpr double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11};
  if (!std::isfinite(value) || value == 0 || scale > 400) return value;
  if (scale < -400) return std::copysign(0.0, value);
  if (scale < 0 || scale > 11) return round_by_text(value, scale, rounding);
  const double power = powers[scale];
  const double scaled = std::fabs(value) * power;
  const double whole = std::floor(scaled);
  const double rest = scaled - whole;
  // Far enough from the middle, and small enough that the multiplication cannot have moved it there.
  if (scaled > 1e12 || std::fabs(rest - 0.5) < 1e-3) return round_by_text(value, scale, rounding);
  return std::copysign((rest > 0.5 ? whole + 1 : whole) / power, value);
}

template <typename T>
void round_integer(RowOutput& output, T value, std::int64_t scale, Rounding rounding) {
  if (scale >= 0) return output.set(value);
  if (scale < -max_precision) return output.set<T>(0);
  const int digits = static_cast<int>(-scale);
  const Int128 rounded = drop_digits(value, digits, rounding);
  const Int128 result = rounded == 0 ? Int128{0} : rounded * power_of_ten(digits);
  if (result < std::numeric_limits<T>::min() || result > std::numeric_limits<T>::max()) {
    return output.error("overflow", fmt::format("too large to be rounded: {}", value));
  }
  output.set(static_cast<T>(result));
}

/// Spark's type: one digit more before the point, and no more digits behind it than asked for.
Type rounded_decimal(const Type& type, std::int64_t scale) {
  const int whole_digits = type.precision - type.scale + 1;
  if (scale < 0) {
    const auto wanted = std::max<std::int64_t>(whole_digits, -scale + 1);
    return decimal_type(static_cast<std::uint8_t>(std::min<std::int64_t>(wanted, max_precision)), 0);
  }
  const int kept = static_cast<int>(std::min<std::int64_t>(type.scale, scale));
  return decimal_type(static_cast<std::uint8_t>(std::min(whole_digits + kept, max_precision)),
                      static_cast<std::uint8_t>(kept));
}

void round_decimal(RowOutput& output, Int128 value, const Type& from, const Type& to, std::int64_t scale,
                   Rounding rounding) {
  Int128 rounded = drop_digits(
      value, static_cast<int>(std::min<std::int64_t>(from.scale - scale, max_precision + 1)), rounding);
  if (scale < 0 && rounded != 0) {
    const std::optional<Int128> result = rescale(rounded, 0, static_cast<int>(-scale));
    if (!result.has_value())
      return output.error("overflow",
                          fmt::format("too large to be rounded: {}", decimal_to_string(value, from.scale)));
    rounded = *result;
  }
  if (!fits_precision(rounded, to.precision)) {
    return output.error("overflow",
                        fmt::format("too large to be rounded: {}", decimal_to_string(value, from.scale)));
  }
  output.set(rounded);
}

/// The scale of a call on decimals: part of the result's type, so it must be known when the expression is
/// compiled.
Result<std::int64_t> decimal_scale(const CallSite& site) {
  if (site.types.size() == 1) return std::int64_t{0};
  const auto scale = constant_integer(site, 1);
  if (scale.has_value()) return *scale;
  return call_error(
      "the scale to which a decimal is rounded must be a constant, because it is part of the result's type");
}

Overload decimal_overload(std::vector<std::string> parameters, Rounding rounding) {
  const bool has_scale = parameters.size() == 2;
  Overload overload = prepared(
      std::move(parameters), decimal_type(38, 0),
      [rounding, has_scale](const CallSite& site) -> KernelResult {
        WEIR_ASSIGN(const std::int64_t scale, decimal_scale(site));
        const auto body = [from = site.types[0], to = site.result, scale, rounding](RowOutput& output,
                                                                                    Int128 value) {
          round_decimal(output, value, from, to, scale, rounding);
        };
        if (!has_scale) return make_kernel(site.result, body);
        return make_kernel(site.result,
                           [body](RowOutput& output, Int128 value, std::int32_t) { body(output, value); });
      });
  overload.result = [](const CallSite& site) -> Result<Type> {
    WEIR_ASSIGN(const std::int64_t scale, decimal_scale(site));
    return rounded_decimal(site.types[0], scale);
  };
  return overload;
}

std::vector<Overload> round_overloads(Rounding rounding) {
  return {strict({"int"}, int32_type, [](std::int32_t value) { return value; }),
          strict({"bigint"}, int64_type, [](std::int64_t value) { return value; }),
          decimal_overload({"decimal"}, rounding),
          strict({"double"}, float64_type,
                 [rounding](double value) { return round_double(value, 0, rounding) + 0.0; }),
          strict({"int", "int"}, int32_type,
                 [rounding](RowOutput& output, std::int32_t value, std::int32_t scale) {
                   round_integer(output, value, scale, rounding);
                 }),
          strict({"bigint", "int"}, int64_type,
                 [rounding](RowOutput& output, std::int64_t value, std::int32_t scale) {
                   round_integer(output, value, scale, rounding);
                 }),
          decimal_overload({"decimal", "int"}, rounding),
          strict({"double", "int"}, float64_type, [rounding](double value, std::int32_t scale) {
            return round_double(value, scale, rounding) + 0.0;
          })};
}

void to_whole(RowOutput& output, double value, Rounding rounding) {
  const double whole = rounding == Rounding::floor ? std::floor(value) : std::ceil(value);
  if (!(whole >= -0x1p63 && whole < 0x1p63))
    return output.error("overflow", fmt::format("too large for bigint: {}", value));
  output.set(static_cast<std::int64_t>(whole));
}

/// By the decimal text, as round: floor(0.3, 1) is 0.3, although the double is a little less.
double round_towards(double value, std::int64_t scale, Rounding rounding) {
  if (!std::isfinite(value) || value == 0 || scale > 400) return value;
  const bool is_to_zero = (rounding == Rounding::floor) == (value > 0);
  return round_by_text(value, std::max<std::int64_t>(scale, -400),
                       is_to_zero ? Rounding::floor : Rounding::ceiling) +
         0.0;
}

std::vector<Overload> whole_overloads(Rounding rounding) {
  return {strict({"bigint"}, int64_type, [](std::int64_t value) { return value; }),
          decimal_overload({"decimal"}, rounding),
          strict({"double"}, int64_type,
                 [rounding](RowOutput& output, double value) { to_whole(output, value, rounding); }),
          decimal_overload({"decimal", "int"}, rounding),
          strict({"double", "int"}, float64_type, [rounding](double value, std::int32_t scale) {
            return round_towards(value, scale, rounding);
          })};
}

}  // namespace

void register_rounding(FunctionRegistry& registry) {
  add(registry,
      {.name = "round",
       .family = family,
       .signature = "round(value number[, scale int]) -> number",
       .summary =
           "The value rounded to `scale` digits behind the point (0, if none is given; negative rounds to "
           "tens, hundreds ...); halves go away from zero.",
       .examples = {{"round(2.5, 0)", "3"},
                    {"round(-2.5)", "-3"},
                    {"round(25, -1)", "30"},
                    {"round(2.675, 2)", "2.68"},
                    {"round(CAST(2.675 AS double), 2)", "2.68"},
                    {"round(1234.5678, -2)", "1200"}},
       .overloads = round_overloads(Rounding::half_away)});
  add(registry,
      {.name = "bround",
       .family = family,
       .signature = "bround(value number[, scale int]) -> number",
       .summary = "The value rounded to `scale` digits behind the point; halves go to the even neighbour.",
       .examples = {{"bround(2.5, 0)", "2"},
                    {"bround(25, -1)", "20"},
                    {"bround(CAST(3.5 AS double))", "4.0"}},
       .overloads = round_overloads(Rounding::half_even)});
  add(registry, {.name = "floor",
                 .family = family,
                 .signature = "floor(value number[, scale int]) -> bigint (decimal of decimals; with a scale "
                              "decimal, double of doubles)",
                 .summary = "The greatest whole number, or number with `scale` digits behind the point, that "
                            "is not greater than the value.",
                 .examples = {{"floor(-0.1)", "-1"},
                              {"floor(5)", "5"},
                              {"floor(CAST(2.9 AS double))", "2"},
                              {"floor(3.1411, 3)", "3.141"},
                              {"floor(-12345, -2)", "-12400"}},
                 .overloads = whole_overloads(Rounding::floor)});
  add(registry, {.name = "ceil",
                 .aliases = {"ceiling"},
                 .family = family,
                 .signature = "ceil(value number[, scale int]) -> bigint (decimal of decimals; with a scale "
                              "decimal, double of doubles)",
                 .summary = "The smallest whole number, or number with `scale` digits behind the point, that "
                            "is not smaller than the value.",
                 .examples = {{"ceil(-0.1)", "0"},
                              {"ceil(5)", "5"},
                              {"ceil(CAST(2.1 AS double))", "3"},
                              {"ceil(3.1411, 3)", "3.142"},
                              {"ceil(-12345, -2)", "-12300"}},
                 .overloads = whole_overloads(Rounding::ceiling)});
  add(registry,
      {.name = "rint",
       .family = family,
       .signature = "rint(value double) -> double",
       .summary = "The nearest whole number as a double; halves go to the even neighbour.",
       .examples = {{"rint(12.3456)", "12.0"}, {"rint(2.5)", "2.0"}},
       .overloads = {strict({"double"}, float64_type, [](double value) { return std::nearbyint(value); })}});
}

}  // namespace weir
