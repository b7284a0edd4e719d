// null_rejection_test.cpp — columns that cannot be NULL behind a where or an inner join, though they could before it.
#include "plan_fixture.h"

namespace weir::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class NullRejection : public PlanFixture {
 protected:
  /// Of seen_at, ip, note and price, and of what a join adds.
  std::vector<std::string> never_null(NodeId node) const {
    std::vector<std::string> names;
    for (const Field& field : builder.schema(node).fields) {
      if (!field.nullable && field.name != "id" && field.name != "product_id") names.push_back(field.name);
    }
    return names;
  }
  std::vector<std::string> where(const std::string& condition) {
    const auto node = builder.filter(views, ast(condition));
    EXPECT_TRUE(node.has_value()) << condition << ::testing::PrintToString(errors());
    return node ? never_null(*node) : std::vector<std::string>();
  }
  std::vector<std::string> join(const std::string& key, const char* condition, bool is_left) {
    const auto node = builder.join_streams(views, {others, {"o", {}}, asts({{"ip", key}}), std::nullopt, is_left, condition == nullptr ? nullptr : &ast(condition),
                                                   {}, asts({{"o_ip", "o.ip"}, {"o_note", "o.note"}, {"o_price", "o.price"}}), {}});
    EXPECT_TRUE(node.has_value()) << ::testing::PrintToString(errors());
    return node ? never_null(*node) : std::vector<std::string>();
  }

  NodeId views = source();
  NodeId others = source("others");
};

TEST_F(NullRejection, ComparisonsAndStrictFunctionsAreNotTrueOfNull) {
  EXPECT_THAT(where("ip IS NOT NULL"), ElementsAre("ip"));
  EXPECT_THAT(where("isnotnull(ip) AND NOT isnull(note)"), ElementsAre("ip", "note"));
  EXPECT_THAT(where("price > 5"), ElementsAre("price"));
  EXPECT_THAT(where("price BETWEEN 1 AND 5 AND note LIKE '%a%'"), ElementsAre("note", "price"));
  EXPECT_THAT(where("upper(ip) = concat(note, 'x')"), ElementsAre("ip", "note"));
  EXPECT_THAT(where("ip IN ('a', NULL)"), ElementsAre("ip"));
  EXPECT_THAT(where("ip NOT IN ('a', note)"), ElementsAre("ip"));
  EXPECT_THAT(where("CAST(note AS boolean)"), ElementsAre("note"));
  EXPECT_THAT(where("NOT (price = 1)"), ElementsAre("price"));
  EXPECT_THAT(where("(price + 1) IS NOT NULL"), ElementsAre("price"));
}

TEST_F(NullRejection, OfPartsThatMayBeTrueAloneOnlyWhatEachSays) {
  EXPECT_THAT(where("ip = 'a' OR note = 'b'"), IsEmpty());
  EXPECT_THAT(where("ip = 'a' OR (note = 'b' AND ip = 'c')"), ElementsAre("ip"));
  EXPECT_THAT(where("NOT (ip IS NULL OR note IS NULL)"), ElementsAre("ip", "note"));
  EXPECT_THAT(where("NOT (ip = 'a' AND note = 'b')"), IsEmpty());
  EXPECT_THAT(where("NOT (ip = 'a' AND ip = 'b')"), ElementsAre("ip"));
  EXPECT_THAT(where("(ip = 'a' AND note = 'b') = true"), IsEmpty());  // false and NULL is false
}

TEST_F(NullRejection, WhatTakesNullForAValueSaysNothing) {
  EXPECT_THAT(where("coalesce(ip, 'x') = 'x'"), IsEmpty());
  EXPECT_THAT(where("ip IS NULL"), IsEmpty());
  EXPECT_THAT(where("(ip IS NULL) = true"), IsEmpty());
  EXPECT_THAT(where("ip <=> note"), IsEmpty());
  EXPECT_THAT(where("CASE WHEN ip = 'a' THEN true ELSE note = 'b' END"), IsEmpty());
  EXPECT_THAT(where("concat_ws('-', ip, note) = 'a'"), IsEmpty());
  EXPECT_THAT(where("true"), IsEmpty());
}

TEST_F(NullRejection, StepsBehindKnowIt) {
  const NodeId kept = *builder.filter(views, ast("ip IS NOT NULL"));
  const NodeId made = *builder.select(kept, asts({{"upper_ip", "upper(ip)"}, {"note", "note"}}));
  EXPECT_THAT(never_null(made), ElementsAre("upper_ip"));
  const NodeId back = *builder.unite({*builder.select(kept, asts({{"ip", "ip"}})), *builder.select(views, asts({{"ip", "ip"}}))}, {});
  EXPECT_THAT(never_null(back), IsEmpty());
}

TEST_F(NullRejection, KeysOfInnerJoinsEqualSomething) {
  EXPECT_THAT(join("note", nullptr, false), ElementsAre("note", "o_ip"));
  EXPECT_THAT(join("note", "o.price > price", false), ElementsAre("note", "price", "o_ip", "o_price"));
  EXPECT_THAT(join("note", "o.price > price", true), IsEmpty());
}

TEST_F(NullRejection, GroupsOfRowsWithoutNullsHaveKeys) {
  register_builtin_aggregates(registry.aggregates);
  const std::size_t warehouse = connection();
  const auto errors_of_sink = [&](NodeId groups, const std::string& name) {
    PlanBuilder::SinkRequest sink = request(name, warehouse, {"ip"});
    sink.on_conflict = OnConflict::update;
    const std::size_t before = errors().size();
    builder.add_sink(groups, std::move(sink));
    return errors().size() - before;
  };
  const auto groups_of = [&](NodeId rows) { return *builder.aggregate(rows, {nullptr, asts({{"ip", "ip"}}), asts({{"n", "count(*)"}}), {}}); };
  const NodeId all = groups_of(views);
  EXPECT_EQ(errors_of_sink(all, "all_groups"), 1u);
  EXPECT_EQ(errors_of_sink(*builder.filter(all, ast("ip <> ''")), "having"), 0u) << ::testing::PrintToString(errors());
  EXPECT_EQ(errors_of_sink(groups_of(*builder.filter(views, ast("ip IS NOT NULL"))), "where"), 0u) << ::testing::PrintToString(errors());
}

}  // namespace
}  // namespace weir::testing
