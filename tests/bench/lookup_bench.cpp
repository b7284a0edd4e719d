// lookup_bench.cpp — what a join with a lookup table costs per row, beside finding the same keys in a std::unordered_map.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/component/lookup_function.h"
#include "engine/expression/binder.h"
#include "engine/expression/program.h"

namespace {

using namespace weir;

constexpr std::uint32_t rows = 2048;  // a chunk

const LookupShape& shape() {
  static const LookupShape made{"shops", {{{"id", int64_type, false}, "id"}, {{"name", string_type}, "name"}, {{"rate", float64_type}, "rate"}}, {0}};
  return made;
}

std::string name_of(std::int64_t id) { return "the shop of number " + std::to_string(id); }

std::shared_ptr<const LookupTable> table_of(std::int64_t size) {
  LookupBuilder builder(shape());
  for (std::int64_t i = 0; i < size; ++i) {
    const std::string id = std::to_string(i), name = name_of(i);
    const std::vector<LookupCell> cells{{.text = id}, {.text = name}, {.text = id}};
    if (!builder.add(cells).ok()) std::abort();
  }
  return *builder.finish();
}

/// Every key is in the table, in no order.
Batch keys(std::int64_t size, std::mt19937_64& random, Arena& arena) {
  ColumnWriter writer(int64_type, rows, arena, true);
  for (std::uint32_t row = 0; row < rows; ++row) writer.set(row, static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(size)));
  Batch batch;
  batch.columns = {writer.finish()};
  batch.row_count = rows;
  return batch;
}

void join_two_columns(benchmark::State& state) {
  FunctionRegistry functions;
  register_builtin_functions(functions);
  const auto slot = std::make_shared<LookupSlot>();
  const Function lookup = lookup_function(shape(), slot, "");
  slot->table = table_of(state.range(0));
  const Schema schema{{{"shops", row_type(shape()), true}}};
  const ExpressionPtr row = std::make_shared<const Expression>(
      Expression{row_type(shape()), true, {}, Call{&lookup, &lookup.overloads.front(), {make_column(0, {"id", int64_type, false})}}});
  std::vector<ExpressionPtr> roots;
  Diagnostics diagnostics;
  for (const char* field : {"name", "rate"})
    roots.push_back(substitute(bind(Ast{NameAst{{"shops", field}}, {}}, Scope{&schema, ""}, functions, diagnostics), {row}));
  const Program program = *Program::compile(roots);
  std::mt19937_64 random(1);
  std::vector<Arena> arenas(64);
  std::vector<Batch> batches;
  for (Arena& arena : arenas) batches.push_back(keys(state.range(0), random, arena));
  Arena results(1 << 20);
  std::size_t next = 0;
  for (auto _ : state) {
    results.reset();
    benchmark::DoNotOptimize(program.evaluate(batches[next++ % batches.size()], results, 0));
  }
  state.SetItemsProcessed(state.iterations() * rows);
}

void unordered_map(benchmark::State& state) {
  struct Shop {
    std::string name;
    double rate;
  };
  std::unordered_map<std::int64_t, Shop> shops;
  for (std::int64_t i = 0; i < state.range(0); ++i) shops[i] = {name_of(i), static_cast<double>(i)};
  std::mt19937_64 random(1);
  std::vector<Arena> arenas(64);
  std::vector<Batch> batches;
  for (Arena& arena : arenas) batches.push_back(keys(state.range(0), random, arena));
  Arena results(1 << 20);
  std::size_t next = 0;
  for (auto _ : state) {
    results.reset();
    const Batch& batch = batches[next++ % batches.size()];
    ColumnWriter names(string_type, rows, results), rates(float64_type, rows, results);
    for (std::uint32_t row = 0; row < rows; ++row) {
      const auto found = shops.find(batch.columns[0].at<std::int64_t>(row));
      if (found == shops.end()) continue;
      names.set_text(row, found->second.name);
      rates.set(row, found->second.rate);
    }
    benchmark::DoNotOptimize(names.finish());
    benchmark::DoNotOptimize(rates.finish());
  }
  state.SetItemsProcessed(state.iterations() * rows);
}

BENCHMARK(join_two_columns)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK(unordered_map)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

}  // namespace
