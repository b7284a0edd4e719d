// try_arithmetic.cpp — arithmetic that gives NULL where the operator gives an error: try_add, try_divide ...
#include <fmt/format.h>

#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

/// The values of another kernel; its errors are NULL.
class WithoutErrors final : public Kernel {
 public:
  explicit WithoutErrors(std::unique_ptr<Kernel> inner) : inner_(std::move(inner)) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    Column values = inner_->evaluate(arguments, context);
    values.errors = nullptr;  // their rows are NULL already
    return values;
  }

 private:
  std::unique_ptr<Kernel> inner_;
};

Overload without_errors(Overload overload) {
  overload.prepare = [prepare = overload.prepare](const CallSite& site) -> KernelResult {
    WEIR_ASSIGN(std::unique_ptr<Kernel> inner, prepare(site));
    return kernel_of<WithoutErrors>(std::move(inner));
  };
  return nullable(std::move(overload));
}

void add_try(FunctionRegistry& registry, const char* name, const char* symbol, const char* summary,
             std::vector<FunctionExample> examples) {
  const Function* operation = registry.find(symbol);
  WEIR_CHECK(operation != nullptr, "operators are registered before the functions that share their bodies");
  std::vector<Overload> overloads;
  for (const Overload& overload : operation->overloads) overloads.push_back(without_errors(overload));
  add(registry, {.name = name,
                 .family = "math",
                 .signature = fmt::format("{}(a, b) -> the type of a {} b", name, symbol),
                 .summary = summary,
                 .examples = std::move(examples),
                 .overloads = std::move(overloads)});
}

}  // namespace

void register_try_arithmetic(FunctionRegistry& registry) {
  add_try(registry, "try_add", "+", "a + b, or NULL where that is out of range.",
          {{"try_add(1, 2)", "3"},
           {"try_add(2147483647, 1)", "NULL"},
           {"try_add(DATE '2021-01-01', INTERVAL 1 MONTH)", "2021-02-01"}});
  add_try(registry, "try_subtract", "-", "a - b, or NULL where that is out of range.",
          {{"try_subtract(2, 1)", "1"}, {"try_subtract(-2147483647, 2)", "NULL"}});
  add_try(registry, "try_multiply", "*", "a * b, or NULL where that is out of range.",
          {{"try_multiply(2, 3)", "6"}, {"try_multiply(2147483647, 2)", "NULL"}});
  add_try(registry, "try_divide", "/", "a / b, or NULL where b is zero or the quotient is out of range.",
          {{"try_divide(3, 2)", "1.5"}, {"try_divide(1, 0)", "NULL"}});
  add_try(registry, "try_mod", "%", "a % b, or NULL where b is zero.",
          {{"try_mod(7, 3)", "1"}, {"try_mod(7, 0)", "NULL"}});
}

}  // namespace weir
