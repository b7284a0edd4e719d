// explode.cpp — the elements of an array, or the entries of a map, as rows.
#include "engine/expression/tables/list_rows.h"
#include "engine/expression/tables/table_families.h"

namespace weir {
namespace {

class ExplodeBody final : public TableBody {
 public:
  MadeRows expand(std::span<const Column> arguments, EvaluationContext& context) const override {
    ListRows lists = rows_of_lists(arguments[0], context.rows);
    MadeRows made;
    for (const Column& child : *arguments[0].children) made.columns.push_back(gather(child, lists.children, context.arena));
    made.offsets = std::move(lists.offsets);
    return made;
  }
};

TableBodyResult prepare_explode(const CallSite&) { return std::unique_ptr<TableBody>(std::make_unique<ExplodeBody>()); }

Result<Type> columns_of_array(const CallSite& site) {
  Field element = site.types[0].nested->fields[0];
  element.name = "col";
  return struct_type({element});
}

Result<Type> columns_of_map(const CallSite& site) { return struct_type(site.types[0].nested->fields); }

struct Variant {
  const char* name;
  const char* rows;  // of the signature
  const char* summary;
  bool keeps_empty;
  bool numbers_rows;
  std::vector<TableExample> examples;
};

TableFunction explode_function(Variant variant) {
  TableFunction function;
  function.declaration.name = variant.name;
  function.declaration.family = "table";
  function.declaration.signature =
      std::string(variant.name) + "(collection array<T> or map<K, V>) -> rows (" + variant.rows + "col T) or (" + variant.rows + "key K, value V)";
  function.declaration.summary = variant.summary;
  function.declaration.overloads = {Overload{.parameters = {"array"}, .result = columns_of_array}, Overload{.parameters = {"map"}, .result = columns_of_map}};
  function.examples = std::move(variant.examples);
  function.prepare = prepare_explode;
  function.keeps_empty = variant.keeps_empty;
  function.numbers_rows = variant.numbers_rows;
  return function;
}

}  // namespace

void register_explode(TableFunctionRegistry& registry) {
  const std::vector<Variant> variants{
      {"explode", "", "A row for each element of an array, or each entry of a map, in order; none for NULL or an empty one.", false, false,
       {{"explode(array(10, NULL, 30))", "10; NULL; 30"}, {"explode(map('a', 1, 'b', 2))", "a, 1; b, 2"}, {"explode(CAST(NULL AS array<int>))", ""}}},
      {"explode_outer", "", "As explode, but NULL and an empty array or map give one row of NULLs.", true, false,
       {{"explode_outer(array('a', 'b'))", "a; b"}, {"explode_outer(CAST(NULL AS array<int>))", "NULL"}}},
      {"posexplode", "pos int, ", "As explode, with the number of each row, from 0, before it.", false, true,
       {{"posexplode(array('a', 'b'))", "0, a; 1, b"}, {"posexplode(map('a', 1))", "0, a, 1"}}},
      {"posexplode_outer", "pos int, ", "As posexplode, but NULL and an empty array or map give one row of NULLs.", true, true,
       {{"posexplode_outer(array('a'))", "0, a"}, {"posexplode_outer(CAST(NULL AS array<int>))", "NULL, NULL"}}},
  };
  for (const Variant& variant : variants) WEIR_CHECK(registry.add(explode_function(variant)).ok(), "names of table functions are distinct");
}

}  // namespace weir
