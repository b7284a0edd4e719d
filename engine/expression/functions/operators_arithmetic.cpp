// operators_arithmetic.cpp — + - * / % on integers and doubles, and the list of all arithmetic.
#include "engine/expression/functions/operators_arithmetic.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "engine/expression/functions/operator_declaration.h"
#include "engine/expression/functions/operators.h"

namespace weir {
namespace {

/// Each gives false where there is no result, and then writes some harmless value.
template <typename T>
struct Add {
  static constexpr char symbol = '+';
  static bool apply(T a, T b, T& out) { return !__builtin_add_overflow(a, b, &out); }
};
template <typename T>
struct Subtract {
  static constexpr char symbol = '-';
  static bool apply(T a, T b, T& out) { return !__builtin_sub_overflow(a, b, &out); }
};
template <typename T>
struct Multiply {
  static constexpr char symbol = '*';
  static bool apply(T a, T b, T& out) { return !__builtin_mul_overflow(a, b, &out); }
};
template <typename T>
struct Remainder {
  static constexpr char symbol = '%';
  static bool apply(T a, T b, T& out) {
    // The machine traps on the smallest integer % -1, which is 0.
    out = b == 0 || b == -1 ? 0 : a % b;
    return b != 0;
  }
};
template <>
struct Remainder<double> {
  static constexpr char symbol = '%';
  static bool apply(double a, double b, double& out) {
    out = b == 0 ? 0 : std::fmod(a, b);
    return b != 0;
  }
};
/// Of integers, too: SQL's / never cuts digits off.
template <typename T>
struct Divide {
  static constexpr char symbol = '/';
  static bool apply(T a, T b, double& out) {
    out = b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b);
    return b != 0;
  }
};

/// Computes all rows without branches, and looks for the failed ones only if there are any.
template <typename T, typename Out, typename Operation>
class CheckedArithmetic final : public Kernel {
 public:
  explicit CheckedArithmetic(const CallSite& site) : type_(site.result) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(type_, context.rows, context.arena, true);
    const ColumnReader<T> left(arguments[0]);
    const ColumnReader<T> right(arguments[1]);
    Out* out = writer.data<Out>();
    bool is_good = true;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      is_good &= Operation::apply(left[row], right[row], out[row]);
    }
    if (!is_good) report_failures(arguments, context.rows, writer);
    return writer.finish();
  }

 private:
  void report_failures(std::span<const Column> arguments, std::uint32_t rows, ColumnWriter& writer) const {
    const ColumnReader<T> left(arguments[0]);
    const ColumnReader<T> right(arguments[1]);
    for (std::uint32_t row = 0; row < rows; ++row) {
      Out ignored;
      if (has_null(arguments, row) || Operation::apply(left[row], right[row], ignored)) continue;
      if (Operation::symbol == '/' || Operation::symbol == '%') {
        writer.set_error(row, "division_by_zero",
                         fmt::format("division by zero: {} {} 0", left[row], Operation::symbol));
      } else {
        writer.set_error(row, "overflow",
                         fmt::format("too large for {}: {} {} {}", to_string(type_), left[row],
                                     Operation::symbol, right[row]));
      }
    }
  }

  Type type_;
};

template <typename T, typename Out, typename Operation>
Overload checked(const std::string& type, Type result) {
  return prepared({type, type}, result,
                  [](const CallSite& site) { return kernel_of<CheckedArithmetic<T, Out, Operation>>(site); });
}

template <typename T>
Overload integer_overload(char symbol, const std::string& name, Type type) {
  switch (symbol) {
    case '+':
      return checked<T, T, Add<T>>(name, type);
    case '-':
      return checked<T, T, Subtract<T>>(name, type);
    case '*':
      return checked<T, T, Multiply<T>>(name, type);
    default:
      return checked<T, T, Remainder<T>>(name, type);
  }
}

void add_arithmetic(FunctionRegistry& registry, char symbol, const std::string& summary,
                    std::vector<FunctionExample> examples) {
  std::vector<Overload> overloads;
  append_integer_overloads(symbol, overloads);
  append_decimal_overloads(symbol, overloads);
  append_double_overloads(symbol, overloads);
  append_time_overloads(symbol, overloads);
  const std::string name(1, symbol);
  add_operator(registry, name, "a " + name + " b", summary, std::move(examples), std::move(overloads));
}

}  // namespace

void append_integer_overloads(char symbol, std::vector<Overload>& overloads) {
  if (symbol == '/') {
    overloads.push_back(checked<std::int64_t, double, Divide<std::int64_t>>("bigint", float64_type));
    return;
  }
  overloads.push_back(integer_overload<std::int32_t>(symbol, "int", int32_type));
  overloads.push_back(integer_overload<std::int64_t>(symbol, "bigint", int64_type));
}

void append_double_overloads(char symbol, std::vector<Overload>& overloads) {
  const std::vector<std::string> parameters{"double", "double"};
  switch (symbol) {
    case '+':
      overloads.push_back(strict(parameters, float64_type, [](double a, double b) { return a + b; }));
      break;
    case '-':
      overloads.push_back(strict(parameters, float64_type, [](double a, double b) { return a - b; }));
      break;
    case '*':
      overloads.push_back(strict(parameters, float64_type, [](double a, double b) { return a * b; }));
      break;
    case '/':
      overloads.push_back(checked<double, double, Divide<double>>("double", float64_type));
      break;
    default:
      overloads.push_back(checked<double, double, Remainder<double>>("double", float64_type));
  }
}

void register_arithmetic_operators(FunctionRegistry& registry) {
  add_arithmetic(
      registry, '+', "The sum; a date plus days, a date or a timestamp plus an interval.",
      {{"1 + 2", "3"}, {"1.5 + 2.25", "3.75"}, {"DATE '2024-01-31' + INTERVAL 1 MONTH", "2024-02-29"}});
  add_arithmetic(registry, '-', "The difference; of two dates in days, of two timestamps as an interval.",
                 {{"1 - 2", "-1"}, {"DATE '2024-03-01' - DATE '2024-02-01'", "29"}});
  add_arithmetic(registry, '*', "The product.", {{"2 * 3", "6"}, {"1.5 * 1.5", "2.25"}});
  add_arithmetic(registry, '/', "The quotient: a double for integers, a decimal for decimals.",
                 {{"3 / 2", "1.5"}, {"1.00 / 3", "0.333333"}});
  add_arithmetic(registry, '%', "The remainder, with the sign of the left.", {{"-7 % 3", "-1"}});
  add_operator(registry, "negate", "-a", "The opposite number or interval.", {{"-(1 + 2)", "-3"}},
               negation_overloads());
}

}  // namespace weir
