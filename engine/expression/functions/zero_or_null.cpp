// zero_or_null.cpp — zeroifnull and nullifzero: zeros and NULLs for each other.
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

constexpr const char* family = "conditional";

bool is_zero(const Column& column, std::uint32_t row) {
  switch (column.type.kind) {
    case TypeKind::int32:
      return column.at<std::int32_t>(row) == 0;
    case TypeKind::int64:
      return column.at<std::int64_t>(row) == 0;
    case TypeKind::decimal:
      return column.at<Int128>(row) == 0;
    default:
      return column.at<double>(row) == 0;
  }
}

void set_zero(const Type& type, std::uint32_t row, ColumnWriter& writer) {
  switch (type.kind) {
    case TypeKind::int32:
      return writer.set(row, std::int32_t{0});
    case TypeKind::int64:
      return writer.set(row, std::int64_t{0});
    case TypeKind::decimal:
      return writer.set(row, Int128{0});
    default:
      return writer.set(row, 0.0);
  }
}

class ZeroIfNull final : public Kernel {
 public:
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Column& values = arguments[0];
    if (values.validity == nullptr) return values;
    ColumnWriter writer(values.type, context.rows, context.arena);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      const bool is_error = values.errors != nullptr && values.errors->find(row & values.row_mask) != nullptr;
      values.is_null(row) && !is_error ? set_zero(values.type, row, writer)
                                       : writer.copy_from(row, values, row);
    }
    return writer.finish();
  }
};

class NullIfZero final : public Kernel {
 public:
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Column& values = arguments[0];
    ColumnWriter writer(values.type, context.rows, context.arena);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      !values.is_null(row) && is_zero(values, row) ? writer.set_null(row)
                                                   : writer.copy_from(row, values, row);
    }
    return writer.finish();
  }
};

template <typename KernelClass>
Overload of_number(bool never_null) {
  Overload overload = prepared({"number"}, null_type,
                               [](const CallSite&) -> KernelResult { return kernel_of<KernelClass>(); });
  overload.result = [](const CallSite& site) -> Result<Type> { return site.types[0]; };
  overload.strict = false;
  overload.never_null = never_null;
  return overload;
}

}  // namespace

void register_zero_or_null(FunctionRegistry& registry) {
  add(registry, {.name = "zeroifnull",
                 .family = family,
                 .signature = "zeroifnull(value number) -> the type of value",
                 .summary = "The value, or 0 where it is NULL.",
                 .examples = {{"zeroifnull(NULL)", "0.0"}, {"zeroifnull(2.50)", "2.50"}},
                 .overloads = {of_number<ZeroIfNull>(true)}});
  add(registry, {.name = "nullifzero",
                 .family = family,
                 .signature = "nullifzero(value number) -> the type of value",
                 .summary = "The value, or NULL where it is 0.",
                 .examples = {{"nullifzero(0)", "NULL"}, {"nullifzero(2.50)", "2.50"}},
                 .overloads = {of_number<NullIfZero>(false)}});
}

}  // namespace weir
