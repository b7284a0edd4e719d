// struct_zip.cpp — arrays_zip: an array of structs, of which each takes one element of every array.
#include <algorithm>
#include <numeric>

#include "engine/expression/functions/array_maker.h"
#include "engine/expression/functions/families.h"

namespace weir {
namespace {

/// As long as the longest array; where one is shorter its field is NULL.
class Zip final : public Kernel {
 public:
  explicit Zip(Type type) : type_(type) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    std::vector<Picks> fields;
    for (const Column& argument : arguments)
      fields.emplace_back(std::vector<const Column*>{&(*argument.children)[0]});
    ColumnWriter writer(type_, context.rows, context.arena);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (!has_null(arguments, row)) writer.set(row, zip({arguments, row}, fields));
    }
    Column result = writer.finish();
    result.children = std::make_shared<const std::vector<Column>>(1, structs_of(fields, context.arena));
    return result;
  }

 private:
  static Span zip(const ArgumentRow& row, std::vector<Picks>& fields) {
    const std::uint32_t start = fields[0].size();
    std::uint32_t length = 0;
    for (std::size_t i = 0; i < fields.size(); ++i) length = std::max(length, row.span(i).length);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const Span span = row.span(i);
      for (std::uint32_t k = 0; k < length; ++k) fields[i].add(k < span.length ? span.start + k : ~0u);
    }
    return {start, length};
  }

  Column structs_of(const std::vector<Picks>& fields, Arena& arena) const {
    const Type& type = type_.nested->fields[0].type;
    ColumnWriter writer(type, fields[0].size(), arena, true);
    std::iota(writer.data<std::uint32_t>(), writer.data<std::uint32_t>() + fields[0].size(), 0u);
    std::vector<Column> children;
    for (std::size_t i = 0; i < fields.size(); ++i)
      children.push_back(fields[i].gathered(type.nested->fields[i].type, arena));
    Column structs = writer.finish();
    structs.children = std::make_shared<const std::vector<Column>>(std::move(children));
    return structs;
  }

  Type type_;
};

Result<Type> type_of_zip(const CallSite& site) {
  std::vector<Field> fields;
  for (const Type& type : site.types)
    fields.push_back({std::to_string(fields.size()), type.nested->fields[0].type, true});
  return array_type(struct_type(std::move(fields)), false);
}

}  // namespace

void register_struct_zip(FunctionRegistry& registry) {
  // The binder gives the fields the names of the columns that they come from.
  add(registry,
      {.name = "arrays_zip",
       .family = nested_family,
       .signature = "arrays_zip(elements array, ...) -> array<struct>",
       .summary = "Structs of the first elements, the second ones and so on; a column or field gives its "
                  "name, other fields are 0, 1, ...",
       .examples = {{"arrays_zip(array(1, 2), array('a', 'b'))", "[{1, a}, {2, b}]"},
                    {"arrays_zip(array(1, 2), array('a'))", "[{1, a}, {2, null}]"}},
       .overloads = {never_null(variadic(nested_overload(
           {"array"}, type_of_zip, [](const CallSite& site) { return kernel_of<Zip>(site.result); })))}});
}

}  // namespace weir
