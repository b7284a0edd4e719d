// nested.cpp — arrays, maps and structs: made of values, taken apart, read from JSON.
#include <fmt/format.h>

#include "engine/expression/functions/cast.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"
#include "engine/expression/functions/value_order.h"

namespace weir {
namespace {

constexpr const char* family = "nested";

using TypeOf = Result<Type> (*)(const CallSite&);
using Prepare = KernelResult (*)(const CallSite&);

Overload nested_overload(std::vector<std::string> parameters, TypeOf result, Prepare prepare) {
  Overload overload;
  overload.parameters = std::move(parameters);
  overload.result = result;
  overload.prepare = prepare;
  return overload;
}

/// What a NULL argument means is for the function to say.
Overload takes_nulls(Overload overload) {
  overload.strict = false;
  overload.never_null = true;
  return overload;
}

const std::vector<Field>& fields_of(const CallSite& site) { return site.types[0].nested->fields; }

/// Errors of arguments become errors of the row, for bodies that are not strict.
void pass_errors_on(std::span<const Column> arguments, std::uint32_t rows, ColumnWriter& writer) {
  for (const Column& argument : arguments) {
    if (argument.errors == nullptr) continue;
    for (std::uint32_t row = 0; row < rows; ++row) {
      if (const RowError* error = argument.errors->find(row & argument.row_mask))
        writer.set_error(row, error->code, error->message);
    }
  }
}

/// array(a, b, ...), map(k, v, ...) and named_struct('n', a, ...): child c of a row is made of every `step`th argument from `first + c` on.
class MakeNested final : public Kernel {
 public:
  MakeNested(Type type, std::size_t first, std::size_t step) : type_(type), first_(first), step_(step) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(type_, context.rows, context.arena);
    for (std::uint32_t row = 0; row < context.rows; ++row) write(row, arguments, writer);
    pass_errors_on(arguments, context.rows, writer);
    return writer.finish();
  }

 private:
  void write(std::uint32_t row, std::span<const Column> arguments, ColumnWriter& writer) const {
    const std::size_t children = type_.nested->fields.size();
    const std::uint32_t start = writer.child(0).size();
    std::size_t child = 0;
    for (std::size_t i = first_; i < arguments.size(); i += step_) {
      if (type_.kind == TypeKind::map && child == 0 && arguments[i].is_null(row)) {
        for (; writer.child(1).size() < writer.child(0).size();) writer.child(1).append_null();
        return writer.set_error(row, "null_key", "a key of a map is NULL");
      }
      writer.child(child).append_from(arguments[i], row);
      child = (child + 1) % children;
    }
    if (!type_.is_list()) return writer.set(row, start);
    writer.set(row, Span{start, writer.child(0).size() - start});
  }

  Type type_;
  std::size_t first_;
  std::size_t step_;
};

Result<Type> type_of_map(const CallSite& site) {
  const std::size_t count = site.types.size();
  if (count % 2 != 0) return call_error("map expects a value after each key");
  for (std::size_t i = 2; i < count; ++i) {
    if (site.types[i] == site.types[i % 2] || site.types[i].kind == TypeKind::null) continue;
    return call_error(fmt::format("map: the {} are of different types: {} and {}", i % 2 == 0 ? "keys" : "values",
                                  to_string(site.types[i % 2]), to_string(site.types[i])));
  }
  return map_type(site.types[0], site.types[1]);
}

Result<Type> type_of_struct(const CallSite& site) {
  if (site.types.size() % 2 != 0) return call_error("named_struct expects a value after each name");
  std::vector<Field> fields;
  for (std::size_t i = 0; i < site.types.size(); i += 2) {
    const std::string* name = constant_text(site, i);
    if (name == nullptr) return call_error("named_struct: names are text literals");
    const auto is_same = [&](const Field& field) { return field.name == *name; };
    if (std::any_of(fields.begin(), fields.end(), is_same))
      return call_error(fmt::format("named_struct: field {} is given twice", *name));
    fields.push_back({*name, site.types[i + 1], true});
  }
  return struct_type(std::move(fields));
}

/// Chooses a row of a child for each row; `choose` says which, or ~0u for NULL.
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

std::optional<std::size_t> field_index(const CallSite& site) {
  const std::string* name = constant_text(site, 1);
  if (name == nullptr) return std::nullopt;
  const auto& fields = fields_of(site);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == *name) return i;
  }
  return std::nullopt;
}

Result<Type> type_of_field(const CallSite& site) {
  if (const auto index = field_index(site)) return fields_of(site)[*index].type;
  const std::string* name = constant_text(site, 1);
  std::string names;
  for (const Field& field : fields_of(site)) names += (names.empty() ? "" : ", ") + field.name;
  if (name == nullptr) return call_error("the name of a struct's field is a text literal");
  return call_error(fmt::format("unknown field: {}", *name)).with_hint("fields of the struct: " + names);
}

KernelResult prepare_field(const CallSite& site) {
  return take_child(*field_index(site), [](std::span<const Column> arguments, std::uint32_t row) {
    return arguments[0].at<std::uint32_t>(row);
  });
}

Result<Type> type_of_element(const CallSite& site) { return fields_of(site).back().type; }

/// a[0]: the first element, as Spark and most languages count.
KernelResult prepare_subscript(const CallSite&) {
  return take_child(0, [](std::span<const Column> arguments, std::uint32_t row) {
    const Span span = arguments[0].at<Span>(row);
    const std::int64_t index = arguments[1].at<std::int64_t>(row);
    return index >= 0 && index < span.length ? span.start + static_cast<std::uint32_t>(index) : ~0u;
  });
}

/// element_at: from 1 on, or from the end with negative numbers.
KernelResult prepare_element_at(const CallSite&) {
  return take_child(0, [](std::span<const Column> arguments, std::uint32_t row) {
    const Span span = arguments[0].at<Span>(row);
    const std::int64_t place = arguments[1].at<std::int64_t>(row);
    const std::int64_t index = place > 0 ? place - 1 : span.length + place;
    return place != 0 && index >= 0 && index < span.length ? span.start + static_cast<std::uint32_t>(index) : ~0u;
  });
}

Status check_same_type(const CallSite& site, const Type& wanted, const char* what) {
  if (site.types[1] == wanted) return {};
  return call_error(fmt::format("expected a {} of type {}, got {}", what, to_string(wanted), to_string(site.types[1])))
      .with_hint(fmt::format("CAST(value AS {}) converts", to_string(wanted)));
}

Result<Type> type_of_map_value(const CallSite& site) {
  WEIR_TRY(check_same_type(site, fields_of(site)[0].type, "key"));
  return fields_of(site)[1].type;
}

/// Of equal keys the last counts, as where a map is written to JSON and read again.
KernelResult prepare_map_value(const CallSite& site) {
  return take_child(1, [compare = comparator_of(site.types[1].kind)](std::span<const Column> arguments, std::uint32_t row) {
    const Span span = arguments[0].at<Span>(row);
    const Column& keys = (*arguments[0].children)[0];
    for (std::uint32_t k = span.start + span.length; k-- > span.start;) {
      if (compare(keys, k, arguments[1], row) == 0) return k;
    }
    return ~0u;
  });
}

class Size final : public Kernel {
 public:
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(int32_type, context.rows, context.arena, true);
    auto* out = writer.data<std::int32_t>();
    for (std::uint32_t row = 0; row < context.rows; ++row)
      out[row] = static_cast<std::int32_t>(arguments[0].at<Span>(row).length);
    return writer.finish();
  }
};

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

/// The keys or the values of a map as an array: the same spans over one of the children.
class MapPart final : public Kernel {
 public:
  MapPart(Type type, std::size_t child) : type_(type), child_(child) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext&) const override {
    Column result = arguments[0];
    result.type = type_;
    result.errors = nullptr;
    result.children = std::make_shared<const std::vector<Column>>(1, (*arguments[0].children)[child_]);
    return result;
  }

 private:
  Type type_;
  std::size_t child_;
};

Result<Type> type_of_from_json(const CallSite& site) {
  const std::string* text = constant_text(site, 1);
  if (text == nullptr) return call_error("from_json: the type is a text literal, such as 'array<int>'");
  auto type = parse_type(*text);
  if (!type) type = parse_type("struct<" + *text + ">");  // Spark's 'a int, b string'
  if (!type) return call_error(fmt::format("from_json: no type: {}", *text));
  if (!type->is_nested() || holds_bytes(*type))
    return call_error(fmt::format("from_json: expected an array, map or struct without bytes, got {}", to_string(*type)));
  return *type;
}

void register_makers(FunctionRegistry& registry) {
  add(registry, {.name = "array",
                 .family = family,
                 .signature = "array(value T, ...) -> array<T>",
                 .summary = "The values as an array.",
                 .examples = {{"array(1, 2, NULL)", "[1, 2, null]"}, {"array('a')[0]", "a"}},
                 .overloads = {variadic(takes_nulls(nested_overload(
                     {"T"}, [](const CallSite& site) -> Result<Type> { return array_type(site.types[0]); },
                     [](const CallSite& site) { return kernel_of<MakeNested>(site.result, 0u, 1u); })))}});
  add(registry, {.name = "map",
                 .family = family,
                 .signature = "map(key K, value V, ...) -> map<K, V>",
                 .summary = "The pairs as a map; the row is rejected where a key is NULL.",
                 .examples = {{"map('a', 1, 'b', NULL)", "{a -> 1, b -> null}"}, {"map('a', 1)['a']", "1"}},
                 .overloads = {variadic(takes_nulls(nested_overload({"any", "any"}, type_of_map, [](const CallSite& site) {
                   return kernel_of<MakeNested>(site.result, 0u, 1u);
                 })))}});
  add(registry, {.name = "named_struct",
                 .family = family,
                 .signature = "named_struct(name string, value any, ...) -> struct",
                 .summary = "A struct of the named values; names are literals.",
                 .examples = {{"named_struct('id', 7, 'name', 'Ann')", "{7, Ann}"},
                              {"named_struct('id', 7).id", "7"}},
                 .overloads = {variadic(takes_nulls(nested_overload({"any", "any"}, type_of_struct, [](const CallSite& site) {
                   return kernel_of<MakeNested>(site.result, 1u, 2u);
                 })))}});
  add(registry, {.name = "from_json",
                 .family = family,
                 .signature = "from_json(json string, type string) -> array, map or struct",
                 .summary = "The value of JSON text as the type says ('array<int>', or a struct's fields: 'id int, name string'); NULL where "
                            "it is not that.",
                 .examples = {{"from_json('{\"id\":7,\"tags\":[\"a\"]}', 'id int, tags array<string>').tags[0]", "a"},
                              {"from_json('[1, 2]', 'array<int>')", "[1, 2]"},
                              {"from_json('[1, 2.5]', 'array<int>')", "NULL"}},
                 .overloads = {nested_overload({"string", "string"}, type_of_from_json, [](const CallSite& site) -> KernelResult {
                   return cast_nested({string_type, site.result, true});
                 })}});
}

void register_readers(FunctionRegistry& registry) {
  add(registry, {.name = "get_field",
                 .family = family,
                 .signature = "get_field(value struct, name string) -> the field's type",
                 .summary = "A field of a struct, as value.name gives it; the name is a literal.",
                 .examples = {{"get_field(named_struct('id', 7), 'id')", "7"}},
                 .overloads = {nested_overload({"struct", "string"}, type_of_field, prepare_field),
                               nested_overload({"map", "string"}, type_of_map_value, prepare_map_value)}});
  add(registry, {.name = "get_item",
                 .family = family,
                 .signature = "get_item(array, index bigint) or get_item(map, key) -> the element's type",
                 .summary = "An element, as value[index] gives it: counted from 0, or of this key; NULL where there is none.",
                 .examples = {{"get_item(array('a', 'b'), 1)", "b"}, {"array('a')[5]", "NULL"}, {"map('x', 2)['x']", "2"}},
                 .overloads = {nested_overload({"array", "bigint"}, type_of_element, prepare_subscript),
                               nested_overload({"map", "any"}, type_of_map_value, prepare_map_value),
                               nested_overload({"struct", "string"}, type_of_field, prepare_field)}});
  add(registry, {.name = "element_at",
                 .family = family,
                 .signature = "element_at(array, place bigint) or element_at(map, key) -> the element's type",
                 .summary = "An element counted from 1, or from the end with negative numbers, or of this key; NULL where there is none.",
                 .examples = {{"element_at(array('a', 'b'), -1)", "b"}, {"element_at(map(1, 'x'), 1)", "x"}},
                 .overloads = {nested_overload({"array", "bigint"}, type_of_element, prepare_element_at),
                               nested_overload({"map", "any"}, type_of_map_value, prepare_map_value)}});
  Overload size = nested_overload(
      {"array"}, [](const CallSite&) -> Result<Type> { return int32_type; }, [](const CallSite&) { return kernel_of<Size>(); });
  size.never_null = true;
  Overload map_size = size;
  map_size.parameters = {"map"};
  add(registry, {.name = "size",
                 .aliases = {"cardinality", "array_size"},
                 .family = family,
                 .signature = "size(value array or map) -> int",
                 .summary = "How many elements there are.",
                 .examples = {{"size(array(1, 2))", "2"}, {"size(map('a', 1))", "1"}},
                 .overloads = {size, map_size}});
  add(registry,
      {.name = "array_contains",
       .family = family,
       .signature = "array_contains(elements array<T>, value T) -> boolean",
       .summary = "Whether the value is among the elements; NULL where it is not, but some element is NULL.",
       .examples = {{"array_contains(array('a', 'b'), 'b')", "true"},
                    {"array_contains(array('a', 'b'), 'c')", "false"},
                    {"array_contains(array('a', NULL), 'c')", "NULL"}},
       .overloads = {nested_overload(
           {"array", "any"},
           [](const CallSite& site) -> Result<Type> {
             WEIR_TRY(check_same_type(site, fields_of(site)[0].type, "value"));
             return boolean_type;
           },
           [](const CallSite& site) { return kernel_of<ArrayContains>(site.types[1].kind); })}});
  add(registry, {.name = "map_keys",
                 .family = family,
                 .signature = "map_keys(value map<K, V>) -> array<K>",
                 .summary = "The keys of a map.",
                 .examples = {{"map_keys(map('a', 1, 'b', 2))", "[a, b]"}},
                 .overloads = {nested_overload(
                     {"map"}, [](const CallSite& site) -> Result<Type> { return array_type(fields_of(site)[0].type, false); },
                     [](const CallSite& site) { return kernel_of<MapPart>(site.result, 0u); })}});
  add(registry, {.name = "map_values",
                 .family = family,
                 .signature = "map_values(value map<K, V>) -> array<V>",
                 .summary = "The values of a map.",
                 .examples = {{"map_values(map('a', 1, 'b', 2))", "[1, 2]"}},
                 .overloads = {nested_overload(
                     {"map"}, [](const CallSite& site) -> Result<Type> { return array_type(fields_of(site)[1].type); },
                     [](const CallSite& site) { return kernel_of<MapPart>(site.result, 1u); })}});
}

}  // namespace

void register_nested(FunctionRegistry& registry) {
  register_makers(registry);
  register_readers(registry);
}

}  // namespace weir
