// plugin_bench.cpp — what a function costs per row: built in, from a plugin, in Python.
//
// Wall time, so that what Python workers do counts; a run of one thread.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <random>
#include <string>
#include <vector>

#include "connectors/builtin.h"
#include "dsl/compile.h"
#include "engine/expression/binder.h"
#include "engine/expression/program.h"
#include "udf/host/plugin_loader.h"
#include "udf/python/python_function.h"

namespace {

using namespace weir;

constexpr std::uint32_t rows = 1024;  // a chunk

ScriptFunction script(std::string name, std::string code, Field parameter, const Type& result) {
  ScriptFunction function;
  function.language = "python";
  function.code = std::move(code);
  function.file = "plugin_bench.cpp";
  function.entry = name;
  function.name = std::move(name);
  function.parameters = {std::move(parameter)};
  function.result = result;
  return function;
}

const Registry& registry() {
  static const auto* const made = [] {
    auto* all = new Registry(builtin_registry());
    static PluginLoader loader;
    WEIR_CHECK(loader.load(WEIR_MEASURED_PLUGIN, *all).ok(), "the measured plugin can be loaded");
    const bool is_defined =
        define_python_function(script("python_scaled", "def python_scaled(value): return value * 1.5 + 2",
                                      {"value", float64_type}, float64_type),
                               all->functions)
            .ok() &&
        define_python_function(script("python_upper", "def python_upper(text): return text.upper()",
                                      {"text", string_type}, string_type),
                               all->functions)
            .ok();
    WEIR_CHECK(is_defined, "the names of the Python functions are free");
    return all;
  }();
  return *made;
}

/// Columns `number` and `text` (of 20 characters, 500 different ones).
struct Chunk {
  Arena arena;
  Batch batch;

  Chunk() {
    std::mt19937_64 random(1);
    ColumnWriter numbers(float64_type, rows, arena, true);
    ColumnWriter texts(string_type, rows, arena, true);
    for (std::uint32_t row = 0; row < rows; ++row) {
      numbers.set(row, static_cast<double>(random() % 1000) / 8);
      texts.set_text(row, fmt::format("some text, number {}", random() % 500));
    }
    batch.schema = schema();
    batch.columns = {numbers.finish(), texts.finish()};
    batch.row_count = rows;
  }
  static std::shared_ptr<const Schema> schema() {
    static const auto made = std::make_shared<const Schema>(
        Schema{{{"number", float64_type, false}, {"text", string_type, false}}});
    return made;
  }
};

void evaluate(benchmark::State& state, const char* text) {
  Diagnostics diagnostics;
  const AstPtr ast = parse_expression(text, {}, diagnostics);
  WEIR_CHECK(ast != nullptr, "the benchmark's expressions are right");
  const ExpressionPtr root =
      bind(*ast, Scope{Chunk::schema().get(), "benchmark"}, registry().functions, diagnostics);
  WEIR_CHECK(root != nullptr, "the benchmark's expressions have types");
  const std::vector<ExpressionPtr> roots{root};
  const Program program = std::move(Program::compile(roots)).value();
  const Chunk chunk;
  Arena arena;
  for (auto _ : state) {
    arena.reset();
    const auto results = program.evaluate(chunk.batch, arena, 0);
    WEIR_CHECK(results[0].errors == nullptr, "every row has a result");
  }
  state.SetItemsProcessed(state.iterations() * rows);
}

BENCHMARK_CAPTURE(evaluate, number_built_in, "number * 1.5E0 + 2E0")->UseRealTime();
BENCHMARK_CAPTURE(evaluate, number_plugin, "plugin_scaled(number)")->UseRealTime();
BENCHMARK_CAPTURE(evaluate, number_plugin_batch, "plugin_batch_scaled(number)")->UseRealTime();
BENCHMARK_CAPTURE(evaluate, number_python, "python_scaled(number)")->UseRealTime();
BENCHMARK_CAPTURE(evaluate, text_built_in, "upper(text)")->UseRealTime();
BENCHMARK_CAPTURE(evaluate, text_plugin, "plugin_upper(text)")->UseRealTime();
BENCHMARK_CAPTURE(evaluate, text_plugin_remembered, "plugin_upper_remembered(text)")->UseRealTime();
BENCHMARK_CAPTURE(evaluate, text_python, "python_upper(text)")->UseRealTime();

}  // namespace
