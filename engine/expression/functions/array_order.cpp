// array_order.cpp — arrays sorted.
#include <fmt/format.h>

#include <algorithm>

#include "engine/expression/functions/array_maker.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/value_order.h"

namespace weir {
namespace {

struct SortMemory {
  std::vector<std::uint32_t> rows;  // of the elements that are not NULL
};

/// Equal elements (0.0 and -0.0) keep their order.
void sort_rows(SortMemory& memory, const ArgumentRow& row, ValueComparator compare, bool is_ascending) {
  const Span span = row.span(0);
  const Column& elements = row.elements(0);
  memory.rows.clear();
  for (std::uint32_t k = span.start; k < span.start + span.length; ++k) {
    if (!elements.is_null(k)) memory.rows.push_back(k);
  }
  std::sort(memory.rows.begin(), memory.rows.end(), [&](std::uint32_t a, std::uint32_t b) {
    const int order = is_ascending ? compare(elements, a, elements, b) : compare(elements, b, elements, a);
    return order != 0 ? order < 0 : a < b;
  });
}

void take_sorted(SortMemory& memory, ArrayMaker& maker, const ArgumentRow& row, bool has_nulls_first) {
  const std::size_t nulls = row.span(0).length - memory.rows.size();
  for (std::size_t i = 0; has_nulls_first && i < nulls; ++i) maker.take_null();
  for (const std::uint32_t k : memory.rows) maker.take(k);
  for (std::size_t i = 0; !has_nulls_first && i < nulls; ++i) maker.take_null();
  maker.end_row(row.row);
}

/// sort_array: NULLs come first, or last where the order is descending.
KernelResult prepare_sort_array(const CallSite& site) {
  const ValueComparator compare = comparator_of(fields_of(site)[0].type.kind);
  return makes_arrays<SortMemory>(
      site, "sort_array", [compare](SortMemory& memory, ArrayMaker& maker, const ArgumentRow& row) {
        const bool is_ascending = row.arguments.size() < 2 || row.arguments[1].bool_at(row.row);
        sort_rows(memory, row, compare, is_ascending);
        take_sorted(memory, maker, row, is_ascending);
      });
}

KernelResult prepare_array_sort(const CallSite& site) {
  const ValueComparator compare = comparator_of(fields_of(site)[0].type.kind);
  return makes_arrays<SortMemory>(site, "array_sort",
                                  [compare](SortMemory& memory, ArrayMaker& maker, const ArgumentRow& row) {
                                    sort_rows(memory, row, compare, true);
                                    take_sorted(memory, maker, row, false);
                                  });
}

Result<Type> type_of_sorted(const CallSite& site) {
  if (has_order(site.types[0])) return site.types[0];
  return call_error(
      fmt::format("{} cannot be sorted: the entries of a map have no order", to_string(site.types[0])));
}

}  // namespace

void register_array_order(FunctionRegistry& registry) {
  add(registry,
      {.name = "sort_array",
       .family = nested_family,
       .signature = "sort_array(elements array<T>[, ascending boolean]) -> array<T>",
       .summary = "The elements in ascending order with NULLs first, or in descending order with NULLs last.",
       .examples = {{"sort_array(array('b', NULL, 'a'))", "[null, a, b]"},
                    {"sort_array(array(1, NULL, 2), false)", "[2, 1, null]"}},
       .overloads = {
           never_null(nested_overload({"array<T>"}, type_of_sorted, prepare_sort_array)),
           never_null(nested_overload({"array<T>", "boolean"}, type_of_sorted, prepare_sort_array))}});
  add(registry,
      {.name = "array_sort",
       .family = nested_family,
       .signature = "array_sort(elements array<T>) -> array<T>",
       .summary = "The elements in ascending order with NULLs last.",
       .examples = {{"array_sort(array('b', NULL, 'a'))", "[a, b, null]"}},
       .overloads = {never_null(nested_overload({"array<T>"}, type_of_sorted, prepare_array_sort))}});
}

}  // namespace weir
