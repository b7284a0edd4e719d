// conditional.cpp — CASE, if, coalesce, nullif, ifnull, nvl2, greatest and least: choosing between values.
#include <algorithm>

#include "engine/expression/functions/families.h"
#include "engine/expression/functions/operator_declaration.h"
#include "engine/expression/functions/value_order.h"

namespace weir {
namespace {

const RowError* error_at(const Column& column, std::uint32_t row) {
  return column.errors == nullptr ? nullptr : column.errors->find(row & column.row_mask);
}

/// Condition, value, condition, value, ..., and perhaps an else. Only errors of what was looked at count.
class Case final : public Kernel {
 public:
  explicit Case(const CallSite& site) : type_(site.result) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(type_, context.rows, context.arena);
    for (std::uint32_t row = 0; row < context.rows; ++row) choose(arguments, row, writer);
    return writer.finish();
  }

 private:
  static void choose(std::span<const Column> arguments, std::uint32_t row, ColumnWriter& writer) {
    std::size_t i = 0;
    for (; i + 1 < arguments.size(); i += 2) {
      const Column& condition = arguments[i];
      if (!condition.is_null(row)) {
        if (condition.bool_at(row)) return writer.copy_from(row, arguments[i + 1], row);
      } else if (const RowError* error = error_at(condition, row)) {
        return writer.set_error(row, error->code, error->message);
      }
    }
    i < arguments.size() ? writer.copy_from(row, arguments[i], row) : writer.set_null(row);
  }

  Type type_;
};

/// The first argument that is not NULL; an error before it counts.
class Coalesce final : public Kernel {
 public:
  explicit Coalesce(const CallSite& site) : type_(site.result) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    if (arguments[0].validity == nullptr && arguments[0].type == type_) return arguments[0];
    ColumnWriter writer(type_, context.rows, context.arena);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      for (const Column& argument : arguments) {
        const bool is_last = &argument == &arguments.back();
        const bool is_chosen = is_last || !argument.is_null(row) || error_at(argument, row) != nullptr;
        if (!is_chosen) continue;
        writer.copy_from(row, argument, row);
        break;
      }
    }
    return writer.finish();
  }

 private:
  Type type_;
};

/// The first argument, but NULL where it equals the second.
class NullIf final : public Kernel {
 public:
  explicit NullIf(const CallSite& site) : type_(site.result), compare_(comparator_of(site.types[0].kind)) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(type_, context.rows, context.arena);
    const Column& value = arguments[0];
    const Column& unwanted = arguments[1];
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      const RowError* error = error_at(unwanted, row);
      if (error_at(value, row) == nullptr && error != nullptr) {
        writer.set_error(row, error->code, error->message);
        continue;
      }
      const bool is_unwanted =
          !value.is_null(row) && !unwanted.is_null(row) && compare_(value, row, unwanted, row) == 0;
      is_unwanted ? writer.set_null(row) : writer.copy_from(row, value, row);
    }
    return writer.finish();
  }

 private:
  Type type_;
  ValueComparator compare_;
};

/// The second argument where the first is not NULL, else the third.
class Nvl2 final : public Kernel {
 public:
  explicit Nvl2(const CallSite& site) : type_(site.result) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(type_, context.rows, context.arena);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      const RowError* error = error_at(arguments[0], row);
      if (error != nullptr)
        writer.set_error(row, error->code, error->message);
      else
        writer.copy_from(row, arguments[arguments[0].is_null(row) ? 2 : 1], row);
    }
    return writer.finish();
  }

 private:
  Type type_;
};

/// The argument of the number that the first one gives, counted from 1; NULL where there is none.
class Elt final : public Kernel {
 public:
  explicit Elt(const CallSite& site) : type_(site.result) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(type_, context.rows, context.arena);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      const Column& number = arguments[0];
      const std::int64_t chosen = number.is_null(row) ? 0 : number.at<std::int64_t>(row);
      if (const RowError* error = error_at(number, row)) {
        writer.set_error(row, error->code, error->message);
      } else if (chosen < 1 || chosen >= static_cast<std::int64_t>(arguments.size())) {
        writer.set_null(row);
      } else {
        writer.copy_from(row, arguments[static_cast<std::size_t>(chosen)], row);
      }
    }
    return writer.finish();
  }

 private:
  Type type_;
};

/// The largest (sign 1) or smallest (sign -1) of the arguments that are not NULL.
template <int sign>
class Extreme final : public Kernel {
 public:
  explicit Extreme(const CallSite& site) : type_(site.result), compare_(comparator_of(site.result.kind)) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(type_, context.rows, context.arena);
    for (std::uint32_t row = 0; row < context.rows; ++row)
      writer.copy_from(row, *choose(arguments, row), row);
    return writer.finish();
  }

 private:
  const Column* choose(std::span<const Column> arguments, std::uint32_t row) const {
    const Column* best = &arguments[0];
    for (const Column& argument : arguments) {
      if (argument.is_null(row)) {
        if (error_at(argument, row) != nullptr) return &argument;
      } else if (best->is_null(row) || compare_(argument, row, *best, row) * sign > 0) {
        best = &argument;
      }
    }
    return best;
  }

  Type type_;
  ValueComparator compare_;
};

/// A choice between values of one type T, of which `first` is one.
template <typename KernelClass>
Overload choice(std::vector<std::string> parameters, std::size_t first) {
  Overload overload = non_strict<KernelClass>(std::move(parameters), null_type);
  overload.result = [first](const CallSite& site) -> Result<Type> { return site.types[first]; };
  return overload;
}

Function conditional(std::string name, std::string signature, std::string summary,
                     std::vector<FunctionExample> examples, Overload overload) {
  Function function;
  function.name = std::move(name);
  function.family = "conditional";
  function.signature = std::move(signature);
  function.summary = std::move(summary);
  function.examples = std::move(examples);
  function.overloads.push_back(std::move(overload));
  return function;
}

void register_choices(FunctionRegistry& registry) {
  add_operator(registry, "case", "CASE [x] WHEN a THEN b ... [ELSE c] END",
               "The value of the first branch whose condition is true.",
               {{"CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END", "b"}, {"CASE 1 WHEN 1 THEN 'one' END", "one"}},
               {variadic(choice<Case>({"boolean", "T", "T"}, 1))});
  add(registry, conditional("if", "if(condition boolean, then T, otherwise T) -> T",
                            "The second argument where the condition is true, else the third.",
                            {{"if(1 < 2, 'a', 'b')", "a"}}, choice<Case>({"boolean", "T", "T"}, 1)));
  add(registry, conditional("nvl2", "nvl2(a any, b T, c T) -> T", "b where a is not NULL, else c.",
                            {{"nvl2(NULL, 1, 2)", "2"}}, choice<Nvl2>({"any", "T", "T"}, 1)));
  add(registry, conditional("elt", "elt(number bigint, value T, ...) -> T",
                            "The value of that number, counted from 1; NULL where there is none.",
                            {{"elt(2, 'scala', 'java')", "java"}, {"elt(3, 'scala', 'java')", "NULL"}},
                            variadic(choice<Elt>({"bigint", "T"}, 1))));
}

}  // namespace

void register_conditional(FunctionRegistry& registry) {
  register_choices(registry);
  add(registry, conditional("coalesce", "coalesce(a T, ...) -> T", "The first argument that is not NULL.",
                            {{"coalesce(NULL, 'a', 'b')", "a"}, {"coalesce(NULL, NULL)", "NULL"}},
                            variadic(choice<Coalesce>({"T"}, 0))));
  Function ifnull = conditional("ifnull", "ifnull(a T, b T) -> T", "a, or b where a is NULL.",
                                {{"ifnull(NULL, 1)", "1"}}, choice<Coalesce>({"T", "T"}, 0));
  ifnull.aliases = {"nvl"};
  add(registry, std::move(ifnull));
  add(registry,
      conditional("nullif", "nullif(a T, b T) -> T", "NULL where both are equal, else a.",
                  {{"nullif(1, 1)", "NULL"}, {"nullif('', 'x')", ""}}, choice<NullIf>({"T", "T"}, 0)));
  add(registry,
      conditional("greatest", "greatest(a T, b T, ...) -> T", "The largest argument; NULLs are left out.",
                  {{"greatest(1, NULL, 3)", "3"}}, variadic(choice<Extreme<1>>({"T", "T"}, 0))));
  add(registry,
      conditional("least", "least(a T, b T, ...) -> T", "The smallest argument; NULLs are left out.",
                  {{"least('b', 'a')", "a"}}, variadic(choice<Extreme<-1>>({"T", "T"}, 0))));
}

}  // namespace weir
