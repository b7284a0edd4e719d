// counts.cpp — aggregates of counts and bits: count, count_if, bool_and, bool_or, bit_and, bit_or, bit_xor.
#include "engine/expression/aggregates/aggregate_body.h"
#include "engine/expression/aggregates/aggregate_families.h"

namespace weir {
namespace {

struct Count : PlainBody {
  using State = std::int64_t;
  void add(State& state, std::span<const Column>, std::uint32_t, const RowPosition*) const { ++state; }
  void merge(State& into, const State& from) const { into += from; }
  void retract(State& from, const State& part) const { from -= part; }
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const { writer.set(row, state); }
  void save(const State& state, StateWriter& writer) const { writer.put(state); }
  void load(State& state, StateReader& reader) const { state = reader.get<State>(); }
};

struct CountIf : Count {
  void add(State& state, std::span<const Column> arguments, std::uint32_t row, const RowPosition*) const {
    state += arguments[0].bool_at(row) ? 1 : 0;
  }
};

/// How many rows were true and how many false.
template <bool is_every>
struct Every : PlainBody {
  struct State { bool has_true = false; bool has_false = false; };
  void add(State& state, std::span<const Column> arguments, std::uint32_t row, const RowPosition*) const {
    (arguments[0].bool_at(row) ? state.has_true : state.has_false) = true;
  }
  void merge(State& into, const State& from) const {
    into.has_true |= from.has_true;
    into.has_false |= from.has_false;
  }
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    if (!state.has_true && !state.has_false) return writer.set_null(row);
    writer.set_bool(row, is_every ? !state.has_false : state.has_true);
  }
  void save(const State& state, StateWriter& writer) const {
    writer.put(state.has_true);
    writer.put(state.has_false);
  }
  void load(State& state, StateReader& reader) const {
    state.has_true = reader.get<char>() != 0;
    state.has_false = reader.get<char>() != 0;
  }
};

enum class BitOperation { conjunction, disjunction, exclusive };

template <BitOperation operation, typename T>
struct Bits : PlainBody {
  struct State { T bits = 0; bool has_any = false; };
  static T combine(T a, T b) {
    if constexpr (operation == BitOperation::conjunction) return a & b;
    if constexpr (operation == BitOperation::disjunction) return a | b;
    return a ^ b;
  }
  void add(State& state, std::span<const Column> arguments, std::uint32_t row, const RowPosition*) const {
    const T value = arguments[0].at<T>(row);
    state = {state.has_any ? combine(state.bits, value) : value, true};
  }
  void merge(State& into, const State& from) const {
    if (from.has_any) into = {into.has_any ? combine(into.bits, from.bits) : from.bits, true};
  }
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    if (!state.has_any) return writer.set_null(row);
    writer.set(row, state.bits);
  }
  void save(const State& state, StateWriter& writer) const {
    writer.put(state.has_any);
    writer.put(state.bits);
  }
  void load(State& state, StateReader& reader) const {
    state.has_any = reader.get<char>() != 0;
    state.bits = reader.get<T>();
  }
};

template <BitOperation operation>
void add_bits(AggregateRegistry& registry, AggregateWords words, AggregateExample example) {
  add_aggregate(registry, std::move(words), {std::move(example)}, {aggregate_of_first({"int"}), aggregate_of_first({"bigint"})},
                [](const CallSite& site) -> AggregateResult {
                  if (site.result == int32_type) return aggregate_of(Bits<operation, std::int32_t>{});
                  return aggregate_of(Bits<operation, std::int64_t>{});
                });
}

Overload count_overload() {
  Overload overload = counting_overload({"any"});
  overload.variadic = true;
  overload.optional = 1;
  return overload;
}

}  // namespace

void register_counts(AggregateRegistry& registry) {
  add_aggregate(registry, {"count", {}, "count(* or value any, ...) -> bigint", "How many rows there are, or how many of them have no NULL among the values."},
                {{"count(*)", "x int: 1, NULL, 3", "3"}, {"count(x)", "x int: 1, NULL, 3", "2"}, {"count(DISTINCT x)", "x int: 1, 1, NULL, 3", "2"}},
                {count_overload()}, [](const CallSite&) { return aggregate_of(Count{}); });
  add_aggregate(registry, {"count_if", {}, "count_if(condition boolean) -> bigint", "How many rows fulfil the condition."},
                {{"count_if(x > 1)", "x int: 1, NULL, 3, 4", "2"}}, {counting_overload({"boolean"})},
                [](const CallSite&) { return aggregate_of(CountIf{}); });
  add_aggregate(registry, {"bool_and", {"every"}, "bool_and(condition boolean) -> boolean", "Whether the condition holds in every row where it is known."},
                {{"bool_and(x > 0)", "x int: 1, NULL, 3", "true"}, {"bool_and(x > 1)", "x int: 1, 2", "false"}},
                {aggregate_overload({"boolean"}, boolean_type)}, [](const CallSite&) { return aggregate_of(Every<true>{}); });
  add_aggregate(registry, {"bool_or", {"some", "any"}, "bool_or(condition boolean) -> boolean", "Whether the condition holds in at least one row."},
                {{"bool_or(x > 2)", "x int: 1, NULL, 3", "true"}}, {aggregate_overload({"boolean"}, boolean_type)},
                [](const CallSite&) { return aggregate_of(Every<false>{}); });
  add_bits<BitOperation::conjunction>(registry, {"bit_and", {}, "bit_and(value int or bigint) -> the type of value", "The bits that are set in all values."},
                                      {"bit_and(x)", "x int: 7, 5, NULL", "5"});
  add_bits<BitOperation::disjunction>(registry, {"bit_or", {}, "bit_or(value int or bigint) -> the type of value", "The bits that are set in any value."},
                                      {"bit_or(x)", "x int: 4, 1", "5"});
  add_bits<BitOperation::exclusive>(registry, {"bit_xor", {}, "bit_xor(value int or bigint) -> the type of value", "The bits that are set in an odd number of values."},
                                    {"bit_xor(x)", "x int: 7, 5", "2"});
}

}  // namespace weir
