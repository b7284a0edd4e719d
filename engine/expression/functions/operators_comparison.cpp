// operators_comparison.cpp — = <> < <= > >= and <=>, 64 rows at a time.
#include <fmt/format.h>

#include "engine/expression/functions/operator_declaration.h"
#include "engine/expression/functions/operators.h"
#include "engine/expression/functions/value_order.h"

namespace weir {
namespace {

/// Fills a boolean column from a test of one row.
template <typename Test>
Column test_rows(EvaluationContext& context, Test&& test) {
  ColumnWriter writer(boolean_type, context.rows, context.arena, true);
  auto* words = writer.data<std::uint64_t>();
  for (std::uint32_t start = 0; start < context.rows; start += 64) {
    const std::uint32_t count = std::min<std::uint32_t>(64, context.rows - start);
    std::uint64_t word = 0;
    for (std::uint32_t i = 0; i < count; ++i) word |= static_cast<std::uint64_t>(test(start + i)) << i;
    words[start / 64] = word;
  }
  return writer.finish();
}

struct Equal {
  template <typename T>
  static bool test(const T& a, const T& b) {
    return is_equal(a, b);
  }
  static bool test_order(int order) { return order == 0; }
};
struct NotEqual {
  template <typename T>
  static bool test(const T& a, const T& b) {
    return !is_equal(a, b);
  }
  static bool test_order(int order) { return order != 0; }
};
struct Less {
  template <typename T>
  static bool test(const T& a, const T& b) {
    return is_less(a, b);
  }
  static bool test_order(int order) { return order < 0; }
};
struct LessOrEqual {
  template <typename T>
  static bool test(const T& a, const T& b) {
    return !is_less(b, a);
  }
  static bool test_order(int order) { return order <= 0; }
};
struct Greater {
  template <typename T>
  static bool test(const T& a, const T& b) {
    return is_less(b, a);
  }
  static bool test_order(int order) { return order > 0; }
};
struct GreaterOrEqual {
  template <typename T>
  static bool test(const T& a, const T& b) {
    return !is_less(a, b);
  }
  static bool test_order(int order) { return order >= 0; }
};

template <typename Relation, typename T>
class CompareValues final : public Kernel {
 public:
  explicit CompareValues(const CallSite&) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const ColumnReader<T> left(arguments[0]);
    const ColumnReader<T> right(arguments[1]);
    return test_rows(context, [&](std::uint32_t row) { return Relation::test(left[row], right[row]); });
  }
};

template <typename Relation>
class CompareDecimals final : public Kernel {
 public:
  explicit CompareDecimals(const CallSite& site)
      : left_scale_(site.types[0].scale), right_scale_(site.types[1].scale) {
    const int scale = std::max(left_scale_, right_scale_);
    const auto fits = [&](const Type& type) { return type.precision + scale - type.scale <= max_precision; };
    if (!fits(site.types[0]) || !fits(site.types[1])) return;
    left_factor_ = static_cast<UInt128>(power_of_ten(scale - left_scale_));
    right_factor_ = static_cast<UInt128>(power_of_ten(scale - right_scale_));
  }

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const ColumnReader<Int128> left(arguments[0]);
    const ColumnReader<Int128> right(arguments[1]);
    if (left_factor_ == 0) {
      return test_rows(context, [&](std::uint32_t row) {
        return Relation::test_order(compare_decimals(left[row], left_scale_, right[row], right_scale_));
      });
    }
    // Unsigned, for what stands in NULL rows may overflow.
    return test_rows(context, [&](std::uint32_t row) {
      return Relation::test(static_cast<Int128>(static_cast<UInt128>(left[row]) * left_factor_),
                            static_cast<Int128>(static_cast<UInt128>(right[row]) * right_factor_));
    });
  }

 private:
  int left_scale_;
  int right_scale_;
  UInt128 left_factor_ = 0;  // 0: a common scale would not fit 38 digits
  UInt128 right_factor_ = 0;
};

template <bool is_equal_wanted>
class CompareTexts final : public Kernel {
 public:
  explicit CompareTexts(const CallSite&) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    return test_rows(context, [&](std::uint32_t row) {
      return is_equal_text(arguments[0], row, arguments[1], row) == is_equal_wanted;
    });
  }
};

/// NULL equals NULL and nothing else; never NULL itself.
class NullSafeEqual final : public Kernel {
 public:
  explicit NullSafeEqual(const CallSite& site) : compare_(comparator_of(site.types[0].kind)) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(boolean_type, context.rows, context.arena, true);
    const Column& left = arguments[0];
    const Column& right = arguments[1];
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      const RowError* error = left.errors == nullptr ? nullptr : left.errors->find(row & left.row_mask);
      if (error == nullptr && right.errors != nullptr) error = right.errors->find(row & right.row_mask);
      if (error != nullptr) {
        writer.set_error(row, error->code, error->message);
        continue;
      }
      const bool left_null = left.is_null(row);
      const bool right_null = right.is_null(row);
      writer.set_bool(
          row, left_null || right_null ? left_null == right_null : compare_(left, row, right, row) == 0);
    }
    return writer.finish();
  }

 private:
  ValueComparator compare_;
};

/// Arrays and structs, part by part.
template <typename Relation>
class CompareNested final : public Kernel {
 public:
  explicit CompareNested(const CallSite& site) : compare_(comparator_of(site.types[0].kind)) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    return test_rows(context, [&](std::uint32_t row) {
      return !has_null(arguments, row) && Relation::test_order(compare_(arguments[0], row, arguments[1], row));
    });
  }

 private:
  ValueComparator compare_;
};

template <typename Relation>
Overload nested_comparison(const std::string& pattern) {
  Overload overload = prepared({pattern, pattern}, boolean_type,
                               [](const CallSite& site) { return kernel_of<CompareNested<Relation>>(site); });
  overload.result = [](const CallSite& site) -> Result<Type> {
    if (has_order(site.types[0])) return boolean_type;
    return call_error(fmt::format("{} cannot be compared: the entries of a map have no order", to_string(site.types[0])));
  };
  return overload;
}

template <typename KernelClass>
Overload comparison(const std::string& type) {
  return prepared({type, type}, boolean_type,
                  [](const CallSite& site) { return kernel_of<KernelClass>(site); });
}

template <typename Relation>
std::vector<Overload> ordered_overloads() {
  return {comparison<CompareValues<Relation, bool>>("boolean"),
          comparison<CompareValues<Relation, std::int32_t>>("int"),
          comparison<CompareValues<Relation, std::int64_t>>("bigint"),
          comparison<CompareDecimals<Relation>>("decimal"),
          comparison<CompareValues<Relation, double>>("double"),
          comparison<CompareValues<Relation, std::int32_t>>("date"),
          comparison<CompareValues<Relation, std::int64_t>>("timestamp")};
}

template <typename Relation>
void add_ordering(FunctionRegistry& registry, const std::string& name, const std::string& summary,
                  std::vector<FunctionExample> examples) {
  std::vector<Overload> overloads = ordered_overloads<Relation>();
  overloads.push_back(comparison<CompareValues<Relation, std::string_view>>("string"));
  overloads.push_back(comparison<CompareValues<Relation, std::string_view>>("bytes"));
  overloads.push_back(nested_comparison<Relation>("array<T>"));
  overloads.push_back(nested_comparison<Relation>("S"));
  add_operator(registry, name, "a T " + name + " b T -> boolean", summary, std::move(examples),
               std::move(overloads));
}

template <typename Relation, bool is_equal_wanted>
void add_equality(FunctionRegistry& registry, const std::string& name, const std::string& summary,
                  std::vector<FunctionExample> examples) {
  std::vector<Overload> overloads = ordered_overloads<Relation>();
  overloads.push_back(comparison<CompareTexts<is_equal_wanted>>("string"));
  overloads.push_back(comparison<CompareTexts<is_equal_wanted>>("bytes"));
  overloads.push_back(comparison<CompareValues<Relation, Interval>>("interval"));
  overloads.push_back(nested_comparison<Relation>("array<T>"));
  overloads.push_back(nested_comparison<Relation>("S"));
  add_operator(registry, name, "a T " + name + " b T -> boolean", summary, std::move(examples),
               std::move(overloads));
}

}  // namespace

void register_comparison_operators(FunctionRegistry& registry) {
  add_equality<Equal, true>(registry, "=", "Whether both are equal; NULL if either is NULL.",
                            {{"1 = 1.0", "true"},
                             {"'a' = 'A'", "false"},
                             {"1 = NULL", "NULL"},
                             {"array(1, NULL) = array(1, NULL)", "true"}});
  add_equality<NotEqual, false>(registry, "<>", "Whether both differ; NULL if either is NULL.",
                                {{"1 <> 2", "true"}});
  add_ordering<Less>(registry, "<", "Whether the left comes before the right; text is ordered by its bytes.",
                     {{"2 < 10", "true"}, {"'2' < '10'", "false"}, {"array(1, 2) < array(1, 2, NULL)", "true"}});
  add_ordering<LessOrEqual>(registry, "<=", "Whether the left comes before the right or is equal.",
                            {{"2 <= 2", "true"}});
  add_ordering<Greater>(registry, ">", "Whether the left comes after the right.",
                        {{"DATE '2024-11-02' > '2024-11-01'", "true"}});
  add_ordering<GreaterOrEqual>(registry, ">=", "Whether the left comes after the right or is equal.",
                               {{"1.5 >= 2", "false"}});
  Overload null_safe = non_strict<NullSafeEqual>({"T", "T"}, boolean_type);
  null_safe.never_null = true;
  // Decimals keep their own scales: one with room for both may not exist.
  Overload null_safe_decimals = non_strict<NullSafeEqual>({"decimal", "decimal"}, boolean_type);
  null_safe_decimals.never_null = true;
  add_operator(registry, "<=>", "a T <=> b T -> boolean", "Whether both are equal or both NULL; never NULL.",
               {{"NULL <=> NULL", "true"}, {"1 <=> NULL", "false"}},
               {std::move(null_safe_decimals), std::move(null_safe)});
}

}  // namespace weir
