// distinct_counts.cpp — approx_count_distinct: exact up to 1024 values, then HyperLogLog with 4096 registers.
//
// Hashes are kept while they are few; both forms are functions of the set of values, so order and parts do not show. The estimate is O. Ertl's
// ("New cardinality estimation algorithms for HyperLogLog sketches", 2017), which needs no tables of corrections. Its standard error is 1.6 percent.
#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

#include "engine/data/hash.h"
#include "engine/expression/aggregates/aggregate_body.h"
#include "engine/expression/aggregates/aggregate_families.h"
#include "engine/expression/aggregates/stored_value.h"

namespace weir {
namespace {

constexpr int index_bits = 12;
constexpr std::size_t register_count = std::size_t{1} << index_bits;
constexpr int rank_bits = 64 - index_bits;
constexpr std::size_t most_hashes = 1024;

double sigma(double x) {
  if (x == 1) return HUGE_VAL;
  double y = 1;
  double z = x;
  for (double before = -1; z != before;) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

double tau(double x) {
  if (x == 0 || x == 1) return 0;
  double y = 1;
  double z = 1 - x;
  for (double before = -1; z != before;) {
    x = std::sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  }
  return z / 3;
}

double estimate(const std::string& registers) {
  std::vector<double> counts(rank_bits + 2, 0.0);
  for (const char rank : registers) counts[static_cast<std::size_t>(rank)] += 1;
  const auto size = static_cast<double>(register_count);
  double z = size * tau(1 - counts[rank_bits + 1] / size);
  for (int rank = rank_bits; rank >= 1; --rank) z = 0.5 * (z + counts[static_cast<std::size_t>(rank)]);
  z += size * sigma(counts[0] / size);
  return size * size / (2 * std::log(2.0)) / z;
}

struct DistinctCount : PlainBody {
  struct State {
    std::set<std::uint64_t> hashes;  // until there are too many
    std::string registers;           // then
  };
  static void put(std::string& registers, std::uint64_t hash) {
    const std::size_t index = hash >> rank_bits;
    const std::uint64_t rest = hash << index_bits;
    const int rank = rest == 0 ? rank_bits + 1 : std::countl_zero(rest) + 1;
    registers[index] = std::max(registers[index], static_cast<char>(rank));
  }
  static void use_registers(State& state) {
    if (!state.registers.empty()) return;
    state.registers.assign(register_count, 0);
    for (const std::uint64_t hash : state.hashes) put(state.registers, hash);
    state.hashes.clear();
  }
  static void put(State& state, std::uint64_t hash) {
    if (!state.registers.empty()) return put(state.registers, hash);
    state.hashes.insert(hash);
    if (state.hashes.size() > most_hashes) use_registers(state);
  }
  void add(State& state, std::span<const Column> arguments, std::uint32_t row, const RowPosition*) const {
    StoredValue value;
    value.take(arguments[0], row);
    put(state, hash_bytes(value.bytes()).low);
  }
  void merge(State& into, const State& from) const {
    if (!from.registers.empty()) {
      use_registers(into);
      for (std::size_t i = 0; i < register_count; ++i) into.registers[i] = std::max(into.registers[i], from.registers[i]);
    }
    for (const std::uint64_t hash : from.hashes) put(into, hash);
  }
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    const auto exact = static_cast<std::int64_t>(state.hashes.size());
    writer.set(row, state.registers.empty() ? exact : static_cast<std::int64_t>(std::llround(estimate(state.registers))));
  }
  std::size_t outside_bytes(const State& state) const { return state.hashes.size() * node_bytes<std::uint64_t> + text_bytes(state.registers); }
  void save(const State& state, StateWriter& writer) const {
    writer.put_text(state.registers);
    writer.put(static_cast<std::uint64_t>(state.hashes.size()));
    for (const std::uint64_t hash : state.hashes) writer.put(hash);
  }
  void load(State& state, StateReader& reader) const {
    state.registers = reader.get_text();
    const auto size = reader.get<std::uint64_t>();
    const bool is_sound = state.registers.empty() || (state.registers.size() == register_count &&
                          std::all_of(state.registers.begin(), state.registers.end(), [](char rank) { return rank >= 0 && rank <= rank_bits + 1; }));
    if (!reader.holds(is_sound ? size : std::uint64_t(-1), sizeof(std::uint64_t))) return;
    for (std::uint64_t i = 0; i < size; ++i) state.hashes.insert(reader.get<std::uint64_t>());
  }
};

}  // namespace

void register_distinct_counts(AggregateRegistry& registry) {
  add_aggregate(registry, {"approx_count_distinct", {}, "approx_count_distinct(value any) -> bigint",
                           "About how many distinct values there are: exact up to 1024, then with a standard error of 1.6 percent in 4 KB."},
                {{"approx_count_distinct(x)", "x int: 1, 1, NULL, 3", "2"}}, {counting_overload({"any"})},
                [](const CallSite&) { return aggregate_of(DistinctCount{}); });
}

}  // namespace weir
