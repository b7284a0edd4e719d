// cast_to_text.cpp — CAST of anything to string, and between string, bytes and json.
#include <charconv>

#include "engine/data/calendar.h"
#include "engine/data/double_text.h"
#include "engine/data/utf8.h"
#include "engine/expression/functions/cast.h"
#include "engine/expression/json_text.h"

namespace weir {
namespace {

using KernelPtr = std::unique_ptr<Kernel>;

/// The same bytes under another type.
class Retype final : public Kernel {
 public:
  explicit Retype(Type to) : to_(to) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext&) const override {
    Column result = arguments[0];
    result.type = to_;
    result.errors = nullptr;
    return result;
  }

 private:
  Type to_;
};

/// The same, where the bytes are valid for the type; most often all of them are.
template <bool (*is_valid)(std::string_view)>
class CheckedRetype final : public Kernel {
 public:
  explicit CheckedRetype(const CastRequest& request) : to_(request.to), failure_(request.failure()) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Column& text = arguments[0];
    bool is_good = true;
    for (std::uint32_t row = 0; row < context.rows && is_good; ++row) {
      is_good = text.is_null(row) || is_valid(text.text_at(row));
    }
    if (is_good) return Retype(to_).evaluate(arguments, context);
    ColumnWriter writer(to_, context.rows, context.arena);
    RowOutput output(writer, arguments);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      output.move_to(row);
      if (text.is_null(row))
        output.null();
      else if (is_valid(text.text_at(row)))
        output.slice(0, text.text_at(row));
      else
        failure_.not_readable(output, text.text_at(row));
    }
    return writer.finish();
  }

 private:
  Type to_;
  CastFailure failure_;
};

template <typename Integer>
KernelPtr integer_to_string(const CastRequest& request) {
  return make_kernel(request.to, [](RowOutput& out, Integer value) {
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
    out.text({buffer, static_cast<std::size_t>(end - buffer)});
  });
}

KernelPtr date_to_text(const CastRequest& request) {
  return make_kernel(request.to, [](RowOutput& out, std::int32_t days) {
    char buffer[10];
    if (write_date(days, buffer)) return out.text({buffer, sizeof(buffer)});
    out.text(date_to_string(days));
  });
}

KernelPtr number_to_string(const CastRequest& request) {
  switch (request.from.kind) {
    case TypeKind::boolean:
      return make_kernel(request.to, [](RowOutput& out, bool value) { out.text(value ? "true" : "false"); });
    case TypeKind::int32:
      return integer_to_string<std::int32_t>(request);
    case TypeKind::int64:
      return integer_to_string<std::int64_t>(request);
    case TypeKind::float64:
      return make_kernel(request.to, [](RowOutput& out, double value) { out.text(double_to_string(value)); });
    default:
      return make_kernel(request.to, [scale = request.from.scale](RowOutput& out, Int128 value) {
        out.text(decimal_to_string(value, scale));
      });
  }
}

}  // namespace

std::unique_ptr<Kernel> cast_to_text(const CastRequest& request) {
  const TypeKind from = request.from.kind;
  if (request.to.kind == TypeKind::json) {
    return from == TypeKind::string ? std::make_unique<CheckedRetype<is_valid_json>>(request) : nullptr;
  }
  if (request.to.kind == TypeKind::bytes)
    return from == TypeKind::string ? std::make_unique<Retype>(request.to) : nullptr;
  if (request.to.kind != TypeKind::string) return nullptr;
  switch (from) {
    case TypeKind::json:
      return std::make_unique<Retype>(request.to);
    case TypeKind::bytes:
      return std::make_unique<CheckedRetype<is_valid_utf8>>(request);
    case TypeKind::date:
      return date_to_text(request);
    case TypeKind::timestamp:
      return make_kernel(request.to,
                         [](RowOutput& out, std::int64_t value) { out.text(timestamp_to_string(value)); });
    case TypeKind::interval:
      return make_kernel(
          request.to, [](RowOutput& out, Interval value) { out.text(to_text(Value{interval_type, value})); });
    default:
      return number_to_string(request);
  }
}

}  // namespace weir
