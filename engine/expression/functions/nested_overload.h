// nested_overload.h — what functions over arrays, maps and structs have in common when they are declared.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/expression/functions/kernels.h"

namespace weir {

inline constexpr const char* nested_family = "nested";

using TypeOf = Result<Type> (*)(const CallSite&);
using PrepareKernel = KernelResult (*)(const CallSite&);

/// Strict, and NULL for some arguments that are not.
inline Overload nested_overload(std::vector<std::string> parameters, TypeOf result, PrepareKernel prepare) {
  Overload overload;
  overload.parameters = std::move(parameters);
  overload.result = result;
  overload.prepare = prepare;
  return overload;
}

/// Some NULL arguments do not make the result NULL: the body looks at validity and errors itself.
inline Overload not_strict(Overload overload) {
  overload.strict = false;
  return overload;
}

/// Strict, and never NULL for arguments that are not.
inline Overload never_null(Overload overload) {
  overload.never_null = true;
  return overload;
}

/// An element, a key and a value, a struct's fields: of the first argument.
inline const std::vector<Field>& fields_of(const CallSite& site) { return site.types[0].nested->fields; }

inline Result<Type> type_of_element(const CallSite& site) { return fields_of(site).back().type; }
inline Result<Type> type_of_first(const CallSite& site) { return site.types[0]; }

/// Errors of arguments become errors of the row, for bodies that are not strict.
inline void pass_errors_on(std::span<const Column> arguments, std::uint32_t rows, ColumnWriter& writer) {
  for (const Column& argument : arguments) {
    if (argument.errors == nullptr) continue;
    for (std::uint32_t row = 0; row < rows; ++row) {
      if (const RowError* error = argument.errors->find(row & argument.row_mask))
        writer.set_error(row, error->code, error->message);
    }
  }
}

/// Takes a row of a child of the first argument for each row; `choose` says which, or ~0u for NULL.
template <typename Choose>
class TakeChild final : public Kernel {
 public:
  TakeChild(std::size_t child, Choose choose) : child_(child), choose_(std::move(choose)) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    std::vector<std::uint32_t> rows(context.rows, ~0u);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (!has_null(arguments, row)) rows[row] = choose_(arguments, row);
    }
    return gather((*arguments[0].children)[child_], rows, context.arena);
  }

 private:
  std::size_t child_;
  Choose choose_;
};

template <typename Choose>
KernelResult take_child(std::size_t child, Choose choose) {
  return kernel_of<TakeChild<Choose>>(child, std::move(choose));
}

}  // namespace weir
