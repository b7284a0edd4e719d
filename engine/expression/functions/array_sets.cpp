// array_sets.cpp — arrays as sets: distinct elements, union, intersection and difference, in the order of the
// elements' first places.
#include "engine/expression/functions/array_maker.h"
#include "engine/expression/functions/element_set.h"
#include "engine/expression/functions/families.h"

namespace weir {
namespace {

struct Sets {
  ElementSet seen;   // what was taken
  ElementSet other;  // the second array
};

void put_all(ElementSet& set, const ArgumentRow& row, std::size_t argument) {
  const Span span = row.span(argument);
  set.clear();
  for (std::uint32_t k = span.start; k < span.start + span.length; ++k) set.add(row.elements(argument), k);
}

/// Each element of an argument that was not taken yet, where `is_wanted(row)`.
template <typename IsWanted>
void take_new(Sets& sets, ArrayMaker& maker, const ArgumentRow& row, std::size_t argument,
              IsWanted&& is_wanted) {
  const Span span = row.span(argument);
  const Column& elements = row.elements(argument);
  for (std::uint32_t k = span.start; k < span.start + span.length; ++k) {
    if (is_wanted(elements, k) && sets.seen.add(elements, k)) maker.take(k, argument);
  }
}

bool any_element(const Column&, std::uint32_t) { return true; }

void distinct(Sets& sets, ArrayMaker& maker, const ArgumentRow& row) {
  sets.seen.clear();
  take_new(sets, maker, row, 0, any_element);
  maker.end_row(row.row);
}

void unite(Sets& sets, ArrayMaker& maker, const ArgumentRow& row) {
  sets.seen.clear();
  take_new(sets, maker, row, 0, any_element);
  take_new(sets, maker, row, 1, any_element);
  maker.end_row(row.row);
}

void intersect(Sets& sets, ArrayMaker& maker, const ArgumentRow& row) {
  sets.seen.clear();
  put_all(sets.other, row, 1);
  take_new(sets, maker, row, 0,
           [&](const Column& elements, std::uint32_t k) { return sets.other.contains(elements, k); });
  maker.end_row(row.row);
}

void subtract(Sets& sets, ArrayMaker& maker, const ArgumentRow& row) {
  put_all(sets.seen, row, 1);
  take_new(sets, maker, row, 0, any_element);
  maker.end_row(row.row);
}

class Overlap final : public Kernel {
 public:
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(boolean_type, context.rows, context.arena);
    ElementSet right;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (!has_null(arguments, row)) write({arguments, row}, right, writer);
    }
    return writer.finish();
  }

 private:
  /// NULL where nothing is common, but an element that is NULL might be.
  static void write(const ArgumentRow& row, ElementSet& right, ColumnWriter& writer) {
    put_all(right, row, 1);
    const Span span = row.span(0);
    const Column& elements = row.elements(0);
    bool has_null = right.has_null();
    for (std::uint32_t k = span.start; k < span.start + span.length; ++k) {
      if (elements.is_null(k)) {
        has_null = true;
      } else if (right.contains(elements, k)) {
        return writer.set_bool(row.row, true);
      }
    }
    const bool is_any_empty = span.length == 0 || row.span(1).length == 0;
    if (!has_null || is_any_empty) writer.set_bool(row.row, false);
  }
};

using SetBody = void (*)(Sets&, ArrayMaker&, const ArgumentRow&);

/// Only the union can be larger than what it is made of.
template <SetBody body>
KernelResult prepare_set(const CallSite& site) {
  return makes_arrays<Sets>(site, "array_union", [](Sets& sets, ArrayMaker& maker, const ArgumentRow& row) {
    body(sets, maker, row);
  });
}

/// Elements that are NULL come from either.
Result<Type> type_of_both(const CallSite& site) {
  return array_type(fields_of(site)[0].type,
                    fields_of(site)[0].nullable || site.types[1].nested->fields[0].nullable);
}

Function set_function(std::string name, std::string summary, std::vector<FunctionExample> examples,
                      TypeOf result, PrepareKernel prepare) {
  Function function;
  function.signature = name + "(a array<T>, b array<T>) -> array<T>";
  function.name = std::move(name);
  function.family = nested_family;
  function.summary = std::move(summary);
  function.examples = std::move(examples);
  function.overloads.push_back(never_null(nested_overload({"array<T>", "array<T>"}, result, prepare)));
  return function;
}

}  // namespace

void register_array_sets(FunctionRegistry& registry) {
  add(registry,
      {.name = "array_distinct",
       .family = nested_family,
       .signature = "array_distinct(elements array<T>) -> array<T>",
       .summary = "The elements without repetitions; NULL counts as one.",
       .examples = {{"array_distinct(array(1, 2, 1, NULL, NULL))", "[1, 2, null]"}},
       .overloads = {never_null(nested_overload({"array<T>"}, type_of_first, prepare_set<distinct>))}});
  add(registry, set_function("array_union", "The elements of both, without repetitions.",
                             {{"array_union(array(1, 2, 2), array(3, 1))", "[1, 2, 3]"}}, type_of_both,
                             prepare_set<unite>));
  add(registry, set_function("array_intersect",
                             "The elements of the first that are in the second, too, without repetitions.",
                             {{"array_intersect(array(3, 1, NULL, 1), array(1, NULL, 2))", "[1, null]"}},
                             type_of_first, prepare_set<intersect>));
  add(registry, set_function("array_except",
                             "The elements of the first that are not in the second, without repetitions.",
                             {{"array_except(array(3, 1, 3, 2), array(1, 5))", "[3, 2]"}}, type_of_first,
                             prepare_set<subtract>));
  add(registry, {.name = "arrays_overlap",
                 .family = nested_family,
                 .signature = "arrays_overlap(a array<T>, b array<T>) -> boolean",
                 .summary = "Whether an element that is not NULL is in both; NULL where there is none, but "
                            "NULL is in one of them.",
                 .examples = {{"arrays_overlap(array(1, 2), array(2, 3))", "true"},
                              {"arrays_overlap(array(1), array(2))", "false"},
                              {"arrays_overlap(array(1, NULL), array(2))", "NULL"}},
                 .overloads = {nested_overload(
                     {"array<T>", "array<T>"}, [](const CallSite&) -> Result<Type> { return boolean_type; },
                     [](const CallSite&) { return kernel_of<Overlap>(); })}});
}

}  // namespace weir
