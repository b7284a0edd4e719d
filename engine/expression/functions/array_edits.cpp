// array_edits.cpp — arrays with elements put in, taken out, cut, repeated and joined.
#include <fmt/format.h>

#include <algorithm>

#include "engine/expression/functions/array_maker.h"
#include "engine/expression/functions/array_overloads.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/value_order.h"

namespace weir {
namespace {

/// Everything that hangs below a value, counted as often as it is referred to, up to `limit`.
std::int64_t weight(const Column& column, std::uint32_t row, std::int64_t limit) {
  if (!column.type.is_nested() || column.is_null(row)) return 1;
  const Span span = column.type.is_list() ? column.at<Span>(row) : Span{column.at<std::uint32_t>(row), 1};
  std::int64_t sum = 1;
  for (const Column& child : *column.children) {
    if (!child.type.is_nested()) sum += span.length;
    for (std::uint32_t k = span.start; child.type.is_nested() && k < span.start + span.length && sum <= limit;
         ++k)
      sum += weight(child, k, limit - sum);
  }
  return sum;
}

KernelResult prepare_append(const CallSite& site) {
  return makes_arrays<NoState>(
      site, "array_append",
      [](NoState&, ArrayMaker& maker, const ArgumentRow& row) {
        maker.take_all(row.span(0));
        maker.take(row.row, 1);
        maker.end_row(row.row);
      },
      1);
}

KernelResult prepare_prepend(const CallSite& site) {
  return makes_arrays<NoState>(
      site, "array_prepend",
      [](NoState&, ArrayMaker& maker, const ArgumentRow& row) {
        maker.take(row.row, 1);
        maker.take_all(row.span(0));
        maker.end_row(row.row);
      },
      1);
}

void take_nulls(ArrayMaker& maker, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) maker.take_null();
}

/// At a place from 1 on, or counted from the end, where -1 is behind the last element; what lies between is
/// NULL.
void insert(NoState&, ArrayMaker& maker, const ArgumentRow& row) {
  const Span span = row.span(0);
  const std::int64_t place = row.at<std::int64_t>(1);
  const auto length = static_cast<std::int64_t>(span.length);
  if (place == 0)
    return maker.fail_row(row.row, "bad_argument",
                          "array_insert: places count from 1 or -1, there is no place 0");
  const std::int64_t farthest = std::max<std::int64_t>(length, max_made_elements) + 1;
  if (place > farthest || place < -farthest)
    return maker.fail_row(row.row, "too_large", too_many_elements("array_insert"));
  const std::int64_t index = place > 0 ? place - 1 : length + place + 1;
  const std::uint32_t before = static_cast<std::uint32_t>(std::clamp<std::int64_t>(index, 0, length));
  maker.take_all({span.start, before});
  take_nulls(maker, index - length);
  maker.take(row.row, 2);
  take_nulls(maker, -index);
  maker.take_all({span.start + before, span.length - before});
  maker.end_row(row.row);
}

KernelResult prepare_insert(const CallSite& site) {
  return makes_arrays<NoState>(site, "array_insert", insert, 2);
}

KernelResult prepare_compact(const CallSite& site) {
  return makes_arrays<NoState>(site, "array_compact",
                               [](NoState&, ArrayMaker& maker, const ArgumentRow& row) {
                                 const Span span = row.span(0);
                                 for (std::uint32_t k = span.start; k < span.start + span.length; ++k) {
                                   if (!row.elements(0).is_null(k)) maker.take(k);
                                 }
                                 maker.end_row(row.row);
                               });
}

KernelResult prepare_remove(const CallSite& site) {
  const ValueComparator compare = comparator_of(site.types[1].kind);
  return makes_arrays<NoState>(
      site, "array_remove", [compare](NoState&, ArrayMaker& maker, const ArgumentRow& row) {
        const Span span = row.span(0);
        const Column& elements = row.elements(0);
        for (std::uint32_t k = span.start; k < span.start + span.length; ++k) {
          if (elements.is_null(k) || compare(elements, k, row.arguments[1], row.row) != 0) maker.take(k);
        }
        maker.end_row(row.row);
      });
}

/// Nested values are shared, not copied; but whoever prints or compares them meets each of them.
KernelResult prepare_repeat(const CallSite& site) {
  return makes_arrays<NoState>(
      site, "array_repeat",
      [](NoState&, ArrayMaker& maker, const ArgumentRow& row) {
        const std::int64_t count = std::max<std::int64_t>(row.at<std::int64_t>(1), 0);
        const std::int64_t most = count == 0 ? max_made_elements : max_made_elements / count;
        if (most == 0 || weight(row.arguments[0], row.row, most) > most)
          return maker.fail_row(row.row, "too_large", too_many_elements("array_repeat"));
        for (std::int64_t i = 0; i < count; ++i) maker.take(row.row);
        maker.end_row(row.row);
      },
      0);
}

/// From a place on (counted from 1, or from the end with negative numbers): the same elements, so nothing is
/// copied.
class Slice final : public Kernel {
 public:
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(arguments[0].type, context.rows, context.arena);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (!has_null(arguments, row)) write(row, arguments, writer);
    }
    Column result = writer.finish();
    result.children = arguments[0].children;
    return result;
  }

 private:
  static void write(std::uint32_t row, std::span<const Column> arguments, ColumnWriter& writer) {
    const Span span = arguments[0].at<Span>(row);
    const std::int64_t place = arguments[1].at<std::int64_t>(row);
    const std::int64_t wanted = arguments[2].at<std::int64_t>(row);
    if (place == 0)
      return writer.set_error(row, "bad_argument", "slice: places count from 1 or -1, there is no place 0");
    if (wanted < 0)
      return writer.set_error(row, "bad_argument",
                              fmt::format("slice: a length is not negative: {}", wanted));
    const std::int64_t start = place > 0 ? place - 1 : place + span.length;
    if (start < 0 || start >= span.length) return writer.set(row, Span{});
    const std::int64_t length = std::min<std::int64_t>(wanted, span.length - start);
    writer.set(row, Span{span.start + static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(length)});
  }
};

Result<Type> type_of_flatten(const CallSite& site) {
  const Type& inner = fields_of(site)[0].type;
  if (inner.kind == TypeKind::array) return inner;
  return call_error(fmt::format("flatten expects an array of arrays, got {}", to_string(site.types[0])));
}

/// Source 0 are the inner arrays; their elements, which are taken, source 1.
class Flatten final : public Kernel {
 public:
  explicit Flatten(Type type) : type_(type) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Column& inner = (*arguments[0].children)[0];
    ArrayMaker maker(type_, context, {&(*inner.children)[0]}, "flatten");
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (!arguments[0].is_null(row)) flatten(row, arguments[0].at<Span>(row), inner, maker);
    }
    return maker.finish();
  }

 private:
  /// NULL where one of the inner arrays is.
  static void flatten(std::uint32_t row, const Span& span, const Column& inner, ArrayMaker& maker) {
    std::uint64_t length = 0;
    for (std::uint32_t k = span.start; k < span.start + span.length; ++k) {
      if (inner.is_null(k)) return;
      length += inner.at<Span>(k).length;
    }
    if (length > max_made_elements) return maker.fail_row(row, "too_large", too_many_elements("flatten"));
    for (std::uint32_t k = span.start; k < span.start + span.length; ++k) maker.take_all(inner.at<Span>(k));
    maker.end_row(row);
  }

  Type type_;
};

/// A function that puts a value into an array of its type.
Function edit(std::string name, std::string signature, std::string summary,
              std::vector<FunctionExample> examples, Overload overload) {
  Function function;
  function.name = std::move(name);
  function.family = nested_family;
  function.signature = std::move(signature);
  function.summary = std::move(summary);
  function.examples = std::move(examples);
  function.overloads.push_back(std::move(overload));
  return function;
}

/// The first argument's type, with elements that may be NULL.
Result<Type> type_with_nulls(const CallSite& site) { return array_type(fields_of(site)[0].type); }

void register_insertions(FunctionRegistry& registry) {
  add(registry, edit("array_append", "array_append(elements array<T>, value T) -> array<T>",
                     "The array with a value, which may be NULL, at its end.",
                     {{"array_append(array('a', 'b'), 'c')", "[a, b, c]"},
                      {"array_append(array(1), NULL)", "[1, null]"}},
                     not_strict(nested_overload({"array<T>", "T"}, type_with_nulls, prepare_append))));
  add(registry, edit("array_prepend", "array_prepend(elements array<T>, value T) -> array<T>",
                     "The array with a value, which may be NULL, before its first element.",
                     {{"array_prepend(array('b', 'c'), 'a')", "[a, b, c]"}},
                     not_strict(nested_overload({"array<T>", "T"}, type_with_nulls, prepare_prepend))));
  add(registry,
      edit("array_insert", "array_insert(elements array<T>, place bigint, value T) -> array<T>",
           "The array with a value at a place counted from 1, or from the end with negative numbers (-1 is "
           "behind the last element); NULLs fill a gap.",
           {{"array_insert(array('a', 'c'), 2, 'b')", "[a, b, c]"},
            {"array_insert(array('a', 'b'), -1, 'c')", "[a, b, c]"},
            {"array_insert(array('a'), 4, 'b')", "[a, null, null, b]"}},
           not_strict(nested_overload({"array<T>", "bigint", "T"}, type_with_nulls, prepare_insert))));
  add(registry, edit("array_repeat", "array_repeat(value T, count bigint) -> array<T>",
                     "An array of one value, again and again; at most 100000 elements.",
                     {{"array_repeat('ab', 3)", "[ab, ab, ab]"},
                      {"array_repeat(NULL, 2)", "[null, null]"},
                      {"array_repeat(1, -1)", "[]"}},
                     not_strict(nested_overload(
                         {"any", "bigint"},
                         [](const CallSite& site) -> Result<Type> { return array_type(site.types[0]); },
                         prepare_repeat))));
}

void register_removals(FunctionRegistry& registry) {
  add(registry, edit("array_compact", "array_compact(elements array<T>) -> array<T>",
                     "The elements that are not NULL.", {{"array_compact(array(1, NULL, 2))", "[1, 2]"}},
                     never_null(nested_overload({"array<T>"}, type_of_first, prepare_compact))));
  add(registry, edit("array_remove", "array_remove(elements array<T>, value T) -> array<T>",
                     "The elements that do not equal the value; NULLs stay.",
                     {{"array_remove(array(1, 2, NULL, 2), 2)", "[1, null]"}},
                     never_null(nested_overload({"array<T>", "T"}, type_of_first, prepare_remove))));
  add(registry,
      edit(
          "slice", "slice(elements array<T>, place bigint, length bigint) -> array<T>",
          "As many elements from a place on, which is counted from 1, or from the end with negative numbers.",
          {{"slice(array(1, 2, 3, 4), 2, 2)", "[2, 3]"},
           {"slice(array(1, 2, 3), -2, 9)", "[2, 3]"},
           {"slice(array(1), 5, 1)", "[]"}},
          never_null(nested_overload({"array<T>", "bigint", "bigint"}, type_of_first,
                                     [](const CallSite&) { return kernel_of<Slice>(); }))));
  add(registry, edit("flatten", "flatten(arrays array<array<T>>) -> array<T>",
                     "The elements of the arrays in one array; NULL where one of the arrays is.",
                     {{"flatten(array(array(1, 2), array(), array(3)))", "[1, 2, 3]"},
                      {"flatten(array(array(1), NULL))", "NULL"}},
                     nested_overload({"array"}, type_of_flatten,
                                     [](const CallSite& site) { return kernel_of<Flatten>(site.result); })));
}

}  // namespace

Overload concat_arrays() {
  return never_null(variadic(nested_overload(
      {"array<T>"},
      [](const CallSite& site) -> Result<Type> {
        const auto may_hold_null = [](const Type& type) { return type.nested->fields[0].nullable; };
        return array_type(fields_of(site)[0].type,
                          std::any_of(site.types.begin(), site.types.end(), may_hold_null));
      },
      [](const CallSite& site) {
        return makes_arrays<NoState>(site, "concat", [](NoState&, ArrayMaker& maker, const ArgumentRow& row) {
          for (std::size_t i = 0; i < row.arguments.size(); ++i) maker.take_all(row.span(i), i);
          maker.end_row(row.row);
        });
      })));
}

Overload reverse_array() {
  return never_null(nested_overload({"array<T>"}, type_of_first, [](const CallSite& site) {
    return makes_arrays<NoState>(site, "reverse", [](NoState&, ArrayMaker& maker, const ArgumentRow& row) {
      const Span span = row.span(0);
      for (std::uint32_t k = span.start + span.length; k-- > span.start;) maker.take(k);
      maker.end_row(row.row);
    });
  }));
}

void register_array_edits(FunctionRegistry& registry) {
  register_insertions(registry);
  register_removals(registry);
}

}  // namespace weir
