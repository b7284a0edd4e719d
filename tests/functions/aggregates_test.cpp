// aggregates_test.cpp — runs every example of every aggregate, and holds all of them to one result whatever the order and the parts of the rows.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <map>
#include <random>
#include <set>

#include "aggregation.h"

namespace weir::test {
namespace {

class AggregateExamples : public testing::TestWithParam<const AggregateFunction*> {};

TEST_P(AggregateExamples, GiveTheirResult) {
  EXPECT_FALSE(GetParam()->examples.empty());
  for (const AggregateExample& example : GetParam()->examples)
    EXPECT_EQ(aggregate_answer(example.call, example.rows), example.result) << example.call << " of " << example.rows;
}

TEST_P(AggregateExamples, ComeWithASignatureAndASentence) {
  const Function& declaration = GetParam()->declaration;
  EXPECT_TRUE(declaration.signature.starts_with(declaration.name + "("));
  EXPECT_TRUE(declaration.summary.ends_with('.'));
  EXPECT_EQ(declaration.family, "aggregate");
  EXPECT_EQ(builtin_functions().find(declaration.name), nullptr) << "a scalar function has this name";
}

INSTANTIATE_TEST_SUITE_P(Aggregates, AggregateExamples, testing::ValuesIn(builtin_aggregates().functions()),
                         [](const auto& tested) { return tested.param->declaration.name; });

double random_double(std::mt19937_64& random) {
  switch (random() % 4) {
    case 0: {
      const auto value = std::bit_cast<double>(random());
      return std::isfinite(value) ? value : 1.5;
    }
    case 1: return static_cast<double>(static_cast<std::int64_t>(random() % 2001) - 1000) / 10;
    case 2: return std::ldexp(static_cast<double>(random() % 1000), static_cast<int>(random() % 80) - 40);
    default: return random() % 2 == 0 ? 0.0 : -0.0;
  }
}

Value random_value(const Type& type, std::mt19937_64& random) {
  if (random() % 7 == 0) return Value{type, {}};
  switch (type.kind) {
    case TypeKind::boolean: return {type, random() % 2 == 0};
    case TypeKind::int32:
    case TypeKind::date: return {type, static_cast<std::int32_t>(random() % 41) - 20};
    case TypeKind::int64:
    case TypeKind::timestamp: return {type, static_cast<std::int64_t>(random() % 3 == 0 ? random() : random() % 10)};
    case TypeKind::float64: return {type, random_double(random)};
    case TypeKind::decimal: return {type, static_cast<Int128>(static_cast<std::int64_t>(random() % 20001) - 10000)};
    case TypeKind::interval: return {type, Interval{static_cast<std::int32_t>(random() % 3), static_cast<std::int32_t>(random() % 3), 0}};
    default: return {type, std::string(random() % 20, static_cast<char>('a' + random() % 3))};
  }
}

std::vector<TestColumn> random_table(std::size_t rows, std::mt19937_64& random) {
  const std::vector<std::pair<const char*, Type>> columns = {{"i", int32_type}, {"l", int64_type}, {"d", float64_type}, {"e", float64_type}, {"n", decimal_type(20, 2)},
                                                             {"s", string_type}, {"f", boolean_type}, {"t", timestamp_type}, {"v", interval_type}};
  std::vector<TestColumn> table;
  for (const auto& [name, type] : columns) {
    table.push_back({name, type, {}});
    for (std::size_t row = 0; row < rows; ++row) table.back().values.push_back(random_value(type, random));
  }
  return table;
}

/// Every call of every aggregate that binds to these columns.
std::vector<std::string> all_calls() {
  std::vector<std::string> calls = {"count(*)", "percentile(d, 0.3)", "percentile_approx(d, 0.9)", "string_agg(s, ', ')", "string_agg(DISTINCT s, ',')", "first(s, true)", "last(s, true)"};
  for (const AggregateFunction* function : builtin_aggregates().functions()) {
    for (const char* arguments : {"i", "l", "d", "n", "s", "f", "t", "v", "d, e", "s, i", "d, s", "n, d"}) {
      calls.push_back(fmt::format("{}({})", function->declaration.name, arguments));
      calls.push_back(fmt::format("{}(DISTINCT {})", function->declaration.name, arguments));
    }
  }
  return calls;
}

std::string save(const AggregateRun& run, const void* state) {
  std::string bytes;
  run.body().save(state, bytes);
  return bytes;
}

/// The rows in a random order, cut into parts that are saved, loaded and merged in a random order.
std::string answer_in_parts(const AggregateRun& run, std::mt19937_64& random) {
  std::vector<std::uint32_t> rows(run.rows());
  std::iota(rows.begin(), rows.end(), 0);
  std::shuffle(rows.begin(), rows.end(), random);
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < rows.size() || parts.empty();) {
    const std::size_t size = std::min<std::size_t>(random() % 12, rows.size() - at);
    const std::shared_ptr<void> state = run.state();
    run.add(state.get(), std::span(rows).subspan(at, size));
    parts.push_back(save(run, state.get()));
    at += size;
  }
  std::shuffle(parts.begin(), parts.end(), random);
  const std::shared_ptr<void> whole = run.state();
  for (const std::string& part : parts) {
    const std::shared_ptr<void> state = run.state();
    EXPECT_TRUE(run.body().load(part, state.get()).ok());
    run.body().merge(whole.get(), state.get());
  }
  return run.answer(whole.get());
}

TEST(Aggregates, GiveOneResultWhateverTheOrderAndThePartsOfTheRows) {
  std::mt19937_64 random(4);
  std::size_t bound = 0;
  for (const std::size_t rows : {0, 1, 2, 40}) {
    const std::vector<TestColumn> table = random_table(rows, random);
    for (const std::string& call : all_calls()) {
      const Result<AggregateRun> run = AggregateRun::make(call, table);
      if (!run.ok()) continue;
      ++bound;
      const std::shared_ptr<void> state = run->state();
      run->add_range(state.get(), 0, run->rows());
      const std::string expected = run->answer(state.get());
      for (int repeat = 0; repeat < 4; ++repeat) ASSERT_EQ(answer_in_parts(*run, random), expected) << call << " of " << rows << " rows";
    }
  }
  EXPECT_GT(bound, 600U);
}

TEST(Aggregates, AreNullOnlyWhereTheySayThatTheyMayBe) {
  std::mt19937_64 random(8);
  std::size_t never_null = 0;
  for (const std::size_t rows : {0, 1, 2, 40}) {
    std::vector<TestColumn> table = random_table(rows, random);
    for (const bool has_nulls : {true, false}) {
      for (TestColumn& column : table) {
        for (Value& value : column.values) {
          while (!has_nulls && value.is_null()) value = random_value(column.type, random);
        }
      }
      for (const std::string& call : all_calls()) {
        const Result<AggregateRun> run = AggregateRun::make(call, table);
        if (!run.ok() || (rows == 0 ? run->bound().nullable_of_none : run->bound().nullable)) continue;
        ++never_null;
        const std::shared_ptr<void> state = run->state();
        run->add_range(state.get(), 0, run->rows());
        EXPECT_NE(run->answer(state.get()), "NULL") << call << " of " << rows << " rows";
      }
    }
  }
  EXPECT_GT(never_null, 600U);
}

TEST(Aggregates, AreWithoutTheRowsThatAreTakenOut) {
  std::mt19937_64 random(6);
  const std::vector<TestColumn> table = random_table(30, random);
  std::map<Aggregate::Retracts, std::set<std::string>> retracting;
  std::size_t taken_out = 0, not_known = 0;
  for (const std::string& call : all_calls()) {
    const Result<AggregateRun> run = AggregateRun::make(call, table);
    if (!run.ok() || run->body().retracts() == Aggregate::Retracts::never) continue;
    retracting[run->body().retracts()].insert(call.substr(0, call.find('(')));
    for (std::uint32_t row = 0; row < run->rows(); ++row) {
      const std::shared_ptr<void> state = run->state(), rest = run->state(), part = run->state();
      run->add_range(state.get(), 0, run->rows());
      run->add_range(rest.get(), 0, row);
      run->add_range(rest.get(), row + 1, run->rows());
      run->add_range(part.get(), row, row + 1);
      if (!run->body().retract(state.get(), part.get())) {
        EXPECT_EQ(run->body().retracts(), Aggregate::Retracts::sometimes) << call;
        ++not_known;
        continue;
      }
      ++taken_out;
      EXPECT_EQ(save(*run, state.get()), save(*run, rest.get())) << call << " without row " << row;
    }
  }
  EXPECT_EQ(retracting[Aggregate::Retracts::always], (std::set<std::string>{"avg", "count", "count_if", "sum"}));
  EXPECT_EQ(retracting[Aggregate::Retracts::sometimes], (std::set<std::string>{"any_value", "max", "max_by", "min", "min_by"}));
  EXPECT_GT(taken_out, 10 * not_known);
  EXPECT_GT(not_known, 0U);
}

TEST(Aggregates, RefuseDamagedStates) {
  std::mt19937_64 random(5);
  const std::vector<TestColumn> table = random_table(20, random);
  for (const std::string& call : all_calls()) {
    const Result<AggregateRun> run = AggregateRun::make(call, table);
    if (!run.ok()) continue;
    const std::shared_ptr<void> state = run->state();
    run->add_range(state.get(), 0, run->rows());
    const std::string bytes = save(*run, state.get());
    const std::shared_ptr<void> other = run->state();
    for (std::size_t size = 0; size < bytes.size(); ++size)
      ASSERT_FALSE(run->body().load(std::string_view(bytes).substr(0, size), other.get()).ok()) << call << " cut to " << size;
    ASSERT_FALSE(run->body().load("\x7f" + bytes.substr(1), other.get()).ok()) << call;
    ASSERT_TRUE(run->body().load(bytes, other.get()).ok()) << call;
    ASSERT_EQ(save(*run, other.get()), bytes) << call;
  }
}

TEST(Aggregates, LeaveOutRowsWithoutAState) {
  const AggregateRun run = AggregateRun::make("sum(x)", table_of("x int: 1, 2, 3")).value();
  const std::shared_ptr<void> state = run.state();
  run.add_range(state.get(), 1, 2);
  EXPECT_EQ(run.answer(state.get()), "2");
}

TEST(Sum, IsExactAndTellsOverflow) {
  EXPECT_EQ(aggregate_answer("sum(x)", "x double: 1e308, 1e308, -1e308, -1e308, 0.1"), "0.1");
  EXPECT_EQ(aggregate_answer("sum(x)", "x double: 0.1, 0.2, 0.3"), "0.6");
  EXPECT_EQ(aggregate_answer("sum(x)", "x double: 4.9e-324, 4.9e-324"), "9.9E-324");
  EXPECT_EQ(aggregate_answer("sum(x)", "x double: Infinity, -Infinity"), "NaN");
  EXPECT_EQ(aggregate_answer("sum(x)", "x double: Infinity, 1"), "Infinity");
  EXPECT_EQ(aggregate_answer("sum(x)", "x double: 1e308, 1e308"), "Infinity");
  EXPECT_EQ(aggregate_answer("sum(x)", "x bigint: 9223372036854775807, 1"), "error overflow");
  EXPECT_EQ(aggregate_answer("sum(x)", "x bigint: 9223372036854775807, 1, -1"), "9223372036854775807");
  EXPECT_EQ(aggregate_answer("sum(x)", "x decimal(38,0): 99999999999999999999999999999999999999, 1"), "error overflow");
  EXPECT_EQ(aggregate_answer("sum(x)", "x decimal(38,0): 99999999999999999999999999999999999999, 1, -1"), "99999999999999999999999999999999999999");
}

TEST(Variance, KeepsItsDigitsFarFromZero) {
  EXPECT_EQ(aggregate_answer("var_pop(x)", "x double: 1000000000.1, 1000000000.1, 1000000000.1"), "0.0");
  EXPECT_EQ(aggregate_answer("var_samp(x)", "x double: 1000000000000, 1000000000001, 1000000000002"), "1.0");
  EXPECT_EQ(aggregate_answer("stddev(x)", "x double: 1"), "NULL");
  EXPECT_EQ(aggregate_answer("corr(x, y)", "x int: 1, 1; y int: 1, 2"), "NULL");
}

TEST(ApproximateCounts, AreWithinTheirError) {
  TestColumn column{"x", int32_type, {}};
  for (std::int32_t i = 0; i < 50'000; ++i) column.values.push_back({int32_type, i});
  const AggregateRun distinct = AggregateRun::make("approx_count_distinct(x)", {column}).value();
  const std::shared_ptr<void> state = distinct.state();
  distinct.add_range(state.get(), 0, 50'000);
  EXPECT_NEAR(std::stod(distinct.answer(state.get())), 50'000, 50'000 * 0.05);
  const AggregateRun percentile = AggregateRun::make("percentile_approx(x, 0.9)", {column}).value();
  const std::shared_ptr<void> counts = percentile.state();
  percentile.add_range(counts.get(), 0, 50'000);
  EXPECT_NEAR(std::stod(percentile.answer(counts.get())), 45'000, 45'000 * 0.0011);
}

TEST(Calls, SayWhatIsWrong) {
  EXPECT_EQ(aggregate_answer("percentile(x, 1.5)", "x int: 1"), "refused: percentile: the share must be a constant from 0 to 1");
  EXPECT_EQ(aggregate_answer("string_agg(s, s)", "s string: a"), "refused: string_agg: the separator must be a constant text");
  EXPECT_EQ(aggregate_answer("sum(s, s)", "s string: a"), "refused: sum expects (int) or (bigint) or (decimal) or (double), got (string, string)");
}

}  // namespace
}  // namespace weir::test
