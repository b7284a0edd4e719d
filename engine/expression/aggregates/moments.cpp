// moments.cpp — aggregates of sums of powers and products: variance, standard deviation, covariance, correlation, skewness, kurtosis.
//
// Each row's powers are split into doubles that sum up to them with twice a double's digits, and those are summed exactly: the result does not depend on
// the order of the rows, and the differences of large sums are taken with 113 bits.
#include <algorithm>
#include <array>
#include <cmath>

#include "engine/expression/aggregates/aggregate_body.h"
#include "engine/expression/aggregates/aggregate_families.h"
#include "engine/expression/aggregates/exact_sum.h"

namespace weir {
namespace {

/// a * b as two doubles.
struct Product {
  double high;
  double low;
  Product(double a, double b) : high(a * b), low(std::isfinite(high) ? std::fma(a, b, -high) : 0) {}
};

void add_product(ExactSum& sum, double a, double b) {
  const Product product(a, b);
  sum.add(product.high);
  sum.add(product.low);
}

/// A difference of large sums that is nothing but their rounding is zero.
Real128 difference(Real128 larger, Real128 smaller) {
  constexpr Real128 noise = 1.0 / 4503599627370496 / 4503599627370496;  // 2^-104
  const Real128 rest = larger - smaller;
  const Real128 size = larger < 0 ? -larger : larger;
  return (rest < 0 ? -rest : rest) <= size * noise ? Real128{0} : rest;
}

/// With 113 bits where a double holds the number's size.
Real128 square_root(Real128 number) {
  const double near = std::sqrt(static_cast<double>(number));
  if (near == 0 || !std::isfinite(near)) return near;
  const Real128 root = near;
  return (root + number / root) / 2;
}

template <std::size_t sum_count>
struct Sums {
  std::array<ExactSum, sum_count> of;
  std::int64_t count = 0;
};

template <std::size_t sum_count>
struct SumsBody : PlainBody {
  using State = Sums<sum_count>;
  void merge(State& into, const State& from) const {
    for (std::size_t i = 0; i < sum_count; ++i) into.of[i].add(from.of[i]);
    into.count += from.count;
  }
  void save(const State& state, StateWriter& writer) const {
    for (const ExactSum& sum : state.of) sum.save(writer);
    writer.put(state.count);
  }
  void load(State& state, StateReader& reader) const {
    for (ExactSum& sum : state.of) sum.load(reader);
    state.count = reader.get<std::int64_t>();
  }
  static bool is_finite(const State& state) {
    return std::all_of(state.of.begin(), state.of.end(), [](const ExactSum& sum) { return sum.is_finite(); });
  }
};

void set_number(ColumnWriter& writer, std::uint32_t row, Real128 number) { writer.set(row, static_cast<double>(number)); }
void set_no_number(ColumnWriter& writer, std::uint32_t row) { writer.set(row, std::nan("")); }

/// Powers of x up to `most`; the sum of x^i is of[i - 1].
template <std::size_t most>
struct Powers : SumsBody<most> {
  using State = Sums<most>;
  void add(State& state, std::span<const Column> arguments, std::uint32_t row, const RowPosition*) const {
    const double x = arguments[0].at<double>(row);
    ++state.count;
    state.of[0].add(x);
    const Product square(x, x);
    state.of[1].add(square.high);
    state.of[1].add(square.low);
    if constexpr (most >= 3) {
      add_product(state.of[2], square.high, x);
      add_product(state.of[2], square.low, x);
    }
    if constexpr (most >= 4) {
      add_product(state.of[3], square.high, square.high);
      add_product(state.of[3], square.high, 2 * square.low);
    }
  }
  /// The sum of squared distances from the mean.
  static Real128 spread(const State& state) {
    const Real128 sum = state.of[0].precise();
    return std::max(difference(state.of[1].precise(), sum * sum / static_cast<Real128>(state.count)), Real128{0});
  }
};

struct Variance : Powers<2> {
  bool is_sample;
  bool is_root;
  Variance(bool sample, bool root) : is_sample(sample), is_root(root) {}
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    const std::int64_t divisor = state.count - (is_sample ? 1 : 0);
    if (divisor <= 0) return writer.set_null(row);
    if (!is_finite(state)) return set_no_number(writer, row);
    const Real128 variance = spread(state) / static_cast<Real128>(divisor);
    set_number(writer, row, is_root ? square_root(variance) : variance);
  }
};

/// A measure of the shape, which there is none of without rows, or where all values are equal. `Shape::of(state, count, square)`.
template <int power, typename Shape>
struct ShapeOf : Powers<power> {
  using typename Powers<power>::State;
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    if (state.count == 0) return writer.set_null(row);
    if (!this->is_finite(state)) return set_no_number(writer, row);
    const Real128 square = this->spread(state);
    if (square == 0) return writer.set_null(row);
    set_number(writer, row, Shape::of(state, static_cast<Real128>(state.count), square));
  }
};

struct SkewnessShape {
  static Real128 of(const Powers<3>::State& state, Real128 count, Real128 square) {
    const Real128 mean = state.of[0].precise() / count;
    const Real128 cube = state.of[2].precise() - 3 * mean * state.of[1].precise() + 2 * count * mean * mean * mean;
    const Real128 scale = square_root(square / count);
    return cube / count / (scale * scale * scale);
  }
};
using Skewness = ShapeOf<3, SkewnessShape>;

struct KurtosisShape {
  static Real128 of(const Powers<4>::State& state, Real128 count, Real128 square) {
    const Real128 mean = state.of[0].precise() / count;
    const Real128 fourth = state.of[3].precise() - 4 * mean * state.of[2].precise() + 6 * mean * mean * state.of[1].precise() -
                           3 * count * mean * mean * mean * mean;
    return count * fourth / (square * square) - 3;
  }
};
using Kurtosis = ShapeOf<4, KurtosisShape>;

/// Sums of x, y, xy, and for the correlation of x², y².
template <std::size_t sum_count>
struct Pairs : SumsBody<sum_count> {
  using State = Sums<sum_count>;
  void add(State& state, std::span<const Column> arguments, std::uint32_t row, const RowPosition*) const {
    const double x = arguments[0].at<double>(row);
    const double y = arguments[1].at<double>(row);
    ++state.count;
    state.of[0].add(x);
    state.of[1].add(y);
    add_product(state.of[2], x, y);
    if constexpr (sum_count > 3) {
      add_product(state.of[3], x, x);
      add_product(state.of[4], y, y);
    }
  }
  /// The sum of products of the distances of a and b from their means.
  static Real128 spread(const State& state, const ExactSum& products, const ExactSum& a, const ExactSum& b) {
    return difference(products.precise(), a.precise() * b.precise() / static_cast<Real128>(state.count));
  }
};

struct Covariance : Pairs<3> {
  bool is_sample;
  explicit Covariance(bool sample) : is_sample(sample) {}
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    const std::int64_t divisor = state.count - (is_sample ? 1 : 0);
    if (divisor <= 0) return writer.set_null(row);
    if (!is_finite(state)) return set_no_number(writer, row);
    set_number(writer, row, spread(state, state.of[2], state.of[0], state.of[1]) / static_cast<Real128>(divisor));
  }
};

struct Correlation : Pairs<5> {
  void result(const State& state, ColumnWriter& writer, std::uint32_t row) const {
    if (state.count < 2) return writer.set_null(row);
    if (!is_finite(state)) return set_no_number(writer, row);
    const Real128 x = spread(state, state.of[3], state.of[0], state.of[0]);
    const Real128 y = spread(state, state.of[4], state.of[1], state.of[1]);
    if (x <= 0 || y <= 0) return writer.set_null(row);
    const Real128 scale = square_root(x) * square_root(y);
    const auto correlation = static_cast<double>(spread(state, state.of[2], state.of[0], state.of[1]) / scale);
    writer.set(row, std::clamp(correlation, -1.0, 1.0));
  }
};

template <typename Body>
void add_moment(AggregateRegistry& registry, AggregateWords words, AggregateExample example, std::size_t arguments, Body body) {
  Overload overload = aggregate_overload(std::vector<std::string>(arguments, "double"), float64_type);
  overload.never_null = false;
  add_aggregate(registry, std::move(words), {std::move(example)}, {std::move(overload)},
                [body](const CallSite&) { return aggregate_of(body); });
}

}  // namespace

void register_moments(AggregateRegistry& registry) {
  add_moment(registry, {"stddev_samp", {"stddev", "std"}, "stddev_samp(value double) -> double", "The standard deviation of a sample; NULL of fewer than two values."},
             {"stddev_samp(x)", "x int: 1, 3, NULL", "1.4142135623730951"}, 1, Variance(true, true));
  add_moment(registry, {"stddev_pop", {}, "stddev_pop(value double) -> double", "The standard deviation of all there are."},
             {"stddev_pop(x)", "x int: 1, 3", "1.0"}, 1, Variance(false, true));
  add_moment(registry, {"var_samp", {"variance"}, "var_samp(value double) -> double", "The variance of a sample; NULL of fewer than two values."},
             {"var_samp(x)", "x int: 1, 3", "2.0"}, 1, Variance(true, false));
  add_moment(registry, {"var_pop", {}, "var_pop(value double) -> double", "The variance of all there are."},
             {"var_pop(x)", "x int: 1, 3", "1.0"}, 1, Variance(false, false));
  add_moment(registry, {"covar_samp", {}, "covar_samp(x double, y double) -> double", "The covariance of a sample of pairs."},
             {"covar_samp(x, y)", "x int: 1, 2, 3; y int: 2, 4, 6", "2.0"}, 2, Covariance(true));
  add_moment(registry, {"covar_pop", {}, "covar_pop(x double, y double) -> double", "The covariance of all pairs."},
             {"covar_pop(x, y)", "x int: 1, 3; y int: 2, 6", "2.0"}, 2, Covariance(false));
  add_moment(registry, {"corr", {}, "corr(x double, y double) -> double", "The correlation of pairs, -1 to 1; NULL where x or y is always the same."},
             {"corr(x, y)", "x int: 1, 2, 3; y int: 3, 5, 7", "1.0"}, 2, Correlation{});
  add_moment(registry, {"skewness", {}, "skewness(value double) -> double", "How lopsided the values lie around their mean; NULL where all are the same."},
             {"skewness(x)", "x int: 1, 2, 3", "0.0"}, 1, Skewness{});
  add_moment(registry, {"kurtosis", {}, "kurtosis(value double) -> double", "How heavy the tails are, 0 for the normal distribution; NULL where all values are the same."},
             {"kurtosis(x)", "x int: 1, 1, 3, 3", "-2.0"}, 1, Kurtosis{});
}

}  // namespace weir
