// expression_bench.cpp — what expressions cost per row: arithmetic, logic, remembered hashes, all of
// product_view's.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <random>
#include <string>
#include <vector>

#include "dsl/compile.h"
#include "engine/expression/binder.h"
#include "engine/expression/program.h"

namespace {

using namespace weir;

constexpr std::uint32_t rows = 2048;  // a chunk

const FunctionRegistry& functions() {
  static const FunctionRegistry* const registry = [] {
    auto* made = new FunctionRegistry;
    register_builtin_functions(*made);
    return made;
  }();
  return *registry;
}

Column texts(Arena& arena, std::mt19937_64& random, std::size_t length, unsigned distinct) {
  ColumnWriter writer(string_type, rows, arena, true);
  for (std::uint32_t row = 0; row < rows; ++row) {
    std::string text = fmt::format("{:08}", random() % distinct);
    while (text.size() < length) text += "abcdefghijklmnop"[text.size() % 16];
    writer.set_text(row, text);
  }
  return writer.finish();
}

/// Events as product_view has them: a few thousand user agents, many addresses, an id that never comes back.
struct Events {
  Arena arena;
  Batch batch;
  std::mt19937_64 random;

  explicit Events(std::uint64_t seed) : random(seed) {
    batch.row_count = rows;
    batch.schema = std::make_shared<Schema>(Schema{{{"id", string_type, false},
                                                    {"product_id", string_type, false},
                                                    {"ip", string_type, true},
                                                    {"user_agent", string_type, true},
                                                    {"time_stamp", int64_type, false},
                                                    {"quantity", int32_type, true},
                                                    {"price", decimal_type(10, 2), true}}});
    batch.columns = {texts(arena, random, 24, 1u << 30), texts(arena, random, 6, 20'000),
                     texts(arena, random, 13, 20'000), texts(arena, random, 120, 3'000)};
    ColumnWriter times(int64_type, rows, arena, true);
    ColumnWriter quantities(int32_type, rows, arena);
    ColumnWriter prices(decimal_type(10, 2), rows, arena, true);
    for (std::uint32_t row = 0; row < rows; ++row) {
      times.set(row, static_cast<std::int64_t>(1'730'000'000 + random() % 10'000'000));
      if (row % 20 != 0) quantities.set(row, static_cast<std::int32_t>(random() % 10));
      prices.set(row, static_cast<Int128>(random() % 100'000));
    }
    batch.columns.push_back(times.finish());
    batch.columns.push_back(quantities.finish());
    batch.columns.push_back(prices.finish());
  }
};

Program program_of(const std::vector<std::string>& expressions, const Events& events) {
  std::vector<ExpressionPtr> roots;
  const Scope scope{events.batch.schema.get(), "events"};
  for (const std::string& text : expressions) {
    Diagnostics diagnostics;
    const AstPtr ast = parse_expression(text, {}, diagnostics);
    WEIR_CHECK(ast != nullptr, "the benchmark's expressions are right");
    roots.push_back(bind(*ast, scope, functions(), diagnostics));
    WEIR_CHECK(roots.back() != nullptr, "the benchmark's expressions have types");
  }
  return std::move(Program::compile(roots)).value();
}

void evaluate(benchmark::State& state, const std::vector<std::string>& expressions) {
  std::vector<std::unique_ptr<Events>> batches;
  for (std::uint64_t seed = 0; seed < 32; ++seed) batches.push_back(std::make_unique<Events>(seed));
  const Program program = program_of(expressions, *batches[0]);
  Arena arena(8 << 20);
  // What is worth remembering has been seen when the clock starts.
  for (int round = 0; round < 4; ++round) {
    for (const auto& events : batches) {
      arena.reset();
      program.evaluate(events->batch, arena, 0);
    }
  }
  std::size_t next = 0;
  for (auto _ : state) {
    arena.reset();
    benchmark::DoNotOptimize(program.evaluate(batches[next]->batch, arena, 0));
    next = (next + 1) % batches.size();
  }
  state.SetItemsProcessed(state.iterations() * rows);
}

BENCHMARK_CAPTURE(evaluate, add_ints, {"quantity + 1"});
BENCHMARK_CAPTURE(evaluate, multiply_decimals, {"quantity * price"});
BENCHMARK_CAPTURE(evaluate, compare_and_combine, {"quantity > 2 AND quantity < 8 OR price >= 500"});
BENCHMARK_CAPTURE(evaluate, equal_texts, {"user_agent = ip"});
BENCHMARK_CAPTURE(evaluate, in_texts, {"product_id IN ('00000001', '00000002', '00000003')"});
BENCHMARK_CAPTURE(evaluate, like, {"user_agent LIKE '%0abc%'"});
BENCHMARK_CAPTURE(evaluate, choose,
                  {"CASE WHEN quantity > 5 THEN price WHEN quantity > 2 THEN 0 ELSE NULL END"});
BENCHMARK_CAPTURE(evaluate, bigint_to_text, {"CAST(time_stamp AS string)"});
BENCHMARK_CAPTURE(evaluate, text_to_int, {"TRY_CAST(product_id AS int)"});
BENCHMARK_CAPTURE(evaluate, sha2_of_new_texts, {"sha2(concat(id, product_id), 256)"});
BENCHMARK_CAPTURE(evaluate, sha2_of_known_addresses, {"sha2(ip, 256)"});
BENCHMARK_CAPTURE(evaluate, sha2_of_known_user_agents, {"sha2(user_agent, 256)"});
BENCHMARK_CAPTURE(evaluate, concat, {"concat(id, product_id)"});
BENCHMARK_CAPTURE(evaluate, date_format, {"date_format(timestamp_seconds(time_stamp), 'yyyy-MM-dd')"});
BENCHMARK_CAPTURE(evaluate, product_view,
                  {"sha2(concat(id, product_id), 256)", "sha2(ip, 256)", "sha2(user_agent, 256)",
                   "date_format(timestamp_seconds(time_stamp), 'yyyy-MM-dd')",
                   "date_format(timestamp_seconds(time_stamp), 'HH:mm:ss')",
                   "to_date(timestamp_seconds(time_stamp))"});

}  // namespace
