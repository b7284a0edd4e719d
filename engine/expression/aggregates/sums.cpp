// sums.cpp — sum and avg: exact until the result, so that no order of rows makes a difference.
#include <optional>

#include "engine/expression/aggregates/aggregate_body.h"
#include "engine/expression/aggregates/aggregate_families.h"
#include "engine/expression/aggregates/exact_sum.h"

namespace weir {
namespace {

/// 192 bits, two's complement: 2^64 values of 128 bits fit. Packed, because there is one in every group.
struct __attribute__((packed, aligned(8))) WideSum {
  UInt128 low = 0;
  std::int64_t high = 0;

  void add(UInt128 other_low, std::int64_t other_high) {
    const UInt128 before = low;
    low += other_low;
    high += other_high + (low < before ? 1 : 0);
  }
  void add(Int128 value) { add(static_cast<UInt128>(value), value < 0 ? -1 : 0); }
  void subtract(UInt128 other_low, std::int64_t other_high) {
    high -= other_high + (low < other_low ? 1 : 0);
    low -= other_low;
  }
  std::optional<Int128> as_128() const {
    const auto value = static_cast<Int128>(low);
    if (high != (value < 0 ? -1 : 0)) return std::nullopt;
    return value;
  }
};

template <typename Sum>
struct Counted {
  Sum sum;
  std::int64_t count = 0;
};

/// Sums of int, bigint and decimal. T is what a column of them holds.
template <typename T>
struct WholeSum : PlainBody {
  using State = Counted<WideSum>;
  void add(State& state, std::span<const Column> arguments, std::uint32_t row, const RowPosition*) const {
    state.sum.add(static_cast<Int128>(arguments[0].at<T>(row)));
    ++state.count;
  }
  void merge(State& into, const State& from) const {
    into.sum.add(from.sum.low, from.sum.high);
    into.count += from.count;
  }
  void retract(State& from, const State& part) const {
    from.sum.subtract(part.sum.low, part.sum.high);
    from.count -= part.count;
  }
  void save(const State& state, StateWriter& writer) const {
    writer.put(state.sum.low);
    writer.put(state.sum.high);
    writer.put(state.count);
  }
  void load(State& state, StateReader& reader) const {
    state.sum.low = reader.get<UInt128>();
    state.sum.high = reader.get<std::int64_t>();
    state.count = reader.get<std::int64_t>();
  }
};

template <typename T>
struct IntegerSum : WholeSum<T> {
  using typename WholeSum<T>::State;
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    if (state.count == 0) return writer.set_null(row);
    const std::optional<Int128> sum = state.sum.as_128();
    if (!sum || *sum != static_cast<std::int64_t>(*sum)) return writer.set_error(row, "overflow", "sum: out of range of bigint");
    writer.set(row, static_cast<std::int64_t>(*sum));
  }
};

template <typename T>
struct IntegerMean : WholeSum<T> {
  using typename WholeSum<T>::State;
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    if (state.count == 0) return writer.set_null(row);
    // 2^63 rows of 2^63 each stay below 2^127.
    writer.set(row, static_cast<double>(static_cast<Int128>(state.sum.low)) / static_cast<double>(state.count));
  }
};

struct DecimalSum : WholeSum<Int128> {
  int precision;
  explicit DecimalSum(const Type& type) : precision(type.precision) {}
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    if (state.count == 0) return writer.set_null(row);
    const std::optional<Int128> sum = state.sum.as_128();
    if (!sum || !fits_precision(*sum, precision)) return writer.set_error(row, "overflow", "sum: more than 38 digits");
    writer.set(row, *sum);
  }
};

struct DecimalMean : WholeSum<Int128> {
  int scale;
  Type type;
  DecimalMean(int scale_of_values, const Type& result) : scale(scale_of_values), type(result) {}
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    if (state.count == 0) return writer.set_null(row);
    const std::optional<Int128> sum = state.sum.as_128();
    const std::optional<Int128> mean = sum ? divide(*sum, scale, state.count, 0, type.scale) : std::nullopt;
    if (!mean || !fits_precision(*mean, type.precision)) return writer.set_error(row, "overflow", "avg: more than 38 digits");
    writer.set(row, *mean);
  }
};

template <bool is_mean>
struct DoubleSum : PlainBody {
  using State = Counted<ExactSum>;
  void add(State& state, std::span<const Column> arguments, std::uint32_t row, const RowPosition*) const {
    state.sum.add(arguments[0].at<double>(row));
    ++state.count;
  }
  void merge(State& into, const State& from) const {
    into.sum.add(from.sum);
    into.count += from.count;
  }
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    if (state.count == 0) return writer.set_null(row);
    const double sum = state.sum.rounded();
    writer.set(row, is_mean ? sum / static_cast<double>(state.count) : sum);
  }
  void save(const State& state, StateWriter& writer) const {
    state.sum.save(writer);
    writer.put(state.count);
  }
  void load(State& state, StateReader& reader) const {
    state.sum.load(reader);
    state.count = reader.get<std::int64_t>();
  }
};

/// Spark's: room for more digits before the point (sum) or on both sides (avg).
Overload decimal_overload(int more_digits, int more_scale) {
  Overload overload = aggregate_overload({"decimal"}, null_type);
  overload.result = [more_digits, more_scale](const CallSite& site) -> Result<Type> {
    const Type& type = site.types[0];
    return decimal_type(static_cast<std::uint8_t>(std::min(type.precision + more_digits, max_precision)),
                        static_cast<std::uint8_t>(std::min(type.scale + more_scale, max_precision)));
  };
  return overload;
}

AggregateResult prepare_sum(const CallSite& site) {
  switch (site.types[0].kind) {
    case TypeKind::int32: return aggregate_of(IntegerSum<std::int32_t>{});
    case TypeKind::int64: return aggregate_of(IntegerSum<std::int64_t>{});
    case TypeKind::decimal: return aggregate_of(DecimalSum(site.result));
    default: return aggregate_of(DoubleSum<false>{});
  }
}

AggregateResult prepare_mean(const CallSite& site) {
  switch (site.types[0].kind) {
    case TypeKind::int32: return aggregate_of(IntegerMean<std::int32_t>{});
    case TypeKind::int64: return aggregate_of(IntegerMean<std::int64_t>{});
    case TypeKind::decimal: return aggregate_of(DecimalMean(site.types[0].scale, site.result));
    default: return aggregate_of(DoubleSum<true>{});
  }
}

}  // namespace

void register_sums(AggregateRegistry& registry) {
  add_aggregate(registry, {"sum", {}, "sum(value number) -> bigint, decimal or double", "The sum; exact, of doubles too: rounded once, whatever the order of the rows."},
                {{"sum(x)", "x int: 1, NULL, 3", "4"}, {"sum(x)", "x decimal(10,2): 1.25, 2.50", "3.75"},
                 {"sum(x)", "x double: 1e100, 1, -1e100", "1.0"}, {"sum(x)", "x int: NULL", "NULL"}},
                {aggregate_overload({"int"}, int64_type), aggregate_overload({"bigint"}, int64_type), decimal_overload(10, 0),
                 aggregate_overload({"double"}, float64_type)}, prepare_sum);
  add_aggregate(registry, {"avg", {"mean"}, "avg(value number) -> double (decimal of decimals)", "The sum divided by the number of values."},
                {{"avg(x)", "x int: 1, NULL, 4", "2.5"}, {"avg(x)", "x decimal(4,1): 1.0, 2.0, 2.0", "1.66667"}},
                {aggregate_overload({"int"}, float64_type), aggregate_overload({"bigint"}, float64_type), decimal_overload(4, 4),
                 aggregate_overload({"double"}, float64_type)}, prepare_mean);
}

}  // namespace weir
