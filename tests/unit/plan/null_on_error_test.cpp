// null_on_error_test.cpp — columns of tables that on_error: null may fill with NULLs.
#include "plan_fixture.h"

namespace weir::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class NullOnError : public PlanFixture {
 protected:
  NullOnError() { register_builtin_aggregates(registry.aggregates); }

  NodeId views_with(OnRowError reaction) {
    ErrorPolicy on_error;
    on_error.reaction = reaction;
    return *builder.add_source("lenient", {}, "fake", "lines", map_of({{"topic", "t"}}),
                               {column("id", string_type, false), column("size", int32_type, false), column("note", string_type)}, on_error);
  }
  /// Columns of the table that `rows` go to which may be NULL.
  std::vector<std::string> nullable(NodeId rows, std::vector<std::string> key = {}) {
    auto sink = request("t", connection(), key);
    if (!key.empty()) sink.on_conflict = OnConflict::update;
    builder.add_sink(rows, std::move(sink));
    const auto plan = builder.finish();
    EXPECT_TRUE(plan.has_value()) << ::testing::PrintToString(errors());
    std::vector<std::string> names;
    for (const Field& field : plan->sinks[0].table.schema.fields) {
      if (field.nullable) names.push_back(field.name);
    }
    return names;
  }
};

TEST_F(NullOnError, WhatMayFailMayBeNull) {
  const NodeId made = *builder.select(views_with(OnRowError::null), asts({{"id", "id"}, {"number", "CAST(id AS int)"}, {"half", "size / 2"}, {"one", "1"}}));
  EXPECT_THAT(nullable(made), ElementsAre("number", "half"));
}

TEST_F(NullOnError, WithoutItRowsThatFailAreRejected) {
  const NodeId made = *builder.select(views_with(OnRowError::reject), asts({{"id", "id"}, {"number", "CAST(id AS int)"}}));
  EXPECT_THAT(nullable(made), IsEmpty());
}

TEST_F(NullOnError, StepsBehindPassItOnOrLeaveItOut) {
  const NodeId made = *builder.extend(views_with(OnRowError::null), asts({{"a", "CAST(id AS int)"}, {"b", "CAST(id AS bigint)"}}));
  const NodeId kept = *builder.filter(made, ast("a IS NOT NULL"));
  const NodeId named = *builder.select(kept, asts({{"a", "a"}, {"b", "b"}, {"c", "coalesce(b, 0)"}, {"d", "coalesce(b, size * 2)"}}));
  EXPECT_THAT(nullable(named), ElementsAre("b", "d"));
}

TEST_F(NullOnError, GroupsOfSuchValues) {
  const NodeId made = *builder.extend(views_with(OnRowError::null), asts({{"a", "CAST(id AS int)"}}));
  const NodeId groups = *builder.aggregate(made, {nullptr, asts({{"id", "id"}}), asts({{"n", "count(a)"}, {"total", "sum(a)"}, {"most", "max(size)"}}), {}});
  const NodeId over = *builder.extend(groups, asts({{"runs", "row_number() OVER (ORDER BY id)"}, {"all_totals", "sum(total) OVER (ORDER BY id)"}}));
  EXPECT_THAT(nullable(over, {"id"}), ElementsAre("total", "most", "all_totals"));
}

// Each step reads the one before it twice.
TEST_F(NullOnError, ALongWayIsGoneOnce) {
  NodeId node = *builder.extend(views_with(OnRowError::null), asts({{"a", "CAST(id AS int)"}}));
  node = *builder.filter(node, ast("size > 0"));
  for (int i = 0; i < 8; ++i) node = *builder.unite({node, *builder.filter(node, ast("id > ''"))}, {});
  EXPECT_THAT(nullable(node), UnorderedElementsAre("a", "note"));
}

}  // namespace
}  // namespace weir::testing
