// aggregate_nulls_test.cpp — which columns of groups can be NULL.
#include "plan_fixture.h"

namespace weir::testing {
namespace {

class AggregateNulls : public PlanFixture {
 protected:
  AggregateNulls() { register_builtin_aggregates(registry.aggregates); }
  NodeId groups(const std::string& call) {
    const auto made = builder.aggregate(views, {nullptr, asts({{"product_id", "product_id"}}), asts({{"a", call}}), {}});
    EXPECT_TRUE(made.has_value()) << call << ::testing::PrintToString(errors());
    return *made;
  }
  bool may_be_null(const std::string& call) { return builder.schema(groups(call)).fields[1].nullable; }
  /// Of a column computed over the groups' column a.
  bool may_be_null_over(const std::string& call, const std::string& over) {
    const auto made = builder.extend(groups(call), asts({{"b", over}}));
    EXPECT_TRUE(made.has_value()) << over << ::testing::PrintToString(errors());
    return builder.schema(*made).fields[2].nullable;
  }

  NodeId views = source();
};

TEST_F(AggregateNulls, OfValuesThatAreNotNullThereIsAResult) {
  EXPECT_FALSE(may_be_null("sum(length(id))"));
  EXPECT_FALSE(may_be_null("avg(length(id))"));
  EXPECT_FALSE(may_be_null("max(id)"));
  EXPECT_FALSE(may_be_null("first(id)"));
  EXPECT_FALSE(may_be_null("max_by(id, product_id)"));
  EXPECT_FALSE(may_be_null("percentile(length(id), 0.5)"));
  EXPECT_FALSE(may_be_null("string_agg(DISTINCT id)"));
  EXPECT_FALSE(may_be_null("sum(length(id)) * 2"));
}

TEST_F(AggregateNulls, OfValuesThatMayBeNullThereMayBeNone) {
  EXPECT_TRUE(may_be_null("sum(price)"));
  EXPECT_TRUE(may_be_null("first(ip)"));
  EXPECT_TRUE(may_be_null("max_by(id, price)"));
  EXPECT_TRUE(may_be_null("max_by(price, id)"));
}

TEST_F(AggregateNulls, AFilterMayLeaveNone) {
  EXPECT_TRUE(may_be_null("max(id) FILTER (WHERE price > 1)"));
  EXPECT_FALSE(may_be_null("count(*) FILTER (WHERE price > 1)"));
}

TEST_F(AggregateNulls, CountsAreNumbers) {
  EXPECT_FALSE(may_be_null("count(*)"));
  EXPECT_FALSE(may_be_null("count(DISTINCT price)"));
  EXPECT_FALSE(may_be_null("count_if(price > 1)"));
  EXPECT_FALSE(may_be_null("approx_count_distinct(ip)"));
}

TEST_F(AggregateNulls, OneValueHasNoDeviation) {
  EXPECT_TRUE(may_be_null("stddev_samp(length(id))"));
  EXPECT_TRUE(may_be_null("corr(length(id), length(product_id))"));
}

TEST_F(AggregateNulls, AFrameHasTheCurrentRow) {
  EXPECT_FALSE(may_be_null_over("count(*)", "sum(a) OVER (ORDER BY product_id)"));
  EXPECT_FALSE(may_be_null_over("count(*)", "max(a) OVER (ORDER BY product_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)"));
  EXPECT_FALSE(may_be_null_over("count(*)", "row_number() OVER (ORDER BY product_id)"));
  EXPECT_TRUE(may_be_null_over("sum(price)", "sum(a) OVER (ORDER BY product_id)"));
  EXPECT_TRUE(may_be_null_over("count(*)", "lag(a) OVER (ORDER BY product_id)"));
}

}  // namespace
}  // namespace weir::testing
