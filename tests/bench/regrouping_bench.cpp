// regrouping_bench.cpp — a few of many inner groups change: what an outer group costs that takes rows out, and one that is computed anew.
#include <benchmark/benchmark.h>

#include "engine/runtime/regrouping.h"

namespace weir {
namespace {

constexpr std::uint32_t inner_groups = 100'000;

const AggregateRegistry& aggregates() {
  static const AggregateRegistry* registry = [] {
    auto* made = new AggregateRegistry;
    register_builtin_aggregates(*made);
    return made;
  }();
  return *registry;
}

std::shared_ptr<const Aggregate> body_of(const char* name) {
  const CallSite site{{int64_type}, {nullptr}, int64_type};
  return std::move(aggregates().find(name)->prepare(site)).value();
}

/// Rows of these inner groups, all of one outer group.
struct Rows {
  Rows(std::uint32_t first, std::uint32_t count, std::int64_t salt) {
    ColumnWriter keys(int64_type, count, arena, true), values(int64_type, count, arena, true);
    for (std::uint32_t i = 0; i < count; ++i) {
      keys.set(i, std::int64_t{1});
      values.set(i, salt + i);
      made.groups.push_back((first + i) % inner_groups);
      made.counts.push_back(1);
    }
    columns = {keys.finish(), values.finish()};
    made.keys = std::span(columns).first(1);
    made.arguments = {std::span<const Column>(columns).subspan(1, 1)};
    made.filters = {nullptr};
  }
  Arena arena;
  std::vector<Column> columns;
  RegroupedRows made;
};

void change_rows(benchmark::State& state, const char* aggregate) {
  const GroupShape shape({int64_type}, {body_of(aggregate)}, {int64_type});
  GroupTable outer(shape);
  Regrouping regrouping(outer);
  const auto count = static_cast<std::uint32_t>(state.range(0));
  Rows all(0, inner_groups, 0);
  regrouping.take(all.made, all.arena);
  std::uint32_t first = 0;
  for (auto _ : state) {
    Rows some(first, count, first);
    regrouping.take(some.made, some.arena);
    if (!regrouping.anew().empty()) regrouping.compute_anew(all.made, some.arena);
    outer.forget_changes();
    first = (first + count) % inner_groups;
  }
  state.SetItemsProcessed(state.iterations() * count);
}

void taken_out(benchmark::State& state) { change_rows(state, "sum"); }
/// Whose values only grow, as counts do.
void extreme(benchmark::State& state) { change_rows(state, "max"); }
void computed_anew(benchmark::State& state) { change_rows(state, "bit_or"); }

BENCHMARK(taken_out)->Arg(1)->Arg(100)->Arg(10'000);
BENCHMARK(extreme)->Arg(1)->Arg(100)->Arg(10'000);
BENCHMARK(computed_anew)->Arg(1)->Arg(100)->Arg(10'000);

}  // namespace
}  // namespace weir
