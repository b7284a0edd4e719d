// stream_join_test.cpp — joins of two streams in a plan: how far behind the watermark their rows come, and what is kept of each side.
#include <fmt/format.h>

#include "plan_fixture.h"

namespace weir::testing {
namespace {

using ::testing::ElementsAre;

constexpr Duration minute = std::chrono::minutes(1);

class StreamJoin : public PlanFixture {
 protected:
  StreamJoin() { register_builtin_aggregates(registry.aggregates); }
  NodeId timed(const std::string& name) {
    const NodeId node = source(name);
    PlanBuilder::SourceRules rules;
    rules.time_column = PlanBuilder::NamedPlace{"seen_at", {}};
    rules.time.delay = 5 * minute;
    builder.refine_source(node, rules);
    return node;
  }
  std::optional<NodeId> join(NodeId input, NodeId joined, const std::string& name, std::optional<StreamJoinNode::Bounds> bounds, const Columns& select, bool is_left = false) {
    return builder.join_streams(input, {joined, {name, {}}, asts({{"product_id", "product_id"}}), bounds, is_left, nullptr, {}, asts(select), {}});
  }
  std::optional<NodeId> window_over(NodeId rows, const std::string& time) {
    return builder.aggregate(rows, {&ast("tumble(" + time + ", INTERVAL 5 MINUTES)"), {}, asts({{"n", "count(*)"}}), {}});
  }
  bool closes(NodeId rows, const std::string& time) {
    const std::size_t before = diagnostics.warnings().size();
    EXPECT_TRUE(window_over(rows, time).has_value()) << time;
    return diagnostics.warnings().size() == before;
  }
  /// Of a window over `time`, which closes.
  Duration held_back(NodeId rows, const std::string& time) {
    const NodeId made = window_over(rows, time).value();
    PlanBuilder::SinkRequest sink = request("t", 0, {"window_end"});
    sink.on_conflict = OnConflict::update;
    PlanBuilder here(builder);
    sink.connection = *here.add_connection("warehouse", map_of({{"dsn", "sqlite:x.db"}}));
    here.add_sink(made, std::move(sink));
    const auto plan = here.finish();
    EXPECT_TRUE(plan.has_value()) << ::testing::PrintToString(errors());
    const Window window = std::get<AggregateNode>(plan->nodes[*aggregate_above(plan->nodes, made)].operation).window.value();
    EXPECT_TRUE(window.closes) << time;
    return window.held_back;
  }
};

TEST_F(StreamJoin, WindowsBehindItCloseLaterByItsBounds) {
  const NodeId a = timed("a"), b = timed("b");
  const NodeId later = *join(a, b, "b", StreamJoinNode::Bounds{-10 * minute, 60 * minute}, {{"b_time", "b.seen_at"}});
  EXPECT_EQ(held_back(later, "seen_at"), 60 * minute);
  EXPECT_EQ(held_back(later, "b_time"), 10 * minute);
  // Joined rows that come before the input's: nothing waits for them.
  const NodeId earlier = *join(a, b, "b", StreamJoinNode::Bounds{-60 * minute, -10 * minute}, {{"b_time", "b.seen_at"}});
  EXPECT_EQ(held_back(earlier, "seen_at"), Duration{});
  EXPECT_EQ(held_back(earlier, "b_time"), 60 * minute);
}

TEST_F(StreamJoin, TheTimeOfRowsThatMayBeNullClosesNoWindow) {
  const NodeId a = timed("a"), b = timed("b");
  const NodeId left = *join(a, b, "b", StreamJoinNode::Bounds{-minute, minute}, {{"b_time", "b.seen_at"}}, true);
  EXPECT_EQ(held_back(left, "seen_at"), minute);
  EXPECT_FALSE(closes(left, "coalesce(b_time, seen_at)"));
  const NodeId for_ever = *join(a, b, "b", std::nullopt, {{"b_time", "b.seen_at"}});
  EXPECT_FALSE(closes(for_ever, "seen_at"));
}

TEST_F(StreamJoin, AJoinOfJoinedRowsWaitsForThem) {
  const NodeId a = timed("a"), b = timed("b"), c = timed("c");
  const NodeId first = *join(a, b, "b", StreamJoinNode::Bounds{-10 * minute, 60 * minute}, {{"b_time", "b.seen_at"}});
  const NodeId second = *join(first, c, "c", StreamJoinNode::Bounds{-5 * minute, 20 * minute}, {{"c_time", "c.seen_at"}});
  EXPECT_EQ(held_back(second, "seen_at"), 60 * minute);      // an order comes with its payment an hour later
  EXPECT_EQ(held_back(second, "b_time"), 30 * minute);       // c up to 20 minutes after an a that b was 10 minutes before
  EXPECT_EQ(held_back(second, "c_time"), 65 * minute);       // an a that b brings after an hour, 5 minutes after it
  const NodeId turned = *join(c, first, "f", StreamJoinNode::Bounds{-20 * minute, 5 * minute}, {{"a_time", "f.seen_at"}, {"b_time", "f.b_time"}});
  EXPECT_EQ(held_back(turned, "seen_at"), 65 * minute);
  EXPECT_EQ(held_back(turned, "a_time"), 60 * minute);
  EXPECT_EQ(held_back(turned, "b_time"), 30 * minute);
}

/// The bounds, in minutes, of a join of two sources on this condition; "open" without any, "none" where it is refused.
class BoundsOfConditions : public StreamJoin {
 protected:
  std::string bounds(const std::string& condition) {
    const std::string number = std::to_string(++count_);
    return bounds(timed("a" + number), timed("b" + number), condition);
  }
  std::string bounds(NodeId input, NodeId joined, const std::string& condition) {
    PlanBuilder::StreamJoinRequest wanted{joined, {"b", {}}, asts({{"product_id", "product_id"}}), std::nullopt, false, &ast(condition), {}, asts({{"b_time", "b.seen_at"}}), {}};
    const auto made = builder.join_streams(input, wanted);
    if (!made) return "none";
    PlanBuilder here(builder);
    PlanBuilder::SinkRequest sink = request("t", 0);
    sink.connection = *here.add_connection("warehouse", map_of({{"dsn", "sqlite:x.db"}}));
    here.add_sink(*made, std::move(sink));
    const auto plan = here.finish();
    const auto& project = std::get<ProjectNode>(plan->nodes[*made].operation);
    const auto& found = std::get<StreamJoinNode>(plan->nodes[project.input].operation).bounds;
    return found ? fmt::format("{} to {}", static_cast<double>(found->lower.count()) / 60e6, static_cast<double>(found->upper.count()) / 60e6) : "open";
  }

 private:
  int count_ = 0;
};

TEST_F(BoundsOfConditions, AreThoseThatItImplies) {
  EXPECT_EQ(bounds("b.seen_at BETWEEN seen_at AND seen_at + INTERVAL 4 HOURS"), "0 to 240");
  EXPECT_EQ(bounds("seen_at BETWEEN b.seen_at - INTERVAL '4' HOUR AND b.seen_at"), "0 to 240");
  EXPECT_EQ(bounds("b.seen_at >= seen_at - INTERVAL 10 MINUTES AND b.seen_at <= INTERVAL 1 DAY + seen_at"), "-10 to 1440");
  EXPECT_EQ(bounds("seen_at = b.seen_at"), "0 to 0");
  EXPECT_EQ(bounds("b.seen_at + INTERVAL 1 MINUTE = seen_at - INTERVAL 2 MINUTES"), "-3 to -3");
  EXPECT_EQ(bounds("b.seen_at BETWEEN seen_at - INTERVAL 1 HOUR AND seen_at + INTERVAL 1 HOUR AND seen_at <= b.seen_at"), "0 to 60");
  EXPECT_EQ(bounds("b.seen_at > seen_at AND seen_at + INTERVAL 1 MINUTE > b.seen_at AND b.product_id <> 'x'"), fmt::format("{} to {}", 1 / 60e6, (60e6 - 1) / 60e6));
  EXPECT_EQ(bounds("seen_at < b.seen_at AND seen_at >= b.seen_at - INTERVAL 1 MINUTE"), fmt::format("{} to {}", 1 / 60e6, 1.0));
}

TEST_F(BoundsOfConditions, AreOpenWhereItLeavesASideOpenOrIsOfSomethingElse) {
  for (const char* condition : {"b.seen_at >= seen_at", "b.seen_at <= seen_at + INTERVAL 1 HOUR", "b.seen_at BETWEEN seen_at AND seen_at + INTERVAL 1 MONTH", "seen_at BETWEEN seen_at AND seen_at + INTERVAL 1 HOUR",
                                "b.seen_at BETWEEN seen_at AND seen_at + INTERVAL 1 HOUR OR b.product_id = 'x'", "NOT b.seen_at BETWEEN seen_at AND seen_at + INTERVAL 1 HOUR", "b.seen_at BETWEEN TIMESTAMP '2024-01-01' AND seen_at"})
    EXPECT_EQ(bounds(condition), "open") << condition;
  EXPECT_EQ(bounds(source("untimed"), timed("b0"), "b.seen_at = seen_at"), "open");
}

TEST_F(BoundsOfConditions, GoThroughWhatComesBeforeTheJoin) {
  const NodeId renamed = *builder.select(timed("a"), asts({{"product_id", "product_id"}, {"t", "seen_at"}, {"other", "seen_at + INTERVAL 1 HOUR"}}));
  EXPECT_EQ(bounds(renamed, timed("c"), "b.seen_at BETWEEN t AND t + INTERVAL 4 HOURS"), "0 to 240");
  EXPECT_EQ(bounds(renamed, timed("d"), "b.seen_at BETWEEN other AND other + INTERVAL 4 HOURS"), "open");
}

TEST_F(BoundsOfConditions, ThatExcludeEachOtherAreAnError) {
  EXPECT_EQ(bounds("b.seen_at < seen_at AND b.seen_at > seen_at"), "none");
  EXPECT_THAT(errors(), ElementsAre(::testing::HasSubstr("its times exclude each other")));
}

TEST_F(StreamJoin, KeepsOfEachSideWhatSomethingAsksFor) {
  const NodeId a = timed("a"), b = timed("b");
  const NodeId joined = *join(a, b, "b", StreamJoinNode::Bounds{-minute, minute}, {{"other", "b.ip"}, {"b_note", "b.note"}});
  builder.add_sink(*builder.select(joined, asts({{"id", "id"}, {"other", "lower(other)"}})), request("t", connection()));
  const auto plan = builder.finish();
  const std::vector<JoinStage> stages = fuse_joins(*plan);
  ASSERT_EQ(stages.size(), 1u);
  const auto names = [](const std::vector<Field>& fields) {
    std::vector<std::string> found;
    for (const Field& field : fields) found.push_back(field.name);
    return found;
  };
  EXPECT_THAT(names(stages[0].carried), ElementsAre("id"));
  EXPECT_THAT(names(stages[0].joined_carried), ElementsAre("b.ip"));
  ASSERT_EQ(stages[0].rows.branches.size(), 1u);
  EXPECT_EQ(print(*stages[0].rows.branches[0].outputs[1]), "lower(`b.ip`)");
  const std::vector<Stage> sources = fuse(*plan);
  ASSERT_EQ(sources.size(), 2u);
  for (const Stage& stage : sources) {
    EXPECT_TRUE(stage.is_timed);
    ASSERT_EQ(stage.intakes.size(), 1u);
    EXPECT_EQ(print(*stage.intakes[0].keys.at(0)), "product_id");
    EXPECT_EQ(stage.intakes[0].carried.size(), 1u);
  }
}

}  // namespace
}  // namespace weir::testing
