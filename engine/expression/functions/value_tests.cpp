// value_tests.cpp — what kind of value it is: isnull, isnotnull, equal_null, isnan, nanvl, typeof.
#include <cmath>

#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

constexpr const char* family = "conditional";

/// A test that never gives NULL; an error of the argument is passed on.
template <typename Test>
class NullTest final : public Kernel {
 public:
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(boolean_type, context.rows, context.arena, true);
    const Column& values = arguments[0];
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      const RowError* error = values.errors == nullptr ? nullptr : values.errors->find(row & values.row_mask);
      if (error != nullptr) {
        writer.set_error(row, error->code, error->message);
      } else {
        writer.set_bool(row, Test::holds(values, row));
      }
    }
    return writer.finish();
  }
};

struct IsNotNull {
  static bool holds(const Column& values, std::uint32_t row) { return !values.is_null(row); }
};
struct IsNan {
  static bool holds(const Column& values, std::uint32_t row) {
    return !values.is_null(row) && std::isnan(values.at<double>(row));
  }
};

template <typename Test>
Overload null_test(const char* type) {
  Overload overload =
      prepared({type}, boolean_type, [](const CallSite&) { return kernel_of<NullTest<Test>>(); });
  overload.strict = false;
  return overload;
}

/// The overloads of an operator under the name of a function.
const std::vector<Overload>& overloads_of(const FunctionRegistry& registry, std::string_view name) {
  const Function* function = registry.find(name);
  WEIR_CHECK(function != nullptr, "operators are registered before the functions that share their bodies");
  return function->overloads;
}

class TypeName final : public Kernel {
 public:
  explicit TypeName(const Type& type) : name_(type.kind == TypeKind::null ? "null" : to_string(type)) {}
  Column evaluate(std::span<const Column>, EvaluationContext& context) const override {
    ColumnWriter writer(string_type, context.rows, context.arena, true);
    for (std::uint32_t row = 0; row < context.rows; ++row) writer.set_text(row, name_);
    return writer.finish();
  }

 private:
  std::string name_;
};

void register_nan(FunctionRegistry& registry) {
  add(registry, {.name = "isnan",
                 .family = family,
                 .signature = "isnan(value double) -> boolean",
                 .summary = "Whether the value is the double that is no number; false for NULL.",
                 .examples = {{"isnan(CAST('NaN' AS double))", "true"}, {"isnan(1)", "false"}},
                 .overloads = {null_test<IsNan>("double")}});
  add(registry, {.name = "nanvl",
                 .family = family,
                 .signature = "nanvl(value double, otherwise double) -> double",
                 .summary = "The value, or `otherwise` if it is the double that is no number.",
                 .examples = {{"nanvl(CAST('NaN' AS double), 123)", "123.0"}, {"nanvl(1.5, 2)", "1.5"}},
                 .overloads = {strict({"double", "double"}, float64_type, [](double value, double otherwise) {
                   return std::isnan(value) ? otherwise : value;
                 })}});
}

}  // namespace

void register_value_tests(FunctionRegistry& registry) {
  add(registry, {.name = "isnull",
                 .family = family,
                 .signature = "isnull(value any) -> boolean",
                 .summary = "Whether the value is NULL.",
                 .examples = {{"isnull(1)", "false"}, {"isnull(NULL)", "true"}},
                 .overloads = overloads_of(registry, "is_null")});
  add(registry, {.name = "isnotnull",
                 .family = family,
                 .signature = "isnotnull(value any) -> boolean",
                 .summary = "Whether the value is not NULL.",
                 .examples = {{"isnotnull(1)", "true"}, {"isnotnull(NULL)", "false"}},
                 .overloads = {null_test<IsNotNull>("any")}});
  add(registry, {.name = "equal_null",
                 .family = family,
                 .signature = "equal_null(a T, b T) -> boolean",
                 .summary = "Whether both are equal or both NULL; never NULL.",
                 .examples = {{"equal_null(1, 1)", "true"},
                              {"equal_null(1, NULL)", "false"},
                              {"equal_null(NULL, NULL)", "true"}},
                 .overloads = overloads_of(registry, "<=>")});
  register_nan(registry);
  Overload type_name =
      prepared({"any"}, string_type, [](const CallSite& site) { return kernel_of<TypeName>(site.types[0]); });
  type_name.strict = false;
  add(registry, {.name = "typeof",
                 .family = family,
                 .signature = "typeof(value any) -> string",
                 .summary = "The name of the value's type.",
                 .examples = {{"typeof('x')", "string"}, {"typeof(DATE '2024-11-01')", "date"}},
                 .overloads = {type_name}});
}

}  // namespace weir
