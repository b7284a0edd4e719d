// stage_test.cpp — how steps are fused into one stage per source, and what a plan's fingerprint depends on.
#include "engine/expression/functions/kernels.h"
#include "plan_fixture.h"

namespace weir::testing {
namespace {

using ::testing::ElementsAre;

using Fuse = PlanFixture;

std::vector<std::string> columns_of(const Stage& stage) {
  std::vector<std::string> names;
  for (const DecodedColumn& column : stage.columns) names.push_back(column.field.name);
  return names;
}

// Column references must point into the stage's own columns.
void expect_references_match(const Stage& stage, const ExpressionPtr& expression) {
  if (const auto* column = std::get_if<ColumnReference>(&expression->node)) {
    ASSERT_LT(column->index, stage.columns.size());
    EXPECT_EQ(stage.columns[column->index].field.name, column->name);
  }
  if (const auto* call = std::get_if<Call>(&expression->node)) {
    for (const ExpressionPtr& argument : call->arguments) expect_references_match(stage, argument);
  }
}

TEST_F(Fuse, InlinesProjectionsAndPrunesColumns) {
  const NodeId extended = *builder.extend(source(), asts({{"n", "length(ip)"}, {"m", "n * 2"}}));
  const NodeId renamed = *builder.rename(extended, {{{"m", {}}, {"double_length", {}}}});
  builder.add_sink(*builder.select(renamed, asts({{"x", "double_length + 1"}, {"id", "id"}})),
                   request("t", connection()));
  const auto plan = builder.finish();
  const std::vector<Stage> stages = fuse(*plan);
  ASSERT_EQ(stages.size(), 1u);
  // product_id is read by nobody, but its NOT NULL has to be checked.
  EXPECT_THAT(columns_of(stages[0]), ElementsAre("id", "product_id", "ip"));
  ASSERT_EQ(stages[0].branches.size(), 1u);
  EXPECT_EQ(stages[0].branches[0].predicate, nullptr);
  EXPECT_EQ(print(*stages[0].branches[0].outputs[0]), "length(ip) * 2 + 1");
  for (const ExpressionPtr& output : stages[0].branches[0].outputs)
    expect_references_match(stages[0], output);
}

TEST_F(Fuse, JoinsFiltersNearestTheSourceFirst) {
  const NodeId first = *builder.filter(source(), ast("ip is not null"));
  const NodeId extended = *builder.extend(first, asts({{"n", "length(ip)"}}));
  const NodeId second = *builder.filter(extended, ast("n > 3"));
  builder.add_sink(second, request("t", connection()));
  const auto plan = builder.finish();
  const std::vector<Stage> stages = fuse(*plan);
  const Branch& branch = stages[0].branches[0];
  ASSERT_NE(branch.predicate, nullptr);
  EXPECT_EQ(print(*branch.predicate), "ip IS NOT NULL AND length(ip) > 3");
  expect_references_match(stages[0], branch.predicate);
}

TEST_F(Fuse, AFilterThatIsAlwaysTrueGoesAway) {
  builder.add_sink(*builder.filter(source(), ast("1 < 2")), request("t", connection()));
  const auto plan = builder.finish();
  EXPECT_EQ(fuse(*plan)[0].branches[0].predicate, nullptr);
}

TEST_F(Fuse, GivesAUnionABranchPerPath) {
  const NodeId input = source(), other = source("others");
  const NodeId cheap = *builder.filter(input, ast("price < 1")),
               dear = *builder.filter(input, ast("price > 9"));
  builder.add_sink(*builder.unite({cheap, dear, other}, {}), request("t", connection()));
  const auto plan = builder.finish();
  const std::vector<Stage> stages = fuse(*plan);
  ASSERT_EQ(stages.size(), 2u);
  EXPECT_EQ(stages[0].branches.size(), 2u);
  EXPECT_EQ(stages[1].branches.size(), 1u);
}

TEST_F(Fuse, KnowsWhetherHeadersAreRead) {
  const std::size_t warehouse = connection();
  const NodeId node = *builder.add_source(
      "m", {}, "fake", "lines", map_of({}),
      {column("id", string_type), metadata("h", "headers", json_type), metadata("o", "offset", int64_type)},
      {});
  builder.add_sink(*builder.select(node, asts({{"id", "id"}})), request("a", warehouse));
  builder.add_sink(*builder.select(node, asts({{"id", "id"}, {"h", "h"}})),
                   request("b", warehouse));
  Plan plan = *builder.finish();
  EXPECT_TRUE(fuse(plan)[0].needs_headers);
  plan.sinks.pop_back();
  EXPECT_FALSE(fuse(plan)[0].needs_headers);
  EXPECT_EQ(fuse(plan)[0].columns.size(), 1u);
}

class Fingerprint : public PlanFixture {
 protected:
  std::string of(const std::string& topic, const Columns& extended, const Columns& selected,
                 const std::string& key = "id") {
    PlanBuilder fresh{"test", registry, diagnostics};
    const NodeId node = *fresh.add_source("views", {}, "fake", "lines", map_of({{"topic", topic}}),
                                          {column("id", string_type, false), column("ip", string_type)}, {});
    const NodeId step = extended.empty() ? node : *fresh.extend(node, asts(extended));
    const std::size_t index =
        *fresh.add_connection("w", map_of({{"dsn", "sqlite:" + std::to_string(++databases_) + ".db"}}));
    fresh.add_sink(*fresh.select(step, asts(selected)), request("t", index, {key}));
    const auto plan = fresh.finish();
    EXPECT_TRUE(plan.has_value());
    return fingerprint(*plan);
  }

 private:
  int databases_ = 0;
};

TEST_F(Fingerprint, IgnoresHowStepsAreCut) {
  const std::string whole = of("t", {}, {{"id", "id"}, {"n", "length(ip)"}});
  EXPECT_EQ(whole.size(), 16u);
  EXPECT_EQ(whole, of("t", {{"n", "length(ip)"}}, {{"id", "id"}, {"n", "n"}}));
}

TEST_F(Fingerprint, ChangesWithWhatDecidesResults) {
  const std::string base = of("t", {}, {{"id", "id"}, {"n", "length(ip)"}});
  EXPECT_NE(base, of("u", {}, {{"id", "id"}, {"n", "length(ip)"}}));
  EXPECT_NE(base, of("t", {}, {{"id", "id"}, {"n", "length(id)"}}));
  EXPECT_NE(base, of("t", {}, {{"id", "id"}, {"m", "length(ip)"}}));
  EXPECT_NE(base, of("t", {}, {{"id", "id"}, {"n", "length(ip)"}}, "n"));
}

/// A function `f` that comes from `origin`.
Status add_function_of(const std::string& origin, FunctionRegistry& functions) {
  const auto body = [](RowOutput& output, std::string_view text) { output.text(text); };
  Function function;
  function.name = "f";
  function.overloads.push_back(strict({"string"}, string_type, body));
  function.overloads.back().origin = origin;
  return functions.add(std::move(function));
}

TEST_F(Fingerprint, KnowsWhereFunctionsComeFrom) {
  std::map<std::string, std::string> fingerprints;
  for (const char* origin : {"plugin acme 1.0", "plugin acme 1.1", "plugin other 1.0"}) {
    registry = fake_registry();
    ASSERT_TRUE(add_function_of(origin, registry.functions).ok());
    fingerprints[of("t", {}, {{"id", "id"}, {"n", "upper(f(ip))"}})] = origin;
    EXPECT_EQ(fingerprints[of("t", {{"n", "f(ip)"}}, {{"id", "id"}, {"n", "upper(n)"}})], origin);
  }
  EXPECT_EQ(fingerprints.size(), 3u);
}

}  // namespace
}  // namespace weir::testing
