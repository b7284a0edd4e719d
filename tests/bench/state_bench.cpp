// state_bench.cpp — what groups, keys of dedups and the local store cost each, in memory and on disk.
#include <benchmark/benchmark.h>

#include <numeric>
#include <random>

#include "engine/data/value.h"
#include "engine/state/dedup_table.h"
#include "engine/state/group_table.h"

namespace weir {
namespace {

constexpr std::int64_t live_keys = 1'000'000;
constexpr std::uint32_t epoch_rows = 50'000;

std::shared_ptr<const Aggregate> body_of(const char* name, std::vector<Type> types, Type result) {
  static const AggregateRegistry* registry = [] {
    auto* made = new AggregateRegistry;
    register_builtin_aggregates(*made);
    return made;
  }();
  return std::move(registry->find(name)->prepare({types, std::vector<const Value*>(types.size(), nullptr), result})).value();
}

/// sum, avg and count of a decimal by a number.
const GroupShape& shape() {
  static const GroupShape made({int64_type},
                               {body_of("sum", {decimal_type(10, 2)}, decimal_type(38, 2)), body_of("avg", {decimal_type(10, 2)}, decimal_type(38, 6)),
                                body_of("count", {}, int64_type)},
                               {decimal_type(38, 2), decimal_type(38, 6), int64_type});
  return made;
}

/// The rows of an epoch, grouped as chunks are: keys drawn evenly from all, or one after the other from `first`.
std::unique_ptr<GroupTable> epoch_of(std::mt19937_64& random, std::optional<std::int64_t> first) {
  Arena arena;
  ColumnWriter key(int64_type, epoch_rows, arena), price(decimal_type(10, 2), epoch_rows, arena);
  for (std::uint32_t row = 0; row < epoch_rows; ++row) {
    key.set(row, first ? *first + row : static_cast<std::int64_t>(random() % live_keys));
    price.set(row, Int128{100 + row % 900});
  }
  const std::vector<Column> keys{key.finish()}, prices{price.finish()};
  const std::vector<std::span<const Column>> arguments{prices, prices, {}};
  const std::vector<const Column*> filters(3, nullptr);
  std::vector<std::uint32_t> rows(epoch_rows);
  std::iota(rows.begin(), rows.end(), 0u);
  auto table = std::make_unique<GroupTable>(shape());
  table->add({keys, arguments, filters, rows, {}}, arena);
  return table;
}

/// Epochs of rows of a million live groups; range(0): the share of what they take that may be in memory, in percent.
void merge_epochs(benchmark::State& state) {
  std::mt19937_64 random(1);
  SpillArea area("");
  GroupTable table(shape());
  table.use(area);
  for (std::int64_t first = 0; first < live_keys; first += epoch_rows) table.merge(*epoch_of(random, first));
  table.forget_changes();
  StateBudget budget(table.memory_bytes() * static_cast<std::size_t>(state.range(0)) / 100);
  budget.add(table);
  if (!budget.settle(0).ok()) state.SkipWithError("the disk failed");
  state.counters["bytes_a_group"] = static_cast<double>(table.memory_bytes()) / static_cast<double>(live_keys);
  for (auto _ : state) {
    state.PauseTiming();
    const auto rows = epoch_of(random, std::nullopt);
    state.ResumeTiming();
    table.merge(*rows);
    table.forget_changes();
    if (!budget.settle(0).ok()) state.SkipWithError("the disk failed");
  }
  state.SetItemsProcessed(state.iterations() * epoch_rows);
  state.counters["spilled"] = static_cast<double>(table.spilled());
}
BENCHMARK(merge_epochs)->Arg(200)->Arg(50)->Arg(10)->Unit(benchmark::kMillisecond)->Iterations(20);

SeenRow seen(std::uint64_t number) { return SeenRow(hash_bytes({reinterpret_cast<const char*>(&number), sizeof number}), 0); }

/// Ten million keys, all new; range(0): megabytes of keys in memory.
void new_keys(benchmark::State& state) {
  constexpr std::uint64_t count = 10'000'000;
  for (auto _ : state) {
    SpillArea area("");
    DedupTable table(std::nullopt);
    table.spill_to(area, static_cast<std::size_t>(state.range(0)) << 20);
    for (std::uint64_t i = 0; i < count; ++i) {
      table.prefetch(seen(i + 12));
      benchmark::DoNotOptimize(table.add(seen(i)));
    }
    state.counters["bytes_a_key"] = static_cast<double>(table.memory_bytes()) / static_cast<double>(count);
    state.counters["reads"] = static_cast<double>(area.reads());
    state.counters["on_disk_MB"] = table.spilled() == nullptr ? 0 : static_cast<double>(table.spilled()->disk_bytes()) / 1e6;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
}
BENCHMARK(new_keys)->Arg(4096)->Arg(16)->Unit(benchmark::kMillisecond)->Iterations(1);

/// A million keys of which one in 50 repeats an older one, after nine million that are there.
void repeated_keys(benchmark::State& state) {
  SpillArea area("");
  DedupTable table(std::nullopt);
  table.spill_to(area, static_cast<std::size_t>(state.range(0)) << 20);
  for (std::uint64_t i = 0; i < 9'000'000; ++i) table.add(seen(i));
  std::mt19937_64 random(2);
  std::uint64_t next = 9'000'000;
  for (auto _ : state) {
    for (int i = 0; i < 1'000'000; ++i) benchmark::DoNotOptimize(table.add(seen(random() % 50 == 0 ? random() % next : next++)));
  }
  state.SetItemsProcessed(state.iterations() * 1'000'000);
}
BENCHMARK(repeated_keys)->Arg(4096)->Arg(16)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
}  // namespace weir
