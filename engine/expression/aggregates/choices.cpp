// choices.cpp — aggregates that choose a value of one row: min, max, any_value, first, last, max_by, min_by.
//
// Which row is chosen never depends on when it was read: among equals the smaller value wins, and first and last go by the rows' positions.
#include <limits>

#include "engine/expression/aggregates/aggregate_body.h"
#include "engine/expression/aggregates/aggregate_families.h"
#include "engine/expression/aggregates/stored_value.h"
#include "engine/expression/functions/value_order.h"

namespace weir {
namespace {

/// min (direction -1) and max (1) of values of fixed width.
template <typename T, int direction>
struct FixedExtreme : PlainBody {
  struct State { T value{}; bool has_any = false; };
  static void offer(State& state, T value) {
    if (!state.has_any || (direction < 0 ? is_less(value, state.value) : is_less(state.value, value))) state = {value, true};
  }
  void add(State& state, std::span<const Column> arguments, std::uint32_t row, const RowPosition*) const {
    T value = arguments[0].at<T>(row);
    if constexpr (std::is_same_v<T, double>) value += 0.0;
    offer(state, value);
  }
  void merge(State& into, const State& from) const {
    if (from.has_any) offer(into, from.value);
  }
  /// What is no extreme can go; whether there is another row like the extreme is not known.
  bool retract(State& from, const State& part) const { return !part.has_any || is_less(part.value, from.value) || is_less(from.value, part.value); }
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    if (!state.has_any) return writer.set_null(row);
    writer.set(row, state.value);
  }
  void save(const State& state, StateWriter& writer) const {
    writer.put(state.has_any);
    writer.put(state.value);
  }
  void load(State& state, StateReader& reader) const {
    state.has_any = reader.get<char>() != 0;
    state.value = reader.get<T>();
  }
};

template <int direction>
struct StoredExtreme : PlainBody {
  struct State { StoredValue value; bool has_any = false; };
  Type type;
  explicit StoredExtreme(const Type& of) : type(of) {}
  void add(State& state, std::span<const Column> arguments, std::uint32_t row, const RowPosition*) const {
    if (state.has_any && state.value.compare(type, arguments[0], row) * direction >= 0) return;
    state.value.take(arguments[0], row);
    state.has_any = true;
  }
  void merge(State& into, const State& from) const {
    if (!from.has_any || (into.has_any && into.value.compare(type, from.value) * direction >= 0)) return;
    into = from;
  }
  bool retract(State& from, const State& part) const { return !part.has_any || from.value.compare(type, part.value) != 0; }
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    if (!state.has_any) return writer.set_null(row);
    state.value.write(type, writer, row);
  }
  std::size_t outside_bytes(const State& state) const { return state.value.outside_bytes(); }
  void save(const State& state, StateWriter& writer) const {
    writer.put(state.has_any);
    state.value.save(writer);
  }
  void load(State& state, StateReader& reader) const {
    state.has_any = reader.get<char>() != 0;
    state.value.load(type, reader);
  }
};

/// max_by (1) and min_by (-1): the value may be NULL, the order may not. Among rows of the same order the smallest value, NULL last.
template <int direction>
struct ChosenBy : PlainBody {
  static constexpr bool takes_nulls = true;
  struct State { StoredValue order; StoredValue value; bool has_any = false; bool is_null = false; };
  Type type;
  Type order_type;
  ChosenBy(const Type& of, const Type& by) : type(of), order_type(by) {}
  void add(State& state, std::span<const Column> arguments, std::uint32_t row, const RowPosition*) const {
    if (arguments[1].is_null(row)) return;
    const bool is_null = arguments[0].is_null(row);
    if (state.has_any) {
      const int order = state.order.compare(order_type, arguments[1], row) * direction;
      if (order > 0) return;
      if (order == 0 && (is_null || (!state.is_null && state.value.compare(type, arguments[0], row) <= 0))) return;
    }
    state.order.take(arguments[1], row);
    if (!is_null) state.value.take(arguments[0], row);
    state.has_any = true;
    state.is_null = is_null;
    if (is_null) state.value = {};
  }
  void merge(State& into, const State& from) const {
    if (!from.has_any) return;
    if (into.has_any) {
      const int order = into.order.compare(order_type, from.order) * direction;
      if (order > 0) return;
      if (order == 0 && (from.is_null || (!into.is_null && into.value.compare(type, from.value) <= 0))) return;
    }
    into = from;
  }
  bool retract(State& from, const State& part) const {
    if (!part.has_any || from.order.compare(order_type, part.order) != 0) return true;
    return from.is_null != part.is_null || (!part.is_null && from.value.compare(type, part.value) != 0);
  }
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    if (!state.has_any || state.is_null) return writer.set_null(row);
    state.value.write(type, writer, row);
  }
  std::size_t outside_bytes(const State& state) const { return state.order.outside_bytes() + state.value.outside_bytes(); }
  void save(const State& state, StateWriter& writer) const {
    writer.put(state.has_any);
    writer.put(state.is_null);
    state.order.save(writer);
    state.value.save(writer);
  }
  void load(State& state, StateReader& reader) const {
    state.has_any = reader.get<char>() != 0;
    state.is_null = reader.get<char>() != 0;
    state.order.load(order_type, reader);
    state.value.load(type, reader);
  }
};

/// first (-1) and last (1) by position.
template <int direction>
struct Outermost : PlainBody {
  static constexpr std::uint8_t version = 2;
  static constexpr bool takes_nulls = true;
  static constexpr bool uses_positions = true;
  struct State { RowPosition position; StoredValue value; bool has_any = false; bool is_null = false; };
  Type type;
  bool ignores_nulls;
  Outermost(const Type& of, bool without_nulls) : type(of), ignores_nulls(without_nulls) {}
  static bool is_better(const State& state, const RowPosition& position) {
    return !state.has_any || (direction < 0 ? position < state.position : state.position < position);
  }
  void add(State& state, std::span<const Column> arguments, std::uint32_t row, const RowPosition* position) const {
    WEIR_CHECK(position != nullptr, "first and last are given the positions of rows");
    const bool is_null = arguments[0].is_null(row);
    if ((is_null && ignores_nulls) || !is_better(state, *position)) return;
    state.position = *position;
    state.has_any = true;
    state.is_null = is_null;
    if (is_null) state.value = {};
    else state.value.take(arguments[0], row);
  }
  void merge(State& into, const State& from) const {
    if (from.has_any && is_better(into, from.position)) into = from;
  }
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    if (!state.has_any || state.is_null) return writer.set_null(row);
    state.value.write(type, writer, row);
  }
  std::size_t outside_bytes(const State& state) const { return state.value.outside_bytes(); }
  void save(const State& state, StateWriter& writer) const {
    writer.put(state.has_any);
    writer.put(state.is_null);
    save_position(state.position, writer);
    state.value.save(writer);
  }
  void load(State& state, StateReader& reader) const {
    state.has_any = reader.get<char>() != 0;
    state.is_null = reader.get<char>() != 0;
    state.position = load_position(reader);
    state.value.load(type, reader);
  }
};

template <int direction>
AggregateResult prepare_extreme(const CallSite& site) {
  switch (site.result.kind) {
    case TypeKind::int32:
    case TypeKind::date: return aggregate_of(FixedExtreme<std::int32_t, direction>{});
    case TypeKind::int64:
    case TypeKind::timestamp: return aggregate_of(FixedExtreme<std::int64_t, direction>{});
    case TypeKind::float64: return aggregate_of(FixedExtreme<double, direction>{});
    case TypeKind::decimal: return aggregate_of(FixedExtreme<Int128, direction>{});
    default: return aggregate_of(StoredExtreme<direction>(site.result));
  }
}

template <int direction>
AggregateResult prepare_outermost(const CallSite& site) {
  bool ignores_nulls = false;
  if (site.types.size() > 1) {
    if (site.constants[1] == nullptr || site.constants[1]->is_null())
      return Error{ErrorKind::user, "whether NULLs are left out must be a constant"};
    ignores_nulls = std::get<bool>(site.constants[1]->data);
  }
  return aggregate_of(Outermost<direction>(site.result, ignores_nulls));
}

Overload outermost_overload() {
  Overload overload = aggregate_of_first({"any", "boolean"});
  overload.optional = 1;
  return overload;
}

template <int direction>
AggregateResult prepare_by(const CallSite& site) {
  return aggregate_of(ChosenBy<direction>(site.types[0], site.types[1]));
}

}  // namespace

void register_choices(AggregateRegistry& registry) {
  add_aggregate(registry, {"min", {}, "min(value any) -> the type of value", "The smallest value; text by its bytes, NaN after all numbers."},
                {{"min(x)", "x int: 3, NULL, 1", "1"}, {"min(x)", "x string: tea, Milk", "Milk"}}, {aggregate_of_first({"any"})}, prepare_extreme<-1>);
  add_aggregate(registry, {"max", {}, "max(value any) -> the type of value", "The largest value; text by its bytes, NaN after all numbers."},
                {{"max(x)", "x int: 3, NULL, 1", "3"}}, {aggregate_of_first({"any"})}, prepare_extreme<1>);
  add_aggregate(registry, {"any_value", {}, "any_value(value any) -> the type of value", "Some value that is not NULL: the smallest, so that it is always the same one."},
                {{"any_value(x)", "x string: tea, NULL, tea", "tea"}}, {aggregate_of_first({"any"})}, prepare_extreme<-1>);
  add_aggregate(registry, {"max_by", {"arg_max"}, "max_by(value any, order any) -> the type of value", "The value of the row with the largest order; of several such rows the smallest value."},
                {{"max_by(item, price)", "item string: tea, milk, rice; price int: 3, 9, NULL", "milk"}}, {aggregate_of_first({"any", "any"})}, prepare_by<1>);
  add_aggregate(registry, {"min_by", {"arg_min"}, "min_by(value any, order any) -> the type of value", "The value of the row with the smallest order; of several such rows the smallest value."},
                {{"min_by(item, price)", "item string: tea, milk, rice; price int: 3, 9, NULL", "tea"}}, {aggregate_of_first({"any", "any"})}, prepare_by<-1>);
  add_aggregate(registry, {"first", {"first_value"}, "first(value any[, ignore_nulls boolean]) -> the type of value", "The value of the first row by event time, then by position in the source."},
                {{"first(x)", "x int: 3, 1, 2", "3"}, {"first(x)", "x int: NULL, 1", "NULL"}, {"first(x, true)", "x int: NULL, 1", "1"}}, {outermost_overload()}, prepare_outermost<-1>);
  add_aggregate(registry, {"last", {"last_value"}, "last(value any[, ignore_nulls boolean]) -> the type of value", "The value of the last row by event time, then by position in the source."},
                {{"last(x)", "x int: 3, 1, 2", "2"}, {"last(x, true)", "x int: 1, NULL", "1"}}, {outermost_overload()}, prepare_outermost<1>);
}

}  // namespace weir
