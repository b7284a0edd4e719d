// array_search.cpp — what is in an array, where it stands, and its largest and smallest element.
#include <fmt/format.h>

#include "engine/expression/functions/array_maker.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/value_order.h"

namespace weir {
namespace {

class ArrayContains final : public Kernel {
 public:
  explicit ArrayContains(TypeKind kind) : compare_(comparator_of(kind)) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(boolean_type, context.rows, context.arena);
    const Column& elements = (*arguments[0].children)[0];
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (has_null(arguments, row)) continue;
      const Span span = arguments[0].at<Span>(row);
      bool is_found = false;
      bool has_unknown = false;
      for (std::uint32_t k = span.start; k < span.start + span.length && !is_found; ++k) {
        const bool is_unknown = elements.is_null(k);
        has_unknown = has_unknown || is_unknown;
        is_found = !is_unknown && compare_(elements, k, arguments[1], row) == 0;
      }
      if (is_found || !has_unknown) writer.set_bool(row, is_found);
    }
    return writer.finish();
  }

 private:
  ValueComparator compare_;
};

/// Counted from 1; 0 where the value is not there.
class ArrayPosition final : public Kernel {
 public:
  explicit ArrayPosition(TypeKind kind) : compare_(comparator_of(kind)) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(int64_type, context.rows, context.arena);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (!has_null(arguments, row)) writer.set(row, position({arguments, row}));
    }
    return writer.finish();
  }

 private:
  std::int64_t position(const ArgumentRow& row) const {
    const Span span = row.span(0);
    const Column& elements = row.elements(0);
    for (std::uint32_t k = span.start; k < span.start + span.length; ++k) {
      if (!elements.is_null(k) && compare_(elements, k, row.arguments[1], row.row) == 0)
        return k - span.start + 1;
    }
    return 0;
  }

  ValueComparator compare_;
};

/// The element that is largest (sign 1) or smallest (sign -1); NULLs are left out.
template <int sign>
KernelResult prepare_extreme(const CallSite& site) {
  return take_child(
      0, [compare = comparator_of(site.result.kind)](std::span<const Column> arguments, std::uint32_t row) {
        const Span span = arguments[0].at<Span>(row);
        const Column& elements = (*arguments[0].children)[0];
        std::uint32_t best = ~0u;
        for (std::uint32_t k = span.start; k < span.start + span.length; ++k) {
          if (!elements.is_null(k) && (best == ~0u || compare(elements, k, elements, best) * sign > 0))
            best = k;
        }
        return best;
      });
}

Result<Type> type_of_extreme(const CallSite& site) {
  const Type& type = fields_of(site)[0].type;
  if (has_order(type)) return type;
  return call_error(
      fmt::format("{} cannot be compared: the entries of a map have no order", to_string(type)));
}

Result<Type> a_boolean(const CallSite&) { return boolean_type; }
Result<Type> a_bigint(const CallSite&) { return int64_type; }

}  // namespace

void register_array_search(FunctionRegistry& registry) {
  add(registry,
      {.name = "array_contains",
       .family = nested_family,
       .signature = "array_contains(elements array<T>, value T) -> boolean",
       .summary = "Whether the value is among the elements; NULL where it is not, but some element is NULL.",
       .examples = {{"array_contains(array('a', 'b'), 'b')", "true"},
                    {"array_contains(array('a', 'b'), 'c')", "false"},
                    {"array_contains(array('a', NULL), 'c')", "NULL"}},
       .overloads = {nested_overload({"array<T>", "T"}, a_boolean, [](const CallSite& site) {
         return kernel_of<ArrayContains>(site.types[1].kind);
       })}});
  add(registry,
      {.name = "array_position",
       .family = nested_family,
       .signature = "array_position(elements array<T>, value T) -> bigint",
       .summary =
           "The place of the first element that equals the value, counted from 1; 0 where there is none.",
       .examples = {{"array_position(array('a', 'b', 'b'), 'b')", "2"},
                    {"array_position(array('a', NULL), 'c')", "0"}},
       .overloads = {never_null(nested_overload({"array<T>", "T"}, a_bigint, [](const CallSite& site) {
         return kernel_of<ArrayPosition>(site.types[1].kind);
       }))}});
  add(registry,
      {.name = "array_max",
       .family = nested_family,
       .signature = "array_max(elements array<T>) -> T",
       .summary =
           "The largest element; NULLs are left out, and NULL is the answer where there is nothing else.",
       .examples = {{"array_max(array(1, 20, NULL, 3))", "20"}, {"array_max(array())", "NULL"}},
       .overloads = {nested_overload({"array<T>"}, type_of_extreme, prepare_extreme<1>)}});
  add(registry,
      {.name = "array_min",
       .family = nested_family,
       .signature = "array_min(elements array<T>) -> T",
       .summary =
           "The smallest element; NULLs are left out, and NULL is the answer where there is nothing else.",
       .examples = {{"array_min(array(5, NULL, 3))", "3"}},
       .overloads = {nested_overload({"array<T>"}, type_of_extreme, prepare_extreme<-1>)}});
}

}  // namespace weir
