// math.cpp — functions of numbers: abs, sign, sqrt, power, logarithms, pmod, bits.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

constexpr const char* family = "math";

template <typename T>
void absolute(RowOutput& output, T value) {
  if constexpr (std::is_integral_v<T>) {
    if (value == std::numeric_limits<T>::min())
      return output.error("overflow", fmt::format("abs: out of range: {}", value));
  }
  output.set(value < 0 ? static_cast<T>(-value) : value);
}

/// An overload for decimals whose result has the type of its (only) argument.
template <typename Body>
Overload same_decimal(std::size_t arguments, Body body) {
  Overload overload =
      prepared(std::vector<std::string>(arguments, "decimal"), decimal_type(38, 0),
               [body](const CallSite& site) -> KernelResult { return make_kernel(site.result, body); });
  overload.result = [](const CallSite& site) -> Result<Type> { return site.types[0]; };
  return overload;
}

void register_signs(FunctionRegistry& registry) {
  add(registry,
      {.name = "abs",
       .family = family,
       .signature = "abs(value number) -> the type of value",
       .summary = "The value without its sign.",
       .examples = {{"abs(-1)", "1"}, {"abs(-2.50)", "2.50"}, {"abs(CAST(-0.5 AS double))", "0.5"}},
       .overloads = {strict({"int"}, int32_type,
                            [](RowOutput& output, std::int32_t value) { absolute(output, value); }),
                     strict({"bigint"}, int64_type,
                            [](RowOutput& output, std::int64_t value) { absolute(output, value); }),
                     same_decimal(1, [](Int128 value) { return value < 0 ? -value : value; }),
                     strict({"double"}, float64_type, [](double value) { return std::fabs(value); })}});
  const auto of_decimal = [](Int128 value) { return value > 0 ? 1.0 : value < 0 ? -1.0 : 0.0; };
  add(registry, {.name = "sign",
                 .aliases = {"signum"},
                 .family = family,
                 .signature = "sign(value number) -> double",
                 .summary = "-1.0, 0.0 or 1.0 as the value is negative, zero or positive.",
                 .examples = {{"sign(40)", "1.0"}, {"sign(-0.5)", "-1.0"}},
                 .overloads = {strict({"decimal"}, float64_type, of_decimal),
                               strict({"double"}, float64_type, [](double value) {
                                 return value > 0 ? 1.0 : value < 0 ? -1.0 : value;
                               })}});
}

/// positive(a) and negative(a), Spark's names for the signs before a value.
void register_sign_operators(FunctionRegistry& registry) {
  const Function* opposite = registry.find("negate");
  WEIR_CHECK(opposite != nullptr, "operators are registered before the functions of numbers");
  add(registry, {.name = "negative",
                 .family = family,
                 .signature = "negative(value number or interval) -> the type of value",
                 .summary = "The opposite number: -value.",
                 .examples = {{"negative(1)", "-1"}, {"negative(-2.50)", "2.50"}},
                 .overloads = opposite->overloads});
  add(registry, {.name = "positive",
                 .family = family,
                 .signature = "positive(value number) -> the type of value",
                 .summary = "The value itself.",
                 .examples = {{"positive(1)", "1"}, {"positive(-2.50)", "-2.50"}},
                 .overloads = {strict({"int"}, int32_type, [](std::int32_t value) { return value; }),
                               strict({"bigint"}, int64_type, [](std::int64_t value) { return value; }),
                               same_decimal(1, [](Int128 value) { return value; }),
                               strict({"double"}, float64_type, [](double value) { return value; })}});
}

template <typename T>
void positive_remainder(RowOutput& output, T value, T divisor) {
  if (divisor == 0) return output.error("division_by_zero", "division by zero: pmod");
  if (divisor == -1) return output.set<T>(0);  // the machine traps on the smallest integer
  const T rest = value % divisor;
  output.set(rest < 0 && divisor > 0 ? static_cast<T>(rest + divisor) : rest);
}

void positive_remainder_of_doubles(RowOutput& output, double value, double divisor) {
  if (divisor == 0) return output.error("division_by_zero", "division by zero: pmod");
  const double rest = std::fmod(value, divisor);
  // A rest close to zero plus the divisor may round to the divisor.
  output.set(rest < 0 ? std::fmod(rest + divisor, divisor) : rest);
}

KernelResult positive_remainder_of_decimals(const CallSite& site) {
  const int left = site.types[0].scale;
  const int right = site.types[1].scale;
  const int scale = site.result.scale;
  return make_kernel(site.result, [left, right, scale](RowOutput& output, Int128 value, Int128 divisor) {
    const std::optional<Int128> a = rescale(value, left, scale);
    const std::optional<Int128> b = rescale(divisor, right, scale);
    if (!a.has_value() || !b.has_value()) return output.error("overflow", "pmod: too many digits");
    positive_remainder(output, *a, *b);
  });
}

Result<Type> type_of_decimal_remainder(const CallSite& site) {
  const Type& a = site.types[0];
  const Type& b = site.types[1];
  const int scale = std::max(a.scale, b.scale);
  const int precision =
      std::min(std::min(a.precision - a.scale, b.precision - b.scale) + scale, max_precision);
  return decimal_type(static_cast<std::uint8_t>(std::max(precision, 1)), static_cast<std::uint8_t>(scale));
}

void register_remainders(FunctionRegistry& registry) {
  const Function* remainder = registry.find("%");
  WEIR_CHECK(remainder != nullptr, "operators are registered before the functions of numbers");
  add(registry, {.name = "mod",
                 .family = family,
                 .signature = "mod(value number, divisor number) -> number",
                 .summary = "What is left of a division, with the sign of the value: value % divisor.",
                 .examples = {{"mod(7, 3)", "1"}, {"mod(-7, 3)", "-1"}},
                 .overloads = remainder->overloads});
  Overload decimals = prepared({"decimal", "decimal"}, decimal_type(38, 0), positive_remainder_of_decimals);
  decimals.result = type_of_decimal_remainder;
  add(registry,
      {.name = "pmod",
       .family = family,
       .signature = "pmod(value number, divisor number) -> number",
       .summary = "What is left of a division, never negative for a positive divisor.",
       .examples = {{"pmod(10, 3)", "1"}, {"pmod(-10, 3)", "2"}, {"pmod(-2.5, 1.0)", "0.5"}},
       .overloads = {
           strict(
               {"int", "int"}, int32_type,
               [](RowOutput& output, std::int32_t a, std::int32_t b) { positive_remainder(output, a, b); }),
           strict(
               {"bigint", "bigint"}, int64_type,
               [](RowOutput& output, std::int64_t a, std::int64_t b) { positive_remainder(output, a, b); }),
           decimals, strict({"double", "double"}, float64_type, [](RowOutput& output, double a, double b) {
             positive_remainder_of_doubles(output, a, b);
           })}});
}

using OneArgument = double (*)(double);

void add_real_function(FunctionRegistry& registry, const char* name, std::vector<std::string> aliases,
                       OneArgument body, const char* summary, FunctionExample example) {
  add(registry,
      {.name = name,
       .aliases = std::move(aliases),
       .family = family,
       .signature = fmt::format("{}(value double) -> double", name),
       .summary = summary,
       .examples = {std::move(example)},
       .overloads = {strict({"double"}, float64_type, [body](double value) { return body(value); })}});
}

/// Logarithms are NULL where they are not defined, as in Spark: for `value` at or below `bound`.
void add_logarithm(FunctionRegistry& registry, const char* name, OneArgument body, double bound,
                   const char* summary, FunctionExample example) {
  add(registry, {.name = name,
                 .family = family,
                 .signature = fmt::format("{}(value double) -> double", name),
                 .summary = summary,
                 .examples = {std::move(example), {fmt::format("{}(-1)", name), "NULL"}},
                 .overloads = {nullable(
                     strict({"double"}, float64_type, [body, bound](RowOutput& output, double value) {
                       if (value <= bound) return output.null();
                       output.set(body(value));
                     }))}});
}

/// The C library's root may be off by one digit (of 27, for one); one step of Newton's method puts it right.
double cube_root(double value) {
  const double root = std::cbrt(value);
  if (root == 0 || !std::isfinite(root)) return root;
  const double better = root - (root * root * root - value) / (3 * root * root);
  return std::isfinite(better) ? better : root;  // the cube of the largest doubles' root is infinite
}

void register_powers(FunctionRegistry& registry) {
  add_real_function(registry, "sqrt", {}, std::sqrt, "The square root; NaN for negative numbers.",
                    {"sqrt(4)", "2.0"});
  add_real_function(registry, "cbrt", {}, cube_root, "The cube root.", {"cbrt(27.0)", "3.0"});
  add_real_function(registry, "exp", {}, std::exp, "e to the power of the value.", {"exp(0)", "1.0"});
  add_real_function(registry, "expm1", {}, std::expm1, "exp(value) - 1, exact near 0.", {"expm1(0)", "0.0"});
  add_logarithm(registry, "ln", std::log, 0, "The natural logarithm; NULL for values that have none.",
                {"ln(1)", "0.0"});
  add_logarithm(registry, "log10", std::log10, 0, "The logarithm to base 10; NULL for values that have none.",
                {"log10(1000)", "3.0"});
  add_logarithm(registry, "log2", std::log2, 0, "The logarithm to base 2; NULL for values that have none.",
                {"log2(8)", "3.0"});
  add_logarithm(registry, "log1p", std::log1p, -1,
                "ln(1 + value), exact near 0; NULL for values that have none.", {"log1p(0)", "0.0"});
  const auto natural = [](RowOutput& output, double value) {
    value <= 0 ? output.null() : output.set(std::log(value));
  };
  const auto to_base = [](RowOutput& output, double base, double value) {
    base <= 0 || value <= 0 ? output.null() : output.set(std::log(value) / std::log(base));
  };
  add(registry, {.name = "log",
                 .family = family,
                 .signature = "log([base double, ]value double) -> double",
                 .summary = "The logarithm to a base (e, if none is given); NULL for values that have none.",
                 .examples = {{"log(10, 100)", "2.0"}, {"log(1)", "0.0"}, {"log(2, 0)", "NULL"}},
                 .overloads = {nullable(strict({"double"}, float64_type, natural)),
                               nullable(strict({"double", "double"}, float64_type, to_base))}});
  add(registry, {.name = "power",
                 .aliases = {"pow"},
                 .family = family,
                 .signature = "power(base double, exponent double) -> double",
                 .summary = "The base to the power of the exponent.",
                 .examples = {{"power(2, 3)", "8.0"}},
                 .overloads = {strict({"double", "double"}, float64_type, [](double base, double exponent) {
                   return std::isnan(exponent) ? exponent : std::pow(base, exponent);
                 })}});
}

void register_angles(FunctionRegistry& registry) {
  add_real_function(registry, "sin", {}, std::sin, "The sine of an angle in radians.", {"sin(0)", "0.0"});
  add_real_function(registry, "cos", {}, std::cos, "The cosine of an angle in radians.", {"cos(0)", "1.0"});
  add_real_function(registry, "tan", {}, std::tan, "The tangent of an angle in radians.", {"tan(0)", "0.0"});
  add_real_function(registry, "asin", {}, std::asin, "The angle in radians whose sine is the value.",
                    {"asin(0)", "0.0"});
  add_real_function(registry, "acos", {}, std::acos, "The angle in radians whose cosine is the value.",
                    {"acos(1)", "0.0"});
  add_real_function(registry, "atan", {}, std::atan, "The angle in radians whose tangent is the value.",
                    {"atan(0)", "0.0"});
  add_real_function(registry, "degrees", {},
                    [](double radians) { return radians * (180 / std::numbers::pi); },
                    "An angle in radians as degrees.", {"degrees(3.141592653589793)", "180.0"});
  add_real_function(registry, "radians", {},
                    [](double degrees) { return degrees * (std::numbers::pi / 180); },
                    "An angle in degrees as radians.", {"radians(180)", "3.141592653589793"});
  add(registry, {.name = "atan2",
                 .family = family,
                 .signature = "atan2(y double, x double) -> double",
                 .summary = "The angle in radians between the x axis and the point (x, y).",
                 .examples = {{"atan2(0, 1)", "0.0"}},
                 .overloads = {strict({"double", "double"}, float64_type,
                                      [](double y, double x) { return std::atan2(y + 0.0, x + 0.0); })}});
  add(registry, {.name = "hypot",
                 .family = family,
                 .signature = "hypot(a double, b double) -> double",
                 .summary = "The length of the long side of a right triangle with the short sides a and b.",
                 .examples = {{"hypot(3, 4)", "5.0"}},
                 .overloads = {strict({"double", "double"}, float64_type,
                                      [](double a, double b) { return std::hypot(a, b); })}});
  const auto constant = [](double value) {
    return prepared({}, float64_type, [value](const CallSite&) -> KernelResult {
      return make_kernel(float64_type, [value]() { return value; });
    });
  };
  add(registry, {.name = "pi",
                 .family = family,
                 .signature = "pi() -> double",
                 .summary = "The circle's constant.",
                 .examples = {{"pi()", "3.141592653589793"}},
                 .overloads = {constant(std::numbers::pi)}});
  add(registry, {.name = "e",
                 .family = family,
                 .signature = "e() -> double",
                 .summary = "The base of the natural logarithm.",
                 .examples = {{"e()", "2.718281828459045"}},
                 .overloads = {constant(std::numbers::e)}});
}

}  // namespace

void register_math(FunctionRegistry& registry) {
  register_signs(registry);
  register_sign_operators(registry);
  register_remainders(registry);
  register_powers(registry);
  register_angles(registry);
}

}  // namespace weir
