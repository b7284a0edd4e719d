// integers.cpp — integers as bits and digits: bin, conv, bit_count, shiftleft, factorial ...
#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

constexpr const char* family = "math";

void binary_digits(RowOutput& output, std::int64_t value) {
  char* const out = output.room(64);
  output.finish(std::to_chars(out, out + 64, static_cast<std::uint64_t>(value), 2).ptr);
}

/// What conv reads: the digits that are good in the base, up to the first that is not.
struct Digits {
  std::uint64_t value = 0;
  bool is_negative = false;
  bool is_too_large = false;
};

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'z' ? lower - 'a' + 10 : 99;
}

Digits read_digits(std::string_view text, std::int64_t base) {
  Digits digits;
  digits.is_negative = text.front() == '-';
  if (digits.is_negative) text.remove_prefix(1);
  for (const char c : text) {
    const int digit = digit_of(c);
    if (digit >= base) break;
    digits.is_too_large |=
        __builtin_mul_overflow(digits.value, static_cast<std::uint64_t>(base), &digits.value);
    digits.is_too_large |=
        __builtin_add_overflow(digits.value, static_cast<std::uint64_t>(digit), &digits.value);
  }
  return digits;
}

/// Numbers are unsigned 64-bit ones unless the target base is negative, as in Spark (and MySQL).
void convert_base(RowOutput& output, std::string_view text, std::int64_t from, std::int64_t to) {
  const std::int64_t target = to < 0 ? -to : to;
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  if (from < 2 || from > 36 || target < 2 || target > 36 || text.empty()) return output.null();
  Digits digits = read_digits(text, from);
  if (digits.is_too_large)
    return output.error("overflow", fmt::format("conv: too large: {}", text.substr(0, 100)));
  if (digits.is_negative) digits.value = 0 - digits.value;
  char made[70];
  char* start = made;
  if (to < 0 && static_cast<std::int64_t>(digits.value) < 0) {
    *start++ = '-';
    digits.value = 0 - digits.value;
  }
  const char* end = std::to_chars(start, made + sizeof made, digits.value, static_cast<int>(target)).ptr;
  for (char* c = start; c != end; ++c) *c = *c >= 'a' ? static_cast<char>(*c ^ 0x20) : *c;
  output.text({made, static_cast<std::size_t>(end - made)});
}

void factorial(RowOutput& output, std::int64_t value) {
  if (value < 0 || value > 20) return output.null();
  std::int64_t product = 1;
  for (std::int64_t i = 2; i <= value; ++i) product *= i;
  output.set(product);
}

void width_bucket(RowOutput& output, double value, double low, double high, std::int64_t count) {
  constexpr double largest = 9.2e18;  // that surely fits a bigint
  const bool is_defined = count > 0 && static_cast<double>(count) < largest && low != high &&
                          std::isfinite(low) && std::isfinite(high) && !std::isnan(value);
  if (!is_defined) return output.null();
  const bool is_rising = low < high;
  if (is_rising ? value < low : value > low) return output.set<std::int64_t>(0);
  if (is_rising ? value >= high : value <= high) return output.set<std::int64_t>(count + 1);
  const double part = static_cast<double>(count) * (value - low) / (high - low);
  if (!(part >= 0 && part < largest)) return output.null();
  output.set(static_cast<std::int64_t>(part) + 1);
}

/// The bit counted from the lowest, 0. `bits` is the width of the value's type.
void put_bit(RowOutput& output, std::int64_t value, std::int64_t position, std::int64_t bits) {
  if (position < 0 || position >= bits)
    return output.error("bad_argument",
                        fmt::format("bit_get: there is no bit {}: bits are 0 to {}", position, bits - 1));
  output.set(static_cast<std::int32_t>(value >> position & 1));
}

std::uint64_t magnitude(std::int64_t value) {
  return value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

void put_divisor(RowOutput& output, const char* function, std::uint64_t value) {
  if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return output.error("overflow", fmt::format("{}: too large for bigint: {}", function, value));
  output.set(static_cast<std::int64_t>(value));
}

void least_common_multiple(RowOutput& output, std::int64_t a, std::int64_t b) {
  if (a == 0 || b == 0) return output.set<std::int64_t>(0);
  const std::uint64_t part = magnitude(a) / std::gcd(magnitude(a), magnitude(b));
  std::uint64_t multiple = 0;
  if (__builtin_mul_overflow(part, magnitude(b), &multiple))
    multiple = std::numeric_limits<std::uint64_t>::max();
  put_divisor(output, "lcm", multiple);
}

void whole_quotient(RowOutput& output, std::int64_t a, std::int64_t b) {
  if (b == 0) return output.error("division_by_zero", "division by zero: div");
  if (b != -1) return output.set(a / b);
  std::int64_t opposite = 0;  // the machine traps on the smallest integer / -1
  if (__builtin_sub_overflow(std::int64_t{0}, a, &opposite))
    return output.error("overflow", fmt::format("div: too large for bigint: {} / -1", a));
  output.set(opposite);
}

/// Java's shifts look only at the low bits of the distance.
template <typename T, typename Shift>
Overload shift_overload(const char* name, Type type, Shift shift) {
  return strict({name, "bigint"}, type, [shift](T value, std::int64_t distance) {
    constexpr std::int64_t mask = sizeof(T) * 8 - 1;
    return static_cast<T>(shift(value, static_cast<int>(distance & mask)));
  });
}

template <typename Shift>
void add_shift(FunctionRegistry& registry, const char* name, const char* summary, FunctionExample example,
               Shift shift) {
  add(registry,
      {.name = name,
       .family = family,
       .signature = fmt::format("{}(value int or bigint, distance bigint) -> the type of value", name),
       .summary = summary,
       .examples = {std::move(example)},
       .overloads = {shift_overload<std::int32_t>("int", int32_type, shift),
                     shift_overload<std::int64_t>("bigint", int64_type, shift)}});
}

void register_bits(FunctionRegistry& registry) {
  add(registry, {.name = "bin",
                 .family = family,
                 .signature = "bin(value bigint) -> string",
                 .summary = "The binary digits of the value.",
                 .examples = {{"bin(13)", "1101"}, {"length(bin(-13))", "64"}},
                 .overloads = {strict({"bigint"}, string_type, [](RowOutput& output, std::int64_t value) {
                   binary_digits(output, value);
                 })}});
  add(registry, {.name = "bit_count",
                 .family = family,
                 .signature = "bit_count(value bigint) -> int",
                 .summary = "How many bits of the value are 1.",
                 .examples = {{"bit_count(5)", "2"}, {"bit_count(-1)", "64"}},
                 .overloads = {strict({"bigint"}, int32_type, [](std::int64_t value) {
                   return static_cast<std::int32_t>(std::popcount(static_cast<std::uint64_t>(value)));
                 })}});
  add(registry, {.name = "bit_get",
                 .aliases = {"getbit"},
                 .family = family,
                 .signature = "bit_get(value int or bigint, position bigint) -> int",
                 .summary = "A bit of the value, 0 or 1; the lowest has position 0.",
                 .examples = {{"bit_get(11, 0)", "1"}, {"bit_get(11, 2)", "0"}, {"bit_get(-1, 31)", "1"}},
                 .overloads = {strict({"int", "bigint"}, int32_type,
                                      [](RowOutput& output, std::int32_t value, std::int64_t position) {
                                        put_bit(output, value, position, 32);
                                      }),
                               strict({"bigint", "bigint"}, int32_type,
                                      [](RowOutput& output, std::int64_t value, std::int64_t position) {
                                        put_bit(output, value, position, 64);
                                      })}});
  add_shift(registry, "shiftleft", "The value with its bits moved to the left.", {"shiftleft(2, 1)", "4"},
            [](auto value, int distance) {
              return static_cast<std::make_unsigned_t<decltype(value)>>(value) << distance;
            });
  add_shift(registry, "shiftright", "The value with its bits moved to the right, the sign kept.",
            {"shiftright(-4, 1)", "-2"}, [](auto value, int distance) { return value >> distance; });
  add_shift(registry, "shiftrightunsigned", "The value with its bits moved to the right, zeros moved in.",
            {"shiftrightunsigned(4, 1)", "2"}, [](auto value, int distance) {
              return static_cast<std::make_unsigned_t<decltype(value)>>(value) >> distance;
            });
}

void add_of_two(FunctionRegistry& registry, const char* name, const char* summary,
                std::vector<FunctionExample> examples, void (*body)(RowOutput&, std::int64_t, std::int64_t)) {
  add(registry, {.name = name,
                 .family = family,
                 .signature = fmt::format("{}(a bigint, b bigint) -> bigint", name),
                 .summary = summary,
                 .examples = std::move(examples),
                 .overloads = {strict(
                     {"bigint", "bigint"}, int64_type,
                     [body](RowOutput& output, std::int64_t a, std::int64_t b) { body(output, a, b); })}});
}

template <typename Operation>
void add_bitwise(FunctionRegistry& registry, const char* name, const char* summary, FunctionExample example,
                 Operation operation) {
  add(registry,
      {.name = name,
       .family = family,
       .signature = fmt::format("{}(a int or bigint, b int or bigint) -> the wider type", name),
       .summary = summary,
       .examples = {std::move(example)},
       .overloads = {strict({"int", "int"}, int32_type,
                            [operation](std::int32_t a, std::int32_t b) { return operation(a, b); }),
                     strict({"bigint", "bigint"}, int64_type,
                            [operation](std::int64_t a, std::int64_t b) { return operation(a, b); })}});
}

void register_bitwise(FunctionRegistry& registry) {
  add_bitwise(registry, "bitand", "The bits that are set in both; as an operator &.", {"3 & 5", "1"},
              [](auto a, auto b) { return a & b; });
  add_bitwise(registry, "bitor", "The bits that are set in one or both; as an operator |.", {"3 | 5", "7"},
              [](auto a, auto b) { return a | b; });
  add_bitwise(registry, "bitxor", "The bits that are set in just one; as an operator ^.", {"3 ^ 5", "6"},
              [](auto a, auto b) { return a ^ b; });
  add(registry, {.name = "bitnot",
                 .family = family,
                 .signature = "bitnot(value int or bigint) -> the type of value",
                 .summary = "The bits that are not set; as an operator ~.",
                 .examples = {{"~0", "-1"}, {"bitnot(5)", "-6"}},
                 .overloads = {strict({"int"}, int32_type, [](std::int32_t value) { return ~value; }),
                               strict({"bigint"}, int64_type, [](std::int64_t value) { return ~value; })}});
}

void register_divisors(FunctionRegistry& registry) {
  add_of_two(registry, "div", "The quotient cut to a whole number; as an operator DIV.",
             {{"9 DIV 4", "2"}, {"div(-9, 4)", "-2"}}, whole_quotient);
  add_of_two(registry, "gcd", "The greatest common divisor; 0 of two zeros.",
             {{"gcd(1071, 462)", "21"}, {"gcd(-4, 0)", "4"}},
             [](RowOutput& output, std::int64_t a, std::int64_t b) {
               put_divisor(output, "gcd", std::gcd(magnitude(a), magnitude(b)));
             });
  add_of_two(registry, "lcm", "The least common multiple; 0 where one is 0.",
             {{"lcm(1071, 462)", "23562"}, {"lcm(0, 3)", "0"}}, least_common_multiple);
}

}  // namespace

void register_integers(FunctionRegistry& registry) {
  register_bits(registry);
  register_bitwise(registry);
  register_divisors(registry);
  const auto of_text = [](RowOutput& output, std::string_view text, std::int64_t from, std::int64_t to) {
    convert_base(output, text, from, to);
  };
  const auto of_number = [](RowOutput& output, std::int64_t number, std::int64_t from, std::int64_t to) {
    convert_base(output, std::to_string(number), from, to);
  };
  add(registry, {.name = "conv",
                 .family = family,
                 .signature = "conv(number string or bigint, from_base bigint, to_base bigint) -> string",
                 .summary = "The digits of a number in another base (2 to 36; a negative target base gives "
                            "negative numbers a sign).",
                 .examples = {{"conv('100', 2, 10)", "4"},
                              {"conv(-10, 16, -10)", "-16"},
                              {"conv('zz', 36, 16)", "50F"}},
                 .overloads = {nullable(strict({"string", "bigint", "bigint"}, string_type, of_text)),
                               nullable(strict({"bigint", "bigint", "bigint"}, string_type, of_number))}});
  add(registry,
      {.name = "factorial",
       .family = family,
       .signature = "factorial(value bigint) -> bigint",
       .summary = "The product of the whole numbers up to the value; NULL outside 0 to 20.",
       .examples = {{"factorial(5)", "120"}, {"factorial(21)", "NULL"}},
       .overloads = {nullable(strict({"bigint"}, int64_type, [](RowOutput& output, std::int64_t value) {
         factorial(output, value);
       }))}});
  add(registry, {.name = "width_bucket",
                 .family = family,
                 .signature = "width_bucket(value double, low double, high double, count bigint) -> bigint",
                 .summary = "The number, from 1, of the one of `count` equal parts of low to high in which "
                            "the value lies; 0 or "
                            "count + 1 outside.",
                 .examples = {{"width_bucket(5.3, 0.2, 10.6, 5)", "3"},
                              {"width_bucket(-2.1, 1.3, 3.4, 3)", "0"},
                              {"width_bucket(8.1, 0.0, 5.7, 4)", "5"}},
                 .overloads = {nullable(
                     strict({"double", "double", "double", "bigint"}, int64_type,
                            [](RowOutput& output, double value, double low, double high, std::int64_t count) {
                              width_bucket(output, value, low, high, count);
                            }))}});
}

}  // namespace weir
