// map_makers.cpp — maps made of pairs, of other maps, of arrays and of text; each key is there once and is
// not NULL.
#include <fmt/format.h>

#include <algorithm>

#include "engine/expression/functions/families.h"
#include "engine/expression/functions/map_maker.h"

namespace weir {
namespace {

using Columns = std::vector<const Column*>;

/// map(key, value, ...)
class MakeMap final : public Kernel {
 public:
  explicit MakeMap(Type type) : type_(type) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    Columns keys, values;
    for (std::size_t i = 0; i < arguments.size(); ++i) (i % 2 == 0 ? keys : values).push_back(&arguments[i]);
    MapMaker maker(type_, context, std::move(keys), std::move(values), "map");
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      for (std::size_t pair = 0; pair < arguments.size() / 2; ++pair) maker.take(row, row, pair);
      maker.end_row(row);
    }
    pass_errors_on(arguments, context.rows, maker.writer());
    return maker.finish();
  }

 private:
  Type type_;
};

class ConcatMaps final : public Kernel {
 public:
  explicit ConcatMaps(Type type) : type_(type) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    Columns keys, values;
    for (const Column& map : arguments) {
      keys.push_back(&(*map.children)[0]);
      values.push_back(&(*map.children)[1]);
    }
    MapMaker maker(type_, context, std::move(keys), std::move(values), "map_concat");
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (has_null(arguments, row)) continue;
      for (std::size_t i = 0; i < arguments.size(); ++i) {
        const Span span = arguments[i].at<Span>(row);
        for (std::uint32_t k = span.start; k < span.start + span.length; ++k) maker.take(k, k, i);
      }
      maker.end_row(row);
    }
    return maker.finish();
  }

 private:
  Type type_;
};

class MapFromArrays final : public Kernel {
 public:
  explicit MapFromArrays(Type type) : type_(type) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    MapMaker maker(type_, context, {&(*arguments[0].children)[0]}, {&(*arguments[1].children)[0]},
                   "map_from_arrays");
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (!has_null(arguments, row)) make(row, arguments[0].at<Span>(row), arguments[1].at<Span>(row), maker);
    }
    return maker.finish();
  }

 private:
  static void make(std::uint32_t row, const Span& keys, const Span& values, MapMaker& maker) {
    if (keys.length != values.length) {
      return maker.fail_row(
          row, "bad_argument",
          fmt::format("map_from_arrays: {} keys for {} values", keys.length, values.length));
    }
    for (std::uint32_t k = 0; k < keys.length; ++k) maker.take(keys.start + k, values.start + k);
    maker.end_row(row);
  }

  Type type_;
};

class MapFromEntries final : public Kernel {
 public:
  explicit MapFromEntries(Type type) : type_(type) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Column& entries = (*arguments[0].children)[0];
    MapMaker maker(type_, context, {&(*entries.children)[0]}, {&(*entries.children)[1]}, "map_from_entries");
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (!arguments[0].is_null(row)) make(row, arguments[0].at<Span>(row), entries, maker);
    }
    return maker.finish();
  }

 private:
  /// NULL where an entry is.
  static void make(std::uint32_t row, const Span& span, const Column& entries, MapMaker& maker) {
    for (std::uint32_t k = span.start; k < span.start + span.length; ++k) {
      if (entries.is_null(k)) return;
    }
    for (std::uint32_t k = span.start; k < span.start + span.length; ++k) {
      const auto entry = entries.at<std::uint32_t>(k);
      maker.take(entry, entry);
    }
    maker.end_row(row);
  }

  Type type_;
};

Result<Type> type_of_map(const CallSite& site) {
  if (site.types.empty()) return map_type(null_type, null_type);
  if (site.types.size() % 2 != 0) return call_error("map expects a value after each key");
  return map_type(site.types[0], site.types[1]);
}

Result<Type> type_of_map_concat(const CallSite& site) {
  const auto may_hold_null = [](const Type& type) { return type.nested->fields[1].nullable; };
  return map_type(fields_of(site)[0].type, fields_of(site)[1].type,
                  std::any_of(site.types.begin(), site.types.end(), may_hold_null));
}

Result<Type> type_of_map_from_arrays(const CallSite& site) {
  const Field& value = site.types[1].nested->fields[0];
  return map_type(fields_of(site)[0].type, value.type, value.nullable);
}

Result<Type> type_of_map_from_entries(const CallSite& site) {
  const Type& entry = fields_of(site)[0].type;
  if (entry.kind != TypeKind::structure || entry.nested->fields.size() != 2)
    return call_error(fmt::format("map_from_entries expects an array of structs of two fields, got {}",
                                  to_string(site.types[0])));
  const auto& fields = entry.nested->fields;
  return map_type(fields[0].type, fields[1].type, fields[1].nullable);
}

}  // namespace

void register_map_makers(FunctionRegistry& registry) {
  Overload map = never_null(not_strict(variadic(nested_overload(
      {"K", "V"}, type_of_map, [](const CallSite& site) { return kernel_of<MakeMap>(site.result); }))));
  map.optional = 2;
  add(registry, {.name = "map",
                 .family = nested_family,
                 .signature = "map(key K, value V, ...) -> map<K, V>",
                 .summary = "The pairs as a map; the row is rejected where a key is NULL or given twice.",
                 .examples = {{"map('a', 1, 'b', NULL)", "{a -> 1, b -> null}"},
                              {"map('a', 1)['a']", "1"},
                              {"map()", "{}"}},
                 .overloads = {std::move(map)}});
  add(registry, {.name = "map_concat",
                 .family = nested_family,
                 .signature = "map_concat(value map<K, V>, ...) -> map<K, V>",
                 .summary = "The entries of all the maps; the row is rejected where two have the same key.",
                 .examples = {{"map_concat(map('a', 1), map('b', 2))", "{a -> 1, b -> 2}"}},
                 .overloads = {never_null(
                     variadic(nested_overload({"map<K, V>"}, type_of_map_concat, [](const CallSite& site) {
                       return kernel_of<ConcatMaps>(site.result);
                     })))}});
  add(registry,
      {.name = "map_from_arrays",
       .family = nested_family,
       .signature = "map_from_arrays(keys array<K>, values array<V>) -> map<K, V>",
       .summary = "A map of keys and as many values; the row is rejected where a key is NULL or there twice.",
       .examples = {{"map_from_arrays(array('a', 'b'), array(1, 2))", "{a -> 1, b -> 2}"}},
       .overloads = {
           never_null(nested_overload({"array", "array"}, type_of_map_from_arrays, [](const CallSite& site) {
             return kernel_of<MapFromArrays>(site.result);
           }))}});
  add(registry,
      {.name = "map_from_entries",
       .family = nested_family,
       .signature = "map_from_entries(entries array<struct<key K, value V>>) -> map<K, V>",
       .summary = "A map of structs of two fields; NULL where one of the structs is NULL.",
       .examples =
           {{"map_from_entries(array(named_struct('k', 'a', 'v', 1), named_struct('k', 'b', 'v', 2)))",
             "{a -> 1, b -> 2}"}},
       .overloads = {nested_overload({"array"}, type_of_map_from_entries, [](const CallSite& site) {
         return kernel_of<MapFromEntries>(site.result);
       })}});
}

}  // namespace weir
