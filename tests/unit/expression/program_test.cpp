// program_test.cpp — shared nodes, constant columns, remembered results: never different values.
#include "engine/expression/program.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>
#include <random>
#include <thread>

#include "engine/expression/functions/kernels.h"
#include "tests/unit/expression/evaluation.h"

namespace weir {
namespace {

using testing::bound;
using ::testing::ElementsAre;
using testing::evaluate;
using testing::TestTable;
using testing::texts;

Program compiled(const std::vector<ExpressionPtr>& roots) {
  auto program = Program::compile(roots);
  EXPECT_TRUE(program.ok());
  return std::move(program).value();
}

const TestTable& table_of_three() {
  static const TestTable table(
      {{"a", "int", {"1", "2", "NULL"}}, {"ip", "string", {"'1.2.3.4'", "NULL", "'1.2.3.4'"}}});
  return table;
}

TEST(Program, ComputesEqualPartsOnce) {
  const TestTable& table = table_of_three();
  // a, 1, a + 1, 2, (a + 1) * 2, the comparison
  const Program program =
      compiled({bound("(a + 1) * 2", table), bound("a + 1", table), bound("a + 1 = (a + 1) * 2", table)});
  EXPECT_EQ(program.node_count(), 6u);
  Arena arena;
  const auto results = program.evaluate(table.batch, arena, 0);
  EXPECT_THAT(texts(results[0], 3), ElementsAre("4", "6", "NULL"));
  EXPECT_THAT(texts(results[1], 3), ElementsAre("2", "3", "NULL"));
  EXPECT_THAT(texts(results[2], 3), ElementsAre("false", "false", "NULL"));
}

TEST(Program, TellsLiteralsOfDifferentTypesApart) {
  const TestTable& table = table_of_three();
  EXPECT_EQ(compiled({bound("1", table), bound("1.0", table), bound("'1'", table), bound("NULL", table)})
                .node_count(),
            4u);
  EXPECT_EQ(compiled({bound("0.0E0", table), bound("-0.0E0", table)}).node_count(), 2u);
}

TEST(Program, ConstantColumnsStayConstant) {
  TestTable table({{"a", "int", {"1", "2", "3"}}});
  table.batch.columns[0] = constant_column(Value{int32_type, 5}, 3, table.arena);
  const Program program = compiled({bound("a * 2 + 1", table)});
  Arena arena;
  const Column result = program.evaluate(table.batch, arena, 0)[0];
  EXPECT_TRUE(result.is_constant());
  EXPECT_THAT(texts(result, 3), ElementsAre("11", "11", "11"));
}

TEST(Program, ConstantNullMakesStrictCallsNull) {
  TestTable table({{"a", "int", {"1", "ERROR", "3"}}, {"b", "int", {"1", "2", "3"}}});
  table.batch.columns[1] = constant_column(Value{int32_type, {}}, 3, table.arena);
  EXPECT_THAT(evaluate("a + b", table), ElementsAre("NULL", "!test_a", "NULL"));
  EXPECT_THAT(evaluate("b + 1", table), ElementsAre("NULL", "NULL", "NULL"));
}

TEST(Program, EmptyBatchesGiveEmptyColumns) {
  TestTable table({{"a", "int", {}}, {"t", "string", {}}});
  const Program program =
      compiled({bound("a / 0", table), bound("sha2(t, 256)", table), bound("a > 1 AND t = 'x'", table)});
  Arena arena;
  for (const Column& column : program.evaluate(table.batch, arena, 0)) EXPECT_EQ(column.size, 0u);
}

std::vector<testing::TestColumn> one_text_column() { return {{"t", "string", {}}}; }

/// Counts how many texts it was asked for; fails on "bad", gives NULL for "none".
class CountingKernel final : public Kernel {
 public:
  explicit CountingKernel(std::atomic<int>* calls) : calls_(calls) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(string_type, context.rows, context.arena);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (arguments[0].is_null(row)) continue;
      ++*calls_;
      const std::string_view text = arguments[0].text_at(row);
      if (text == "bad")
        writer.set_error(row, "bad", "bad text");
      else if (text == "none")
        writer.set_null(row);
      else
        writer.set_text(row, fmt::format("{} {}", text, arguments[1].at<std::int32_t>(row)));
    }
    return writer.finish();
  }

 private:
  std::atomic<int>* calls_;
};

Function counting_function(std::atomic<int>* calls, bool expensive) {
  Function function;
  function.name = "counted";
  function.expensive = expensive;
  function.overloads.push_back(
      prepared({"string", "int"}, string_type,
               [calls](const CallSite&) -> KernelResult { return kernel_of<CountingKernel>(calls); }));
  return function;
}

ExpressionPtr call_of(const Function& function) {
  const Call call{&function,
                  &function.overloads.front(),
                  {make_column(0, {"t", string_type, true}), make_literal(Value{int32_type, 7})}};
  return std::make_shared<Expression>(Expression{string_type, true, {}, call});
}

TEST(Memo, ComputesEachTextOnceAcrossBatches) {
  std::atomic<int> calls = 0;
  const Function function = counting_function(&calls, true);
  const Program program = compiled({call_of(function)});
  const TestTable table(
      {{"t", "string", {"'a'", "NULL", "'long enough to lie outside'", "'a'", "'none'", "'none'", "'bad'"}}});
  for (int i = 0; i < 3; ++i) {
    Arena arena;
    const Column column = program.evaluate(table.batch, arena, 0)[0];
    EXPECT_THAT(texts(column, 7),
                ElementsAre("a 7", "NULL", "long enough to lie outside 7", "a 7", "NULL", "NULL", "!bad"));
  }
  // Errors are not remembered.
  EXPECT_EQ(calls, 3 + 3);
}

TEST(Memo, OnAndOffGiveTheSame) {
  std::atomic<int> calls = 0;
  const Function remembered = counting_function(&calls, true);
  const Function plain = counting_function(&calls, false);
  const Program program = compiled({call_of(remembered), call_of(plain)});
  std::mt19937 random(42);
  for (int round = 0; round < 60; ++round) {
    // Rounds of few and of very many different texts, so that the cache fills, is dropped and is tried again.
    const unsigned distinct = round % 3 == 0 ? 50 : 4'000'000;
    TestTable table(one_text_column());
    const std::uint32_t rows = 4096;
    ColumnWriter writer(string_type, rows, table.arena);
    for (std::uint32_t row = 0; row < rows; ++row) {
      const unsigned number = random() % distinct;
      if (number % 17 == 0) continue;
      writer.set_text(row, number % 29 == 0   ? "bad"
                           : number % 31 == 0 ? "none"
                                              : fmt::format("text number {}", number));
    }
    table.batch.columns[0] = writer.finish();
    table.batch.row_count = rows;
    Arena arena;
    const auto results = program.evaluate(table.batch, arena, 0);
    ASSERT_EQ(texts(results[0], rows), texts(results[1], rows)) << round;
  }
}

/// A costly function of a text's length, with NULL for "none" and an error for "bad".
template <typename Give>
Function typed_function(const Type& type, Give give) {
  Function function;
  function.name = to_string(type);
  function.expensive = true;
  const auto body = [give](RowOutput& output, std::string_view text) {
    if (text == "none") return output.null();
    if (text == "bad") return output.error("bad", "it is bad");
    give(output, static_cast<int>(text.size()));
  };
  function.overloads.push_back(nullable(strict({"string"}, type, body)));
  return function;
}

ExpressionPtr typed_call_of(const Function& function) {
  const Overload& overload = function.overloads.front();
  const Call call{&function, &overload, {make_column(0, {"t", string_type, true})}};
  return std::make_shared<Expression>(Expression{overload.result({}).value(), true, {}, call});
}

std::vector<Function> functions_of_all_widths() {
  std::vector<Function> functions;
  functions.push_back(typed_function(boolean_type, [](RowOutput& out, int n) { out.set_bool(n % 2 == 1); }));
  functions.push_back(typed_function(int32_type, [](RowOutput& out, int n) { out.set(std::int32_t{-n}); }));
  functions.push_back(
      typed_function(int64_type, [](RowOutput& out, int n) { out.set(std::int64_t{n} << 40); }));
  functions.push_back(typed_function(float64_type, [](RowOutput& out, int n) { out.set(n / 8.0); }));
  functions.push_back(
      typed_function(decimal_type(38, 0), [](RowOutput& out, int n) { out.set(Int128{n} << 80); }));
  functions.push_back(
      typed_function(interval_type, [](RowOutput& out, int n) { out.set(Interval{n, -n, n}); }));
  functions.push_back(typed_function(string_type, [](RowOutput& out, int n) {
    out.text(std::string(static_cast<std::size_t>(n) - 1, 'x'));
  }));
  return functions;
}

TEST(Memo, RemembersAllCallsOfATextTogether) {
  const std::vector<Function> functions = functions_of_all_widths();
  std::vector<Function> plain = functions;
  for (Function& function : plain) function.expensive = false;
  std::vector<ExpressionPtr> roots;
  for (const Function& function : functions) roots.push_back(typed_call_of(function));
  for (const Function& function : plain) roots.push_back(typed_call_of(function));
  const Program program = compiled(roots);
  const TestTable table(
      {{"t", "string", {"'a'", "NULL", "'none'", "'bad'", "'fifteen letters'", "'a'", "'bc'"}}});
  for (int i = 0; i < 3; ++i) {
    Arena arena;
    const auto results = program.evaluate(table.batch, arena, 0);
    for (std::size_t type = 0; type < functions.size(); ++type)
      EXPECT_EQ(texts(results[type], 7), texts(results[type + functions.size()], 7)) << functions[type].name;
  }
}

TEST(Memo, AnErrorOfOneCallLeavesTheOthersRight) {
  std::atomic<int> calls = 0;
  const Function counted = counting_function(&calls, true);
  const Function failing = typed_function(int32_type, [](RowOutput& output, int n) {
    n == 4 ? output.error("bad", "four is bad") : output.set(std::int32_t{n});
  });
  const Program program = compiled({call_of(counted), typed_call_of(failing)});
  const TestTable table({{"t", "string", {"'four'", "'fives'", "'four'"}}});
  for (int i = 0; i < 3; ++i) {
    Arena arena;
    const auto results = program.evaluate(table.batch, arena, 0);
    EXPECT_THAT(texts(results[0], 3), ElementsAre("four 7", "fives 7", "four 7"));
    EXPECT_THAT(texts(results[1], 3), ElementsAre("!bad", "5", "!bad"));
  }
  EXPECT_EQ(calls, 2 + 1 + 1) << "what has an error is computed again";
}

/// Gives its generation.
class GenerationKernel final : public Kernel {
 public:
  explicit GenerationKernel(const int* generation) : generation_(generation) {}
  std::uint64_t generation(const EvaluationContext&) const override {
    return static_cast<std::uint64_t>(*generation_);
  }
  Column evaluate(std::span<const Column>, EvaluationContext& context) const override {
    ColumnWriter writer(int32_type, context.rows, context.arena, true);
    for (std::uint32_t row = 0; row < context.rows; ++row) writer.set(row, std::int32_t{*generation_});
    return writer.finish();
  }

 private:
  const int* generation_;
};

TEST(Memo, ForgetsAllCallsOfATextWhenTheSourceOfOneChanges) {
  int generation = 1;
  Function changing;
  changing.name = "changing";
  changing.expensive = true;
  changing.overloads.push_back(prepared({"string"}, int32_type, [&](const CallSite&) -> KernelResult {
    return kernel_of<GenerationKernel>(&generation);
  }));
  std::atomic<int> calls = 0;
  const Function counted = counting_function(&calls, true);
  const Program program = compiled({call_of(counted), typed_call_of(changing)});
  const TestTable table({{"t", "string", {"'a'"}}});
  for (const int now : {1, 1, 2, 2}) {
    generation = now;
    Arena arena;
    EXPECT_THAT(texts(program.evaluate(table.batch, arena, 0)[1], 1), ElementsAre(std::to_string(now)));
  }
  EXPECT_EQ(calls, 2);
}

TEST(Memo, StopsRememberingWhatNeverComesBack) {
  std::atomic<int> calls = 0;
  const Function function = counting_function(&calls, true);
  const Program program = compiled({call_of(function)});
  int number = 0;
  const auto run = [&](int batches, int distinct) {
    for (int i = 0; i < batches; ++i) {
      TestTable table(one_text_column());
      ColumnWriter writer(string_type, 4096, table.arena);
      for (std::uint32_t row = 0; row < 4096; ++row)
        writer.set_text(row, fmt::format("text number {}", number++ % distinct));
      table.batch.columns[0] = writer.finish();
      table.batch.row_count = 4096;
      Arena arena;
      program.evaluate(table.batch, arena, 0);
    }
  };
  run(20, 1'000'000'000);
  calls = 0;
  run(1, 10);
  EXPECT_EQ(calls, 4096) << "during the pause nothing is looked up";
  run(100, 10);
  calls = 0;
  run(10, 10);
  EXPECT_LE(calls, 10) << "after the pause it is tried again";
}

TEST(Memo, ThreadsShareOneProgram) {
  std::atomic<int> calls = 0;
  const Function function = counting_function(&calls, true);
  const Program program = compiled({call_of(function)});
  std::vector<std::string> cells;
  for (int i = 0; i < 200; ++i) cells.push_back(fmt::format("'a rather long text {}'", i % 50));
  const TestTable table({{"t", "string", cells}});
  Arena first_arena;
  const auto expected = texts(program.evaluate(table.batch, first_arena, 0)[0], 200);
  std::atomic<int> differences = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        Arena arena;
        if (texts(program.evaluate(table.batch, arena, 0)[0], 200) != expected) ++differences;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(differences, 0);
}

TEST(Tree, SubstituteSharesWhatItDoesNotTouch) {
  const TestTable table({{"a", "int", {"1"}}, {"b", "int", {"1"}}});
  const ExpressionPtr constant = bound("1 / 0", table);
  const ExpressionPtr sum = bound("a + b * 2", table);
  const std::vector<ExpressionPtr> replacements{bound("b", table), make_literal(Value{int32_type, 3})};
  EXPECT_EQ(substitute(constant, replacements), constant);
  const ExpressionPtr replaced = substitute(sum, replacements);
  EXPECT_EQ(print(*replaced), "b + 3 * 2");
  EXPECT_EQ(print(*fold_constants(replaced)), "b + 6");
  EXPECT_EQ(fold_constants(sum), sum);
}

TEST(Tree, SameIgnoresPlacesButNotTypes) {
  const TestTable table({{"a", "int", {"1"}}, {"b", "int", {"1"}}});
  EXPECT_TRUE(same(*bound("a + b", table), *bound(" a  +  b", table)));
  EXPECT_EQ(hash_of(*bound("a + b", table)), hash_of(*bound(" a  +  b", table)));
  EXPECT_FALSE(same(*bound("a + b", table), *bound("b + a", table)));
  EXPECT_FALSE(same(*bound("1", table), *bound("CAST(1 AS bigint)", table)));
  std::vector<bool> used(2);
  mark_used_columns(*bound("b + 1", table), used);
  EXPECT_THAT(used, ElementsAre(false, true));
}

}  // namespace
}  // namespace weir
