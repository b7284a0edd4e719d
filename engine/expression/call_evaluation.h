// call_evaluation.h — one call site, ready to be evaluated: its kernel and what every strict call has in
// common.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "engine/expression/expression.h"

namespace weir {

/// What `call` knows of its arguments when it is compiled. Points into the arguments.
CallSite call_site_of(const Call& call, const Type& result);

/// Any thread may evaluate.
class PreparedCall {
 public:
  /// `expression` holds a Call. The error of the overload's `prepare` gets the expression's location.
  static Result<PreparedCall> prepare(const Expression& expression);
  /// What its kernel still has to read; `expression` as for prepare(). Wanted before it is evaluated.
  Status load(const Expression& expression);

  /// Results of a deterministic call of constant columns only are constant, too.
  Column evaluate(std::span<const Column> arguments, std::uint32_t rows, Arena& arena,
                  std::int64_t now_microseconds) const;

  const Type& type() const { return type_; }
  /// Of the kernel: see there.
  std::uint64_t generation(const EvaluationContext& context) const { return kernel_->generation(context); }

 private:
  PreparedCall(std::unique_ptr<Kernel> kernel, Type type, bool is_strict, bool is_deterministic)
      : kernel_(std::move(kernel)), type_(type), is_strict_(is_strict), is_deterministic_(is_deterministic) {}
  bool gives_null(std::span<const Column> arguments) const;

  std::unique_ptr<Kernel> kernel_;
  Type type_;
  bool is_strict_;
  bool is_deterministic_;
};

/// The value of a deterministic call of literals; nothing where the call fails or is of another kind.
std::optional<Value> constant_value(const Expression& expression);

/// `column` with a value of its own for each of `rows` rows.
Column expand_constant(const Column& column, std::uint32_t rows, Arena& arena);

/// NULL and error of any argument carried over to `result` (which may be NULL or have errors itself). Where
/// several arguments of a row have errors, the first one's counts; errors of the result itself count only
/// where no argument is NULL.
Column combine_strictly(Column result, std::span<const Column> arguments, std::uint32_t rows, Arena& arena);

}  // namespace weir
