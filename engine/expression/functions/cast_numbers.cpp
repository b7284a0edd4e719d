// cast_numbers.cpp — CAST between boolean, int, bigint, decimal and double.
#include <cmath>
#include <limits>

#include "engine/data/double_text.h"
#include "engine/expression/functions/cast.h"

namespace weir {
namespace {

using KernelPtr = std::unique_ptr<Kernel>;

/// The integer part where T holds it.
template <typename T>
std::optional<T> to_integer(double value) {
  // Both bounds are exact doubles; NaN fails either comparison.
  constexpr double least = static_cast<double>(std::numeric_limits<T>::min());
  const double whole = std::trunc(value);
  if (!(whole >= least && whole < -least)) return std::nullopt;
  return static_cast<T>(whole);
}

template <typename T>
std::optional<T> to_integer(Int128 value) {
  if (value < std::numeric_limits<T>::min() || value > std::numeric_limits<T>::max()) return std::nullopt;
  return static_cast<T>(value);
}

template <typename From>
KernelPtr to_boolean(const CastRequest& request) {
  return make_kernel(request.to, [](From value) { return value != 0; });
}

KernelPtr from_boolean(const CastRequest& request) {
  switch (request.to.kind) {
    case TypeKind::int32:
      return make_kernel(request.to, [](bool value) { return std::int32_t{value}; });
    case TypeKind::int64:
      return make_kernel(request.to, [](bool value) { return std::int64_t{value}; });
    case TypeKind::float64:
      return make_kernel(request.to, [](bool value) { return value ? 1.0 : 0.0; });
    case TypeKind::decimal:
      break;
    default:
      return nullptr;
  }
  return make_kernel(request.to, [to = request.to, failure = request.failure()](RowOutput& out, bool value) {
    const auto scaled = rescale(value ? 1 : 0, 0, to.scale);
    if (scaled && fits_precision(*scaled, to.precision)) return out.set(*scaled);
    failure.too_large(out, "1");
  });
}

template <typename From>
KernelPtr integer_to_decimal(const CastRequest& request) {
  const Type to = request.to;
  const Int128 factor = power_of_ten(to.scale);
  // All values fit: 10 or 19 digits before the point.
  if (to.precision - to.scale >= std::numeric_limits<From>::digits10 + 1) {
    return make_kernel(to, [factor](From value) { return static_cast<Int128>(value) * factor; });
  }
  return make_kernel(to, [to, failure = request.failure()](RowOutput& out, From value) {
    const auto scaled = rescale(value, 0, to.scale);
    if (scaled && fits_precision(*scaled, to.precision)) return out.set(*scaled);
    failure.too_large(out, std::to_string(value));
  });
}

template <typename From>
KernelPtr from_integer(const CastRequest& request) {
  switch (request.to.kind) {
    case TypeKind::boolean:
      return to_boolean<From>(request);
    case TypeKind::int64:
      return make_kernel(request.to, [](From value) { return static_cast<std::int64_t>(value); });
    case TypeKind::float64:
      return make_kernel(request.to, [](From value) { return static_cast<double>(value); });
    case TypeKind::decimal:
      return integer_to_decimal<From>(request);
    case TypeKind::int32:
      break;
    default:
      return nullptr;
  }
  return make_kernel(request.to, [failure = request.failure()](RowOutput& out, From value) {
    const auto narrow = static_cast<std::int32_t>(value);
    if (narrow == value) return out.set(narrow);
    failure.too_large(out, std::to_string(value));
  });
}

template <typename To>
KernelPtr double_to_integer(const CastRequest& request) {
  return make_kernel(request.to, [failure = request.failure()](RowOutput& out, double value) {
    if (const auto whole = to_integer<To>(value)) return out.set(*whole);
    failure.too_large(out, double_to_string(value));
  });
}

KernelPtr from_double(const CastRequest& request) {
  switch (request.to.kind) {
    case TypeKind::boolean:
      return to_boolean<double>(request);
    case TypeKind::int32:
      return double_to_integer<std::int32_t>(request);
    case TypeKind::int64:
      return double_to_integer<std::int64_t>(request);
    case TypeKind::decimal:
      break;
    default:
      return nullptr;
  }
  return make_kernel(request.to,
                     [to = request.to, failure = request.failure()](RowOutput& out, double value) {
                       if (std::isfinite(value)) {
                         if (const auto exact = decimal_from_double(value, to.precision, to.scale))
                           return out.set(*exact);
                       }
                       failure.too_large(out, double_to_string(value));
                     });
}

template <typename To>
KernelPtr decimal_to_integer(const CastRequest& request) {
  const int scale = request.from.scale;
  const Int128 unit = power_of_ten(scale);
  return make_kernel(request.to, [=, failure = request.failure()](RowOutput& out, Int128 value) {
    if (const auto whole = to_integer<To>(static_cast<Int128>(value / unit))) return out.set(*whole);
    failure.too_large(out, decimal_to_string(value, scale));
  });
}

KernelPtr decimal_to_decimal(const CastRequest& request) {
  const Type from = request.from;
  const Type to = request.to;
  const bool keeps_all = to.scale >= from.scale && to.precision - to.scale >= from.precision - from.scale;
  if (keeps_all) {
    const auto factor = static_cast<UInt128>(power_of_ten(to.scale - from.scale));
    return make_kernel(
        to, [factor](Int128 value) { return static_cast<Int128>(static_cast<UInt128>(value) * factor); });
  }
  return make_kernel(to, [=, failure = request.failure()](RowOutput& out, Int128 value) {
    const auto scaled = rescale(value, from.scale, to.scale);
    if (scaled && fits_precision(*scaled, to.precision)) return out.set(*scaled);
    failure.too_large(out, decimal_to_string(value, from.scale));
  });
}

KernelPtr from_decimal(const CastRequest& request) {
  switch (request.to.kind) {
    case TypeKind::boolean:
      return to_boolean<Int128>(request);
    case TypeKind::int32:
      return decimal_to_integer<std::int32_t>(request);
    case TypeKind::int64:
      return decimal_to_integer<std::int64_t>(request);
    case TypeKind::decimal:
      return decimal_to_decimal(request);
    case TypeKind::float64:
      break;
    default:
      return nullptr;
  }
  return make_kernel(request.to,
                     [scale = request.from.scale](Int128 value) { return decimal_to_double(value, scale); });
}

}  // namespace

std::unique_ptr<Kernel> cast_number_to_number(const CastRequest& request) {
  switch (request.from.kind) {
    case TypeKind::boolean:
      return from_boolean(request);
    case TypeKind::int32:
      return from_integer<std::int32_t>(request);
    case TypeKind::int64:
      return from_integer<std::int64_t>(request);
    case TypeKind::float64:
      return from_double(request);
    case TypeKind::decimal:
      return from_decimal(request);
    default:
      return nullptr;
  }
}

}  // namespace weir
