// nested.cpp — arrays, maps and structs: made of values, taken apart, read from JSON.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "engine/expression/functions/cast.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/nested_overload.h"
#include "engine/expression/functions/value_order.h"

namespace weir {
namespace {

class MakeArray final : public Kernel {
 public:
  explicit MakeArray(Type type) : type_(type) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(type_, context.rows, context.arena, true);
    ColumnBuilder& elements = writer.child(0);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      const std::uint32_t start = elements.size();
      for (const Column& argument : arguments) elements.append_from(argument, row);
      writer.set(row, Span{start, elements.size() - start});
    }
    pass_errors_on(arguments, context.rows, writer);
    return writer.finish();
  }

 private:
  Type type_;
};

/// Names and values in turn. The values' columns are the struct's children as they are.
class MakeStruct final : public Kernel {
 public:
  explicit MakeStruct(Type type) : type_(type) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(type_, context.rows, context.arena, true);
    std::iota(writer.data<std::uint32_t>(), writer.data<std::uint32_t>() + context.rows, 0u);
    pass_errors_on(arguments, context.rows, writer);
    std::vector<Column> children;
    for (std::size_t i = 1; i < arguments.size(); i += 2) children.push_back(arguments[i]);
    for (Column& child : children) child.errors = nullptr;
    Column column = writer.finish();
    column.children = std::make_shared<const std::vector<Column>>(std::move(children));
    return column;
  }

 private:
  Type type_;
};

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

bool is_same_in_any_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

/// The field of exactly this name, else the only one of it in another case.
std::optional<std::size_t> field_index(const std::vector<Field>& fields, const std::string& name) {
  std::optional<std::size_t> near;
  bool is_ambiguous = false;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == name) return i;
    if (!is_same_in_any_case(fields[i].name, name)) continue;
    is_ambiguous = near.has_value();
    near = i;
  }
  return is_ambiguous ? std::nullopt : near;
}

Result<std::size_t> find_field(const CallSite& site, const Type& structure) {
  const std::string* name = constant_text(site, 1);
  if (name == nullptr) return call_error("the name of a struct's field is a text literal");
  const auto& fields = structure.nested->fields;
  if (const auto index = field_index(fields, *name)) return *index;
  std::string names;
  for (const Field& field : fields) names += (names.empty() ? "" : ", ") + field.name;
  return call_error(fmt::format("unknown field: {}", *name)).as("W0314").with_hint("fields of the struct: " + names);
}

Result<Type> type_of_field(const CallSite& site) {
  WEIR_ASSIGN(const std::size_t index, find_field(site, site.types[0]));
  return fields_of(site)[index].type;
}

KernelResult prepare_field(const CallSite& site) {
  WEIR_ASSIGN(const std::size_t index, find_field(site, site.types[0]));
  return take_child(index, [](std::span<const Column> arguments, std::uint32_t row) {
    return arguments[0].at<std::uint32_t>(row);
  });
}

/// array.field: the field of each element, as an array with the same spans.
class FieldOfEach final : public Kernel {
 public:
  FieldOfEach(Type type, std::size_t index) : type_(type), index_(index) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Column& structs = (*arguments[0].children)[0];
    std::vector<std::uint32_t> rows(structs.size, ~0u);
    for (std::uint32_t k = 0; k < structs.size; ++k) {
      if (!structs.is_null(k)) rows[k] = structs.at<std::uint32_t>(k);
    }
    Column result = arguments[0];
    result.type = type_;
    result.errors = nullptr;
    result.children = std::make_shared<const std::vector<Column>>(
        1, gather((*structs.children)[index_], rows, context.arena));
    return result;
  }

 private:
  Type type_;
  std::size_t index_;
};

Result<std::size_t> find_field_of_each(const CallSite& site) {
  const Type& element = fields_of(site)[0].type;
  if (element.kind == TypeKind::structure) return find_field(site, element);
  return call_error(fmt::format("{} has no fields", to_string(site.types[0]))).as("W0314")
      .with_hint("value[0] is its first element");
}

Result<Type> type_of_field_of_each(const CallSite& site) {
  WEIR_ASSIGN(const std::size_t index, find_field_of_each(site));
  return array_type(fields_of(site)[0].type.nested->fields[index].type);
}

KernelResult prepare_field_of_each(const CallSite& site) {
  WEIR_ASSIGN(const std::size_t index, find_field_of_each(site));
  return kernel_of<FieldOfEach>(site.result, index);
}

/// a[0]: the first element, as Spark and most languages count.
KernelResult prepare_subscript(const CallSite&) {
  return take_child(0, [](std::span<const Column> arguments, std::uint32_t row) {
    const Span span = arguments[0].at<Span>(row);
    const std::int64_t index = arguments[1].at<std::int64_t>(row);
    return index >= 0 && index < span.length ? span.start + static_cast<std::uint32_t>(index) : ~0u;
  });
}

/// From 1 on, or from the end with negative numbers; there is no place 0.
class ElementAt final : public Kernel {
 public:
  explicit ElementAt(Type type) : type_(type) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    std::vector<std::uint32_t> rows(context.rows, ~0u);
    bool has_zero = false;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (has_null(arguments, row)) continue;
      const Span span = arguments[0].at<Span>(row);
      const std::int64_t place = arguments[1].at<std::int64_t>(row);
      const std::int64_t index = place > 0 ? place - 1 : span.length + place;
      has_zero = has_zero || place == 0;
      if (index >= 0 && index < span.length) rows[row] = span.start + static_cast<std::uint32_t>(index);
    }
    const Column& elements = (*arguments[0].children)[0];
    return has_zero ? with_errors(arguments, elements, rows, context) : gather(elements, rows, context.arena);
  }

 private:
  Column with_errors(std::span<const Column> arguments, const Column& elements,
                     std::span<const std::uint32_t> rows, EvaluationContext& context) const {
    ColumnWriter writer(type_, context.rows, context.arena);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (rows[row] != ~0u) writer.copy_from(row, elements, rows[row]);
      if (!has_null(arguments, row) && arguments[1].at<std::int64_t>(row) == 0)
        writer.set_error(row, "bad_argument", "element_at: places count from 1 or -1, there is no place 0");
    }
    return writer.finish();
  }

  Type type_;
};

KernelResult prepare_element_at(const CallSite& site) { return kernel_of<ElementAt>(site.result); }

/// Of equal keys the last counts, as where a map is written to JSON and read again.
KernelResult prepare_map_value(const CallSite& site) {
  return take_child(
      1, [compare = comparator_of(site.types[1].kind)](std::span<const Column> arguments, std::uint32_t row) {
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

Result<Type> type_of_from_json(const CallSite& site) {
  const std::string* text = constant_text(site, 1);
  if (text == nullptr) return call_error("from_json: the type is a text literal, such as 'array<int>'");
  auto type = parse_type(*text);
  if (!type) type = parse_type("struct<" + *text + ">");  // Spark's 'a int, b string'
  if (!type) return call_error(fmt::format("from_json: no type: {}", *text));
  if (!type->is_nested() || holds_bytes(*type))
    return call_error(
        fmt::format("from_json: expected an array, map or struct without bytes, got {}", to_string(*type)));
  return *type;
}

void register_makers(FunctionRegistry& registry) {
  Overload array = never_null(not_strict(variadic(nested_overload(
      {"T"},
      [](const CallSite& site) -> Result<Type> {
        return array_type(site.types.empty() ? null_type : site.types[0]);
      },
      [](const CallSite& site) { return kernel_of<MakeArray>(site.result); }))));
  array.optional = 1;
  add(registry,
      {.name = "array",
       .family = nested_family,
       .signature = "array(value T, ...) -> array<T>",
       .summary = "The values as an array.",
       .examples = {{"array(1, 2, NULL)", "[1, 2, null]"}, {"array('a')[0]", "a"}, {"array()", "[]"}},
       .overloads = {std::move(array)}});
  const Overload pairs = never_null(
      not_strict(variadic(nested_overload({"any", "any"}, type_of_struct, [](const CallSite& site) {
        return kernel_of<MakeStruct>(site.result);
      }))));
  add(registry,
      {.name = "named_struct",
       .family = nested_family,
       .signature = "named_struct(name string, value any, ...) -> struct",
       .summary = "A struct of the named values; names are literals.",
       .examples = {{"named_struct('id', 7, 'name', 'Ann')", "{7, Ann}"}, {"named_struct('id', 7).id", "7"}},
       .overloads = {pairs}});
  // The binder puts names in front of the values.
  add(registry, {.name = "struct",
                 .family = nested_family,
                 .signature = "struct(value any, ...) -> struct",
                 .summary = "A struct of the values; a column or field gives its name, the others are col1, "
                            "col2, ... by their place.",
                 .examples = {{"struct(7, 'Ann')", "{7, Ann}"}, {"struct(3 + 4, 'Ann').col1", "7"}},
                 .overloads = {pairs}});
  add(registry,
      {.name = "from_json",
       .family = nested_family,
       .signature = "from_json(json string, type string) -> array, map or struct",
       .summary = "The value of JSON text as the type says ('array<int>', or a struct's fields: 'id int, "
                  "name string'); NULL where "
                  "it is not that.",
       .examples = {{"from_json('{\"id\":7,\"tags\":[\"a\"]}', 'id int, tags array<string>').tags[0]", "a"},
                    {"from_json('[1, 2]', 'array<int>')", "[1, 2]"},
                    {"from_json('[1, 2.5]', 'array<int>')", "NULL"}},
       .overloads = {
           nested_overload({"string", "string"}, type_of_from_json, [](const CallSite& site) -> KernelResult {
             return cast_nested({string_type, site.result, true});
           })}});
}

void register_readers(FunctionRegistry& registry) {
  add(registry,
      {.name = "get_field",
       .family = nested_family,
       .signature = "get_field(value struct, name string) -> the field's type, or an array of it for an "
                    "array of structs",
       .summary = "A field of a struct, or of each struct of an array, as value.name gives it; the name is a "
                  "literal.",
       .examples = {{"get_field(named_struct('id', 7), 'id')", "7"},
                    {"array(named_struct('id', 7), named_struct('id', 8)).id", "[7, 8]"}},
       .overloads = {nested_overload({"struct", "string"}, type_of_field, prepare_field),
                     nested_overload({"array", "string"}, type_of_field_of_each, prepare_field_of_each),
                     nested_overload({"map<K, V>", "K"}, type_of_element, prepare_map_value)}});
  add(registry,
      {.name = "get_item",
       .family = nested_family,
       .signature = "get_item(array, index bigint) or get_item(map, key) -> the element's type",
       .summary =
           "An element, as value[index] gives it: counted from 0, or of this key; NULL where there is none.",
       .examples = {{"get_item(array('a', 'b'), 1)", "b"},
                    {"array('a')[5]", "NULL"},
                    {"map('x', 2)['x']", "2"}},
       .overloads = {nested_overload({"array", "bigint"}, type_of_element, prepare_subscript),
                     nested_overload({"map<K, V>", "K"}, type_of_element, prepare_map_value),
                     nested_overload({"struct", "string"}, type_of_field, prepare_field)}});
  add(registry, {.name = "get",
                 .family = nested_family,
                 .signature = "get(elements array<T>, index bigint) -> T",
                 .summary = "An element counted from 0; NULL where there is none.",
                 .examples = {{"get(array('a', 'b'), 0)", "a"}, {"get(array('a', 'b'), -1)", "NULL"}},
                 .overloads = {nested_overload({"array", "bigint"}, type_of_element, prepare_subscript)}});
  add(registry, {.name = "element_at",
                 .aliases = {"try_element_at"},
                 .family = nested_family,
                 .signature = "element_at(array, place bigint) or element_at(map, key) -> the element's type",
                 .summary = "An element counted from 1, or from the end with negative numbers, or of this "
                            "key; NULL where there is none.",
                 .examples = {{"element_at(array('a', 'b'), -1)", "b"}, {"element_at(map(1, 'x'), 1)", "x"}},
                 .overloads = {nested_overload({"array", "bigint"}, type_of_element, prepare_element_at),
                               nested_overload({"map<K, V>", "K"}, type_of_element, prepare_map_value)}});
  Overload size = nested_overload(
      {"array"}, [](const CallSite&) -> Result<Type> { return int32_type; },
      [](const CallSite&) { return kernel_of<Size>(); });
  size.never_null = true;
  Overload map_size = size;
  map_size.parameters = {"map"};
  add(registry, {.name = "size",
                 .aliases = {"cardinality", "array_size"},
                 .family = nested_family,
                 .signature = "size(value array or map) -> int",
                 .summary = "How many elements there are.",
                 .examples = {{"size(array(1, 2))", "2"}, {"size(map('a', 1))", "1"}},
                 .overloads = {size, map_size}});
}

}  // namespace

void register_nested(FunctionRegistry& registry) {
  register_makers(registry);
  register_readers(registry);
}

}  // namespace weir
