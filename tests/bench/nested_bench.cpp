// nested_bench.cpp — what functions of arrays, maps and structs cost per row, and how often they allocate: a
// count that must not grow with the rows.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <new>
#include <random>

#include "dsl/compile.h"
#include "engine/expression/binder.h"
#include "engine/expression/nested_json.h"
#include "engine/expression/program.h"

namespace {
std::size_t allocations = 0;  // one thread
}

// Not inlined, so that the compiler sees operator new and delete as a pair.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using namespace weir;

constexpr std::uint32_t rows = 1024;  // a chunk

const FunctionRegistry& functions() {
  static const FunctionRegistry* const registry = [] {
    auto* made = new FunctionRegistry;
    register_builtin_functions(*made);
    return made;
  }();
  return *registry;
}

/// Orders of up to 15 lines.
struct Orders {
  Arena arena;
  Batch batch;

  Orders() {
    std::mt19937 random(1);
    const Type line = struct_type({{"sku", string_type}, {"quantity", int32_type}});
    Schema schema{{{"numbers", array_type(int32_type)},
                   {"others", array_type(int32_type)},
                   {"words", array_type(string_type)},
                   {"lines", array_type(line)},
                   {"labels", map_type(string_type, int32_type)},
                   {"text", string_type}}};
    std::vector<ColumnBuilder> builders;
    for (const Field& field : schema.fields) builders.emplace_back(field.type, arena);
    for (std::uint32_t row = 0; row < rows; ++row) {
      std::string numbers, words, lines, text;
      for (std::uint32_t i = 0; i < random() % 16; ++i) {
        const char* comma = i == 0 ? "" : ",";
        numbers += fmt::format("{}{}", comma, random() % 20);
        words += fmt::format("{}\"word {} of some length\"", comma, random() % 20);
        lines +=
            fmt::format("{}{{\"sku\":\"sku-{}\",\"quantity\":{}}}", comma, random() % 5000, random() % 9);
        text += fmt::format("{}field {}", comma, random() % 5000);
      }
      const std::string json[] = {"[" + numbers + "]",
                                  "[" + numbers + "]",
                                  "[" + words + "]",
                                  "[" + lines + "]",
                                  fmt::format("{{\"a\":{},\"b\":2,\"c\":3}}", row),
                                  ""};
      for (std::size_t i = 0; i + 1 < builders.size(); ++i)
        WEIR_CHECK(append_json(json[i], builders[i]) == JsonMisfit::none, "the benchmark's JSON fits");
      builders.back().append_text(text);
    }
    for (ColumnBuilder& builder : builders) batch.columns.push_back(builder.finish());
    batch.schema = std::make_shared<Schema>(std::move(schema));
    batch.row_count = rows;
  }
};

void evaluate(benchmark::State& state, const std::string& text) {
  Orders orders;
  Diagnostics diagnostics;
  const AstPtr ast = parse_expression(text, {}, diagnostics);
  WEIR_CHECK(ast != nullptr, "the benchmark's expressions are right");
  const ExpressionPtr root = bind(*ast, {orders.batch.schema.get(), "orders"}, functions(), diagnostics);
  WEIR_CHECK(root != nullptr, "the benchmark's expressions have types");
  const Program program = std::move(Program::compile(std::vector<ExpressionPtr>{root})).value();
  Arena arena(8 << 20);
  program.evaluate(orders.batch, arena, 0);
  const std::size_t before = allocations;
  for (auto _ : state) {
    arena.reset();
    benchmark::DoNotOptimize(program.evaluate(orders.batch, arena, 0));
  }
  state.SetItemsProcessed(state.iterations() * rows);
  state.counters["allocations_a_chunk"] =
      static_cast<double>(allocations - before) / static_cast<double>(state.iterations());
}

#define NESTED(name, expression) BENCHMARK_CAPTURE(evaluate, name, expression)
NESTED(size, "size(numbers)");
NESTED(element, "numbers[2]");
NESTED(slice, "slice(numbers, 2, 3)");
NESTED(field_of_each, "lines.sku");
NESTED(make_struct, "struct(text, numbers)");
NESTED(map_entries, "map_entries(labels)");
NESTED(make_array, "array(text, 'x')");
NESTED(append, "array_append(numbers, 7)");
NESTED(concat_arrays, "concat(numbers, others)");
NESTED(reverse, "reverse(words)");
NESTED(distinct_numbers, "array_distinct(numbers)");
NESTED(distinct_words, "array_distinct(words)");
NESTED(intersect, "array_intersect(numbers, others)");
NESTED(sort_numbers, "sort_array(numbers)");
NESTED(sort_words, "sort_array(words)");
NESTED(contains, "array_contains(words, 'word 7 of some length')");
NESTED(join_words, "array_join(words, ',')");
NESTED(split_text, "split(text, ',')");
NESTED(split_by_regex, "split(text, '[,;]')");
NESTED(text_to_map, "str_to_map(text)");
NESTED(zip, "arrays_zip(numbers, words)");
NESTED(make_map, "map('a', numbers, 'b', others)");
NESTED(cast_elements, "CAST(numbers AS array<bigint>)");
NESTED(cast_to_text, "CAST(numbers AS string)");
NESTED(structs_to_json, "to_json(lines)");
NESTED(compare, "numbers < others");
NESTED(sequence, "sequence(1, size(numbers))");

}  // namespace
