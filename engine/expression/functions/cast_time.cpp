// cast_time.cpp — CAST between date, timestamp and numbers; a timestamp as a number is seconds since 1970.
#include <cmath>

#include "engine/data/calendar.h"
#include "engine/data/double_text.h"
#include "engine/expression/functions/cast.h"

namespace weir {
namespace {

using KernelPtr = std::unique_ptr<Kernel>;

constexpr int microsecond_scale = 6;

std::int64_t whole_seconds(std::int64_t microseconds) {
  const std::int64_t quotient = microseconds / microseconds_per_second;
  return microseconds % microseconds_per_second < 0 ? quotient - 1 : quotient;
}

template <typename From>
KernelPtr seconds_to_timestamp(const CastRequest& request) {
  return make_kernel(request.to, [failure = request.failure()](RowOutput& out, From seconds) {
    std::int64_t microseconds = 0;
    if (!__builtin_mul_overflow(std::int64_t{seconds}, microseconds_per_second, &microseconds))
      return out.set(microseconds);
    failure.too_large(out, std::to_string(seconds));
  });
}

KernelPtr double_to_timestamp(const CastRequest& request) {
  return make_kernel(request.to, [failure = request.failure()](RowOutput& out, double seconds) {
    const double microseconds = std::trunc(seconds * 1e6);
    constexpr double bound = 9223372036854775808.0;
    if (microseconds >= -bound && microseconds < bound)
      return out.set(static_cast<std::int64_t>(microseconds));
    failure.too_large(out, double_to_string(seconds));
  });
}

KernelPtr decimal_to_timestamp(const CastRequest& request) {
  const int scale = request.from.scale;
  return make_kernel(request.to, [=, failure = request.failure()](RowOutput& out, Int128 seconds) {
    Int128 microseconds = 0;
    bool fits = true;
    if (scale <= microsecond_scale) {
      fits = !__builtin_mul_overflow(seconds, power_of_ten(microsecond_scale - scale), &microseconds);
    } else {
      microseconds = seconds / power_of_ten(scale - microsecond_scale);
    }
    const auto narrow = static_cast<std::int64_t>(microseconds);
    if (fits && narrow == microseconds) return out.set(narrow);
    failure.too_large(out, decimal_to_string(seconds, scale));
  });
}

KernelPtr to_timestamp(const CastRequest& request) {
  switch (request.from.kind) {
    case TypeKind::date:
      return make_kernel(request.to,
                         [](std::int32_t days) { return std::int64_t{days} * microseconds_per_day; });
    case TypeKind::int32:
      return seconds_to_timestamp<std::int32_t>(request);
    case TypeKind::int64:
      return seconds_to_timestamp<std::int64_t>(request);
    case TypeKind::float64:
      return double_to_timestamp(request);
    case TypeKind::decimal:
      return decimal_to_timestamp(request);
    default:
      return nullptr;
  }
}

KernelPtr timestamp_to_int(const CastRequest& request) {
  return make_kernel(request.to, [failure = request.failure()](RowOutput& out, std::int64_t microseconds) {
    const std::int64_t seconds = whole_seconds(microseconds);
    const auto narrow = static_cast<std::int32_t>(seconds);
    if (narrow == seconds) return out.set(narrow);
    failure.too_large(out, std::to_string(seconds));
  });
}

KernelPtr timestamp_to_decimal(const CastRequest& request) {
  return make_kernel(
      request.to, [to = request.to, failure = request.failure()](RowOutput& out, std::int64_t microseconds) {
        const auto scaled = rescale(microseconds, microsecond_scale, to.scale);
        if (scaled && fits_precision(*scaled, to.precision)) return out.set(*scaled);
        failure.too_large(out, decimal_to_string(microseconds, microsecond_scale));
      });
}

KernelPtr from_timestamp(const CastRequest& request) {
  switch (request.to.kind) {
    case TypeKind::date:
      return make_kernel(request.to,
                         [](std::int64_t microseconds) { return days_of_timestamp(microseconds); });
    case TypeKind::int32:
      return timestamp_to_int(request);
    case TypeKind::int64:
      return make_kernel(request.to, [](std::int64_t microseconds) { return whole_seconds(microseconds); });
    case TypeKind::float64:
      return make_kernel(request.to,
                         [](std::int64_t microseconds) { return static_cast<double>(microseconds) / 1e6; });
    case TypeKind::decimal:
      return timestamp_to_decimal(request);
    default:
      return nullptr;
  }
}

}  // namespace

std::unique_ptr<Kernel> cast_time(const CastRequest& request) {
  if (request.to.kind == TypeKind::timestamp) return to_timestamp(request);
  return request.from.kind == TypeKind::timestamp ? from_timestamp(request) : nullptr;
}

}  // namespace weir
