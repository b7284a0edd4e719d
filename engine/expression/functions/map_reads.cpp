// map_reads.cpp — the keys, the values and the entries of maps.
#include <numeric>

#include "engine/expression/functions/array_maker.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/value_order.h"

namespace weir {
namespace {

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

/// The entries as structs: the same spans over structs of which row i is entry i.
class Entries final : public Kernel {
 public:
  explicit Entries(Type type) : type_(type) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Type& entry = type_.nested->fields[0].type;
    ColumnWriter writer(entry, (*arguments[0].children)[0].size, context.arena, true);
    std::iota(writer.data<std::uint32_t>(), writer.data<std::uint32_t>() + (*arguments[0].children)[0].size,
              0u);
    Column entries = writer.finish();
    entries.children = arguments[0].children;
    Column result = arguments[0];
    result.type = type_;
    result.errors = nullptr;
    result.children = std::make_shared<const std::vector<Column>>(1, std::move(entries));
    return result;
  }

 private:
  Type type_;
};

class ContainsKey final : public Kernel {
 public:
  explicit ContainsKey(TypeKind kind) : compare_(comparator_of(kind)) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(boolean_type, context.rows, context.arena);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (!has_null(arguments, row)) writer.set_bool(row, contains({arguments, row}));
    }
    return writer.finish();
  }

 private:
  bool contains(const ArgumentRow& row) const {
    const Span span = row.span(0);
    for (std::uint32_t k = span.start; k < span.start + span.length; ++k) {
      if (compare_(row.elements(0), k, row.arguments[1], row.row) == 0) return true;
    }
    return false;
  }

  ValueComparator compare_;
};

Result<Type> type_of_entries(const CallSite& site) { return array_type(struct_type(fields_of(site)), false); }

}  // namespace

void register_map_reads(FunctionRegistry& registry) {
  add(registry,
      {.name = "map_keys",
       .family = nested_family,
       .signature = "map_keys(value map<K, V>) -> array<K>",
       .summary = "The keys of a map.",
       .examples = {{"map_keys(map('a', 1, 'b', 2))", "[a, b]"}},
       .overloads = {never_null(nested_overload(
           {"map<K, V>"},
           [](const CallSite& site) -> Result<Type> { return array_type(fields_of(site)[0].type, false); },
           [](const CallSite& site) { return kernel_of<MapPart>(site.result, 0u); }))}});
  add(registry, {.name = "map_values",
                 .family = nested_family,
                 .signature = "map_values(value map<K, V>) -> array<V>",
                 .summary = "The values of a map.",
                 .examples = {{"map_values(map('a', 1, 'b', 2))", "[1, 2]"}},
                 .overloads = {never_null(nested_overload(
                     {"map<K, V>"},
                     [](const CallSite& site) -> Result<Type> {
                       return array_type(fields_of(site)[1].type, fields_of(site)[1].nullable);
                     },
                     [](const CallSite& site) { return kernel_of<MapPart>(site.result, 1u); }))}});
  add(registry,
      {.name = "map_entries",
       .family = nested_family,
       .signature = "map_entries(value map<K, V>) -> array<struct<key K, value V>>",
       .summary = "The entries of a map as structs of key and value.",
       .examples = {{"map_entries(map('a', 1, 'b', 2))", "[{a, 1}, {b, 2}]"}},
       .overloads = {never_null(nested_overload({"map<K, V>"}, type_of_entries, [](const CallSite& site) {
         return kernel_of<Entries>(site.result);
       }))}});
  add(registry, {.name = "map_contains_key",
                 .family = nested_family,
                 .signature = "map_contains_key(value map<K, V>, key K) -> boolean",
                 .summary = "Whether the map has the key.",
                 .examples = {{"map_contains_key(map('a', NULL), 'a')", "true"},
                              {"map_contains_key(map('a', 1), 'b')", "false"}},
                 .overloads = {never_null(nested_overload(
                     {"map<K, V>", "K"}, [](const CallSite&) -> Result<Type> { return boolean_type; },
                     [](const CallSite& site) { return kernel_of<ContainsKey>(site.types[1].kind); }))}});
}

}  // namespace weir
