// distinct.cpp — an aggregate over the distinct combinations of its arguments.
#include <set>

#include "engine/expression/aggregates/aggregate_body.h"
#include "engine/expression/aggregates/stored_value.h"

namespace weir {
namespace {

/// Keeps the combinations in SQL's order and shows them to the inner aggregate when the result is asked for.
struct Distinct : PlainBody {
  using Combination = std::vector<StoredValue>;
  struct State {
    struct Order {
      const std::vector<Type>* types = nullptr;
      bool operator()(const Combination& a, const Combination& b) const {
        for (std::size_t i = 0; i < a.size(); ++i) {
          const int order = a[i].compare((*types)[i], b[i]);
          if (order != 0) return order < 0;
        }
        return false;
      }
    };
    std::set<Combination, Order> combinations;
    std::size_t bytes = 0;
  };

  std::shared_ptr<const Aggregate> inner;
  std::shared_ptr<const std::vector<Type>> types;
  Type result_type;

  /// A state is made without knowing its types; the first combination brings the order.
  void insert(State& state, Combination combination) const {
    if (state.combinations.empty()) state.combinations = std::set<Combination, State::Order>(State::Order{types.get()});
    const auto [place, is_new] = state.combinations.insert(std::move(combination));
    if (!is_new) return;
    state.bytes += node_bytes<Combination> + place->size() * sizeof(StoredValue);
    for (const StoredValue& value : *place) state.bytes += value.outside_bytes();
  }
  std::size_t outside_bytes(const State& state) const { return state.bytes; }
  void add(State& state, std::span<const Column> arguments, std::uint32_t row, const RowPosition*) const {
    Combination combination(arguments.size());
    for (std::size_t i = 0; i < arguments.size(); ++i) combination[i].take(arguments[i], row);
    insert(state, std::move(combination));
  }
  void merge(State& into, const State& from) const {
    for (const Combination& combination : from.combinations) insert(into, combination);
  }
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    const auto rows = static_cast<std::uint32_t>(state.combinations.size());
    Arena arena;
    std::vector<Column> columns;
    for (std::size_t i = 0; i < types->size(); ++i) {
      ColumnWriter column((*types)[i], rows, arena, true);
      std::uint32_t at = 0;
      for (const Combination& combination : state.combinations) combination[i].write((*types)[i], column, at++);
      columns.push_back(column.finish());
    }
    const std::unique_ptr<std::max_align_t[]> memory = std::make_unique<std::max_align_t[]>(inner->state_bytes() / sizeof(std::max_align_t) + 1);
    inner->start(memory.get());
    const std::vector<void*> states(rows, memory.get());
    std::vector<RowPosition> positions(rows);
    for (std::uint32_t i = 0; i < rows; ++i) positions[i].offset = i;
    inner->add({columns, states, positions});
    const void* only = memory.get();
    ColumnWriter single(result_type, 1, arena);
    inner->result({&only, 1}, single);
    inner->stop(memory.get());
    copy_result(single.finish(), writer, row);
  }
  static void copy_result(const Column& single, ColumnWriter& writer, std::uint32_t row) {
    const RowError* error = single.errors == nullptr ? nullptr : single.errors->find(0);
    if (error != nullptr) return writer.set_error(row, error->code, error->message);
    if (single.is_null(0)) return writer.set_null(row);
    writer.copy_from(row, single, 0);
  }
  void save(const State& state, StateWriter& writer) const {
    writer.put(static_cast<std::uint64_t>(state.combinations.size()));
    for (const Combination& combination : state.combinations) {
      for (const StoredValue& value : combination) value.save(writer);
    }
  }
  void load(State& state, StateReader& reader) const {
    const auto size = reader.get<std::uint64_t>();
    if (!reader.holds(size, 8 * types->size())) return;
    for (std::uint64_t i = 0; i < size; ++i) {
      Combination combination(types->size());
      for (std::size_t part = 0; part < types->size(); ++part) combination[part].load((*types)[part], reader);
      insert(state, std::move(combination));
    }
  }
};

}  // namespace

std::unique_ptr<Aggregate> make_distinct(std::unique_ptr<Aggregate> inner, std::vector<Type> types, Type result) {
  Distinct body;
  body.inner = std::move(inner);
  body.types = std::make_shared<const std::vector<Type>>(std::move(types));
  body.result_type = result;
  return std::make_unique<StateAggregate<Distinct>>(std::move(body));
}

}  // namespace weir
