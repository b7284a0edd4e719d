// inline.cpp — the structs of an array as rows with a column for each field.
#include "engine/expression/tables/list_rows.h"
#include "engine/expression/tables/table_families.h"

namespace weir {
namespace {

class InlineBody final : public TableBody {
 public:
  MadeRows expand(std::span<const Column> arguments, EvaluationContext& context) const override {
    ListRows lists = rows_of_lists(arguments[0], context.rows);
    const Column& structs = (*arguments[0].children)[0];
    for (std::uint32_t& row : lists.children) row = structs.is_null(row) ? ~0u : structs.at<std::uint32_t>(row);
    MadeRows made;
    for (const Column& field : *structs.children) made.columns.push_back(gather(field, lists.children, context.arena));
    made.offsets = std::move(lists.offsets);
    return made;
  }
};

TableBodyResult prepare_inline(const CallSite&) { return std::unique_ptr<TableBody>(std::make_unique<InlineBody>()); }

Result<Type> columns_of_structs(const CallSite& site) {
  const Field& element = site.types[0].nested->fields[0];
  if (element.type.kind != TypeKind::structure)
    return Error{ErrorKind::user, "inline expects an array of structs, got " + to_string(site.types[0])}.with_hint("explode takes any array");
  std::vector<Field> columns = element.type.nested->fields;
  for (Field& column : columns) column.nullable = column.nullable || element.nullable;
  return struct_type(std::move(columns));
}

TableFunction inline_function(const char* name, const char* summary, bool keeps_empty, std::vector<TableExample> examples) {
  TableFunction function;
  function.declaration.name = name;
  function.declaration.family = "table";
  function.declaration.signature = std::string(name) + "(structs array<struct<...>>) -> rows (the fields)";
  function.declaration.summary = summary;
  function.declaration.overloads = {Overload{.parameters = {"array"}, .result = columns_of_structs}};
  function.examples = std::move(examples);
  function.prepare = prepare_inline;
  function.keeps_empty = keeps_empty;
  return function;
}

}  // namespace

void register_inline(TableFunctionRegistry& registry) {
  const auto add = [&](TableFunction function) { WEIR_CHECK(registry.add(std::move(function)).ok(), "names of table functions are distinct"); };
  add(inline_function("inline", "A row for each struct of an array, with a column for each field; a NULL struct gives a row of NULLs.", false,
                      {{"inline(array(named_struct('a', 1, 'b', 'x'), named_struct('a', 2, 'b', 'y')))", "1, x; 2, y"}}));
  add(inline_function("inline_outer", "As inline, but NULL and an empty array give one row of NULLs.", true,
                      {{"inline_outer(array(named_struct('a', 1)))", "1"}, {"inline_outer(CAST(NULL AS array<struct<a int, b string>>))", "NULL, NULL"}}));
}

}  // namespace weir
