// operators_decimal.cpp — + - * / % on decimals, exact, with Spark's result types.
#include <fmt/format.h>

#include "engine/expression/functions/decimal_arithmetic.h"
#include "engine/expression/functions/kernels.h"
#include "engine/expression/functions/operators_arithmetic.h"

namespace weir {
namespace {

/// Arithmetic modulo 2^128: what stands in NULL rows may overflow, values cannot.
Int128 wrapping(UInt128 value) { return static_cast<Int128>(value); }
UInt128 bits(Int128 value) { return static_cast<UInt128>(value); }

/// The result type has room for every exact result, so nothing can overflow.
bool has_room(const CallSite& site, int precision) {
  return precision <= max_precision && site.result.precision == precision;
}

void set_checked(RowOutput& out, const std::optional<Int128>& value, const Type& type,
                 const char* operation) {
  if (value && fits_precision(*value, type.precision)) return out.set(*value);
  out.error("overflow", fmt::format("the {} is too large for {}", operation, to_string(type)));
}

KernelResult prepare_sum(const CallSite& site, bool is_difference) {
  const int scale_a = site.types[0].scale;
  const int scale_b = site.types[1].scale;
  const Type type = site.result;
  const int scale = std::max(scale_a, scale_b);
  const int whole = std::max(site.types[0].precision - scale_a, site.types[1].precision - scale_b);
  if (has_room(site, whole + scale + 1)) {
    const UInt128 factor_a = bits(power_of_ten(scale - scale_a));
    const UInt128 factor_b =
        is_difference ? -bits(power_of_ten(scale - scale_b)) : bits(power_of_ten(scale - scale_b));
    return make_kernel(type,
                       [=](Int128 a, Int128 b) { return wrapping(bits(a) * factor_a + bits(b) * factor_b); });
  }
  return make_kernel(type, [=](RowOutput& out, Int128 a, Int128 b) {
    const Int128 second = is_difference ? wrapping(-bits(b)) : b;
    set_checked(out, add_decimals(a, scale_a, second, scale_b, type.scale), type,
                is_difference ? "difference" : "sum");
  });
}

KernelResult prepare_product(const CallSite& site) {
  const int scale_a = site.types[0].scale;
  const int scale_b = site.types[1].scale;
  const Type type = site.result;
  if (has_room(site, site.types[0].precision + site.types[1].precision + 1)) {
    return make_kernel(type, [](Int128 a, Int128 b) { return wrapping(bits(a) * bits(b)); });
  }
  return make_kernel(type, [=](RowOutput& out, Int128 a, Int128 b) {
    set_checked(out, multiply(a, scale_a, b, scale_b, type.scale), type, "product");
  });
}

void set_division_by_zero(RowOutput& out, Int128 dividend, int scale, char symbol) {
  out.error("division_by_zero",
            fmt::format("division by zero: {} {} 0", decimal_to_string(dividend, scale), symbol));
}

KernelResult prepare_quotient(const CallSite& site) {
  const int scale_a = site.types[0].scale;
  const int scale_b = site.types[1].scale;
  const Type type = site.result;
  return make_kernel(type, [=](RowOutput& out, Int128 a, Int128 b) {
    if (b == 0) return set_division_by_zero(out, a, scale_a, '/');
    set_checked(out, divide(a, scale_a, b, scale_b, type.scale), type, "quotient");
  });
}

KernelResult prepare_remainder(const CallSite& site) {
  const int scale_a = site.types[0].scale;
  const int scale_b = site.types[1].scale;
  const Type type = site.result;
  return make_kernel(type, [=](RowOutput& out, Int128 a, Int128 b) {
    if (b == 0) return set_division_by_zero(out, a, scale_a, '%');
    auto value = decimal_remainder(a, scale_a, b, scale_b);
    if (value) value = rescale(*value, std::max(scale_a, scale_b), type.scale);
    set_checked(out, value, type, "remainder");
  });
}

}  // namespace

void append_decimal_overloads(char symbol, std::vector<Overload>& overloads) {
  using TypeRule = Type (*)(const Type&, const Type&);
  TypeRule rule = decimal_sum_type;
  Overload overload;
  overload.parameters = {"decimal", "decimal"};
  overload.never_null = true;
  switch (symbol) {
    case '+':
      overload.prepare = [](const CallSite& site) { return prepare_sum(site, false); };
      break;
    case '-':
      overload.prepare = [](const CallSite& site) { return prepare_sum(site, true); };
      break;
    case '*':
      overload.prepare = prepare_product, rule = decimal_product_type;
      break;
    case '/':
      overload.prepare = prepare_quotient, rule = decimal_quotient_type;
      break;
    default:
      overload.prepare = prepare_remainder, rule = decimal_remainder_type;
  }
  overload.result = [rule](const CallSite& site) -> Result<Type> {
    return rule(site.types[0], site.types[1]);
  };
  overloads.push_back(std::move(overload));
}

}  // namespace weir
