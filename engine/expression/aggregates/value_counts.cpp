// value_counts.cpp — aggregates that need to know how often each value came: mode, percentile, median, percentile_approx.
//
// percentile_approx counts distinct values up to a limit and then falls back to buckets of a fixed relative width: both are functions of the values alone,
// so neither the order of rows nor how they were split up shows. Sketches that compact as they go (Greenwald-Khanna, t-digest) do not have that property.
#include <cmath>
#include <map>
#include <optional>

#include "engine/expression/aggregates/aggregate_body.h"
#include "engine/expression/aggregates/aggregate_families.h"
#include "engine/expression/aggregates/stored_value.h"

namespace weir {
namespace {

struct Mode : PlainBody {
  /// By the bytes of the values, which are equal where the values are.
  struct State {
    std::map<std::string, std::int64_t, std::less<>> counts;
    std::size_t bytes = 0;
  };
  Type type;
  explicit Mode(const Type& of) : type(of) {}
  void add(State& state, std::span<const Column> arguments, std::uint32_t row, const RowPosition*) const {
    StoredValue value;
    value.take(arguments[0], row);
    count(state, value.bytes(), 1);
  }
  static void count(State& state, const std::string& value, std::int64_t more) {
    const auto [place, is_new] = state.counts.try_emplace(value, 0);
    place->second += more;
    if (is_new) state.bytes += node_bytes<std::pair<const std::string, std::int64_t>> + text_bytes(place->first);
  }
  void merge(State& into, const State& from) const {
    for (const auto& [value, more] : from.counts) count(into, value, more);
  }
  std::size_t outside_bytes(const State& state) const { return state.bytes; }
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    std::optional<StoredValue> best;
    std::int64_t most = 0;
    for (const auto& [bytes, count] : state.counts) {
      StoredValue value = StoredValue::of_bytes(bytes);
      if (count < most || (count == most && best->compare(type, value) < 0)) continue;
      most = count;
      best = std::move(value);
    }
    if (!best) return writer.set_null(row);
    best->write(type, writer, row);
  }
  void save(const State& state, StateWriter& writer) const {
    writer.put(static_cast<std::uint64_t>(state.counts.size()));
    for (const auto& [value, count] : state.counts) {
      writer.put_text(value);
      writer.put(count);
    }
  }
  void load(State& state, StateReader& reader) const {
    const auto size = reader.get<std::uint64_t>();
    if (!reader.holds(size, 16)) return;
    for (std::uint64_t i = 0; i < size; ++i) {
      const std::string value(reader.get_text());
      count(state, value, reader.get<std::int64_t>());
    }
  }
};

/// NaN last, so that the map's order is a strict one.
struct DoubleOrder {
  bool operator()(double a, double b) const { return a < b || (std::isnan(b) && !std::isnan(a)); }
};
using DoubleCounts = std::map<double, std::int64_t, DoubleOrder>;

std::size_t bytes_of(const DoubleCounts& counts) { return counts.size() * node_bytes<DoubleCounts::value_type>; }

void save_counts(const DoubleCounts& counts, StateWriter& writer) {
  writer.put(static_cast<std::uint64_t>(counts.size()));
  for (const auto& [value, count] : counts) {
    writer.put(value);
    writer.put(count);
  }
}

void load_counts(DoubleCounts& counts, StateReader& reader) {
  const auto size = reader.get<std::uint64_t>();
  if (!reader.holds(size, 16)) return;
  for (std::uint64_t i = 0; i < size; ++i) {
    const auto value = reader.get<double>();
    counts[value] = reader.get<std::int64_t>();
  }
}

std::int64_t total_of(const DoubleCounts& counts) {
  std::int64_t total = 0;
  for (const auto& [value, count] : counts) total += count;
  return total;
}

/// The value at `index`, counted from 0, in ascending order.
double value_at_index(const DoubleCounts& counts, std::int64_t index) {
  for (const auto& [value, count] : counts) {
    if (index < count) return value;
    index -= count;
  }
  return counts.rbegin()->first;
}

/// Exact, between two values where the share falls there, as Spark and Postgres' percentile_cont.
struct Percentile : PlainBody {
  struct State { DoubleCounts counts; };
  double share;
  explicit Percentile(double wanted) : share(wanted) {}
  void add(State& state, std::span<const Column> arguments, std::uint32_t row, const RowPosition*) const {
    ++state.counts[arguments[0].at<double>(row) + 0.0];
  }
  void merge(State& into, const State& from) const {
    for (const auto& [value, count] : from.counts) into.counts[value] += count;
  }
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    if (state.counts.empty()) return writer.set_null(row);
    const double position = static_cast<double>(total_of(state.counts) - 1) * share;
    const double below = std::floor(position);
    const double lower = value_at_index(state.counts, static_cast<std::int64_t>(below));
    const double upper = value_at_index(state.counts, static_cast<std::int64_t>(std::ceil(position)));
    if (lower == upper || position == below) return writer.set(row, lower);
    writer.set(row, (std::ceil(position) - position) * lower + (position - below) * upper);
  }
  std::size_t outside_bytes(const State& state) const { return bytes_of(state.counts); }
  void save(const State& state, StateWriter& writer) const { save_counts(state.counts, writer); }
  void load(State& state, StateReader& reader) const { load_counts(state.counts, reader); }
};

/// A value of the rows, exact up to `most_values` distinct ones; beyond, within 0.1 percent of one.
struct ApproximatePercentile : PlainBody {
  static constexpr std::size_t most_values = 10'000;
  static constexpr double bucket_width = 1.002;
  struct State { DoubleCounts counts; bool is_coarse = false; };
  double share;
  explicit ApproximatePercentile(double wanted) : share(wanted) {}

  /// The middle of the bucket of the value; zero, NaN and infinities stay.
  static double coarse(double value) {
    if (value == 0 || !std::isfinite(value)) return value;
    const double bucket = std::floor(std::log(std::fabs(value)) / std::log(bucket_width));
    return std::copysign(std::exp((bucket + 0.5) * std::log(bucket_width)), value);
  }
  static void coarsen(State& state) {
    if (state.is_coarse) return;
    DoubleCounts counts;
    for (const auto& [value, count] : state.counts) counts[coarse(value)] += count;
    state = {std::move(counts), true};
  }
  static void coarsen_if_large(State& state) {
    if (state.counts.size() > most_values) coarsen(state);
  }
  void add(State& state, std::span<const Column> arguments, std::uint32_t row, const RowPosition*) const {
    const double value = arguments[0].at<double>(row) + 0.0;
    ++state.counts[state.is_coarse ? coarse(value) : value];
    coarsen_if_large(state);
  }
  void merge(State& into, const State& from) const {
    if (from.is_coarse) coarsen(into);
    for (const auto& [value, count] : from.counts) into.counts[into.is_coarse && !from.is_coarse ? coarse(value) : value] += count;
    coarsen_if_large(into);
  }
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    if (state.counts.empty()) return writer.set_null(row);
    const auto rank = static_cast<std::int64_t>(std::ceil(static_cast<double>(total_of(state.counts)) * share));
    const double value = value_at_index(state.counts, std::max<std::int64_t>(rank - 1, 0));
    writer.set(row, value);
  }
  std::size_t outside_bytes(const State& state) const { return bytes_of(state.counts); }
  void save(const State& state, StateWriter& writer) const {
    writer.put(state.is_coarse);
    save_counts(state.counts, writer);
  }
  void load(State& state, StateReader& reader) const {
    state.is_coarse = reader.get<char>() != 0;
    load_counts(state.counts, reader);
  }
};

Result<double> constant_share(const CallSite& site, const char* name) {
  const Value* value = site.constants.size() < 2 ? nullptr : site.constants[1];
  const double* share = value == nullptr ? nullptr : std::get_if<double>(&value->data);
  if (share == nullptr || !(*share >= 0 && *share <= 1))
    return Error{ErrorKind::user, std::string(name) + ": the share must be a constant from 0 to 1"};
  return *share;
}

AggregateResult prepare_percentile(const CallSite& site) {
  WEIR_ASSIGN(const double share, constant_share(site, "percentile"));
  return aggregate_of(Percentile(share));
}

AggregateResult prepare_approximate(const CallSite& site) {
  WEIR_ASSIGN(const double share, constant_share(site, "percentile_approx"));
  return aggregate_of(ApproximatePercentile(share));
}

}  // namespace

void register_value_counts(AggregateRegistry& registry) {
  add_aggregate(registry, {"mode", {}, "mode(value any) -> the type of value", "The most frequent value; of several the smallest."},
                {{"mode(x)", "x string: tea, milk, tea, NULL, NULL, NULL", "tea"}, {"mode(x)", "x int: 2, 1", "1"}}, {aggregate_of_first({"any"})},
                [](const CallSite& site) { return aggregate_of(Mode(site.result)); });
  add_aggregate(registry, {"percentile", {"percentile_cont"}, "percentile(value double, share double) -> double",
                           "The value below which the share (0 to 1, a constant) of all values lies; exact, between two values where it falls there. Keeps each distinct value."},
                {{"percentile(x, 0.5)", "x int: 1, 2, 4, 10", "3.0"}, {"percentile(x, 0.25)", "x int: 0, 10", "2.5"}},
                {aggregate_overload({"double", "double"}, float64_type)}, prepare_percentile);
  add_aggregate(registry, {"median", {}, "median(value double) -> double", "The value in the middle: percentile(value, 0.5)."},
                {{"median(x)", "x int: 1, 2, 10", "2.0"}}, {aggregate_overload({"double"}, float64_type)},
                [](const CallSite&) { return aggregate_of(Percentile(0.5)); });
  add_aggregate(registry, {"percentile_approx", {"approx_percentile"}, "percentile_approx(value double, share double) -> double",
                           "The smallest value that at least the share of all values does not exceed; exact up to 10,000 distinct values, then within 0.1 percent."},
                {{"percentile_approx(x, 0.5)", "x int: 1, 2, 4, 10", "2.0"}}, {aggregate_overload({"double", "double"}, float64_type)}, prepare_approximate);
}

}  // namespace weir
