// sink_test.cpp — what a sink of a plan may ask for, and in which order tables are written.
#include "plan_fixture.h"

namespace weir::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Sink = PlanFixture;

TEST_F(Sink, TakesItsOwnSelectionIn) {
  const NodeId input = source();
  const NodeId selected =
      *builder.select(input, asts({{"product_key", "product_id"}, {"day", "to_date(seen_at)"}}));
  builder.add_sink(selected, request("dim", connection(), {"product_key"}));
  const auto plan = builder.finish();
  ASSERT_TRUE(plan.has_value());
  const SinkNode& sink = plan->sinks[0];
  EXPECT_EQ(sink.input, input);
  ASSERT_EQ(sink.expressions.size(), 2u);
  EXPECT_EQ(print(*sink.expressions[1]), "to_date(seen_at)");
  EXPECT_EQ(sink.table.key, std::vector<std::size_t>{0});
}

TEST_F(Sink, ReadsANamedStreamAsItIs) {
  const NodeId selected = *builder.select(source(), asts({{"a", "id"}}));
  builder.name_stream("s", selected, {});
  builder.add_sink(selected, request("t", connection()));
  const auto plan = builder.finish();
  EXPECT_EQ(plan->sinks[0].input, selected);
  EXPECT_EQ(print(*plan->sinks[0].expressions[0]), "a");
}

TEST_F(Sink, KeyColumnsBecomeNotNull) {
  builder.add_sink(source(), request("t", connection(), {"ip", "id"}));
  const auto plan = builder.finish();
  const SinkTable& table = plan->sinks[0].table;
  EXPECT_EQ(table.key, (std::vector<std::size_t>{3, 0}));
  EXPECT_FALSE(table.schema.fields[3].nullable);
  EXPECT_TRUE(table.schema.fields[4].nullable);
}

TEST_F(Sink, ReportsUnknownColumnsOfKeyNewerByAndReferences) {
  auto wrong = request("t", connection(), {"idd"});
  wrong.on_conflict = OnConflict::update_newer;
  wrong.newer_by = PlanBuilder::NamedPlace{"sen_at", {}};
  wrong.references = {{{"prodct_id"}, "dim", {}}};
  builder.add_sink(source(), wrong);
  EXPECT_THAT(errors(), ElementsAre("unknown column of sink t: idd | did you mean id?",
                                    "unknown column of sink t: sen_at | did you mean seen_at?",
                                    "unknown column of sink t: prodct_id | did you mean product_id?"));
}

TEST_F(Sink, AConflictRuleNeedsAKey) {
  auto wrong = request("t", connection());
  wrong.on_conflict = OnConflict::update;
  builder.add_sink(source(), wrong);
  EXPECT_THAT(errors(),
              ElementsAre("sink t says what to do on a conflict, but has no key | add key: [COLUMN, ...]"));
}

TEST_F(Sink, TwoSinksOfOneTableAreRefused) {
  const NodeId node = source();
  const std::size_t warehouse = connection();
  auto first = request("a", warehouse), second = request("b", warehouse),
       elsewhere = request("c", connection("other"));
  first.table = second.table = elsewhere.table = "facts";
  builder.add_sink(node, first);
  builder.add_sink(node, second);
  EXPECT_THAT(
      errors(),
      ElementsAre(
          "sinks a and b write the same table: facts | unite their streams and write them with one sink"));
}

TEST_F(Sink, AllSinksShareAConnection) {
  const NodeId node = source();
  builder.add_sink(node, request("a", connection("one")));
  builder.add_sink(node, request("b", connection("two")));
  EXPECT_THAT(
      errors(),
      ElementsAre(
          "sink b writes to connection two, but sink a to one | all sinks of a pipeline commit in one "
          "transaction, so they share a connection"));
}

TEST_F(Sink, AColumnWithoutATypeIsRefused) {
  builder.add_sink(*builder.select(source(), asts({{"id", "id"}, {"city", "null"}})),
                   request("t", connection()));
  EXPECT_THAT(errors(), ElementsAre("column city of sink t has no type: it is always NULL | write cast(null "
                                    "as string), or another type"));
}

TEST_F(Sink, AsksTheStoreAboutTheTable) {
  auto asked = request("t", connection());
  asked.table = "refused";
  builder.add_sink(source(), asked);
  EXPECT_THAT(errors(), ElementsAre("this table cannot be held"));
}

TEST_F(Sink, FillGoesByADateOrTimestampOfTheInput) {
  const NodeId node = source();
  const std::size_t warehouse = connection();
  auto good = request("a", warehouse);
  good.fill = PlanBuilder::SinkRequest::FillRequest{{"seen_at", {}}, "2024-01-01", "2024-01-31", {}};
  builder.add_sink(*builder.select(node, asts({{"day", "to_date(seen_at)"}})), good);
  EXPECT_THAT(errors(), IsEmpty());
  auto backwards = request("b", warehouse), text = request("c", warehouse),
       nonsense = request("d", warehouse);
  backwards.fill = PlanBuilder::SinkRequest::FillRequest{{"seen_at", {}}, "2024-02-01", "2024-01-31", {}};
  text.fill = PlanBuilder::SinkRequest::FillRequest{{"note", {}}, "2024-01-01", "2024-01-31", {}};
  nonsense.fill = PlanBuilder::SinkRequest::FillRequest{{"seen_at", {}}, "soon", "2024-01-31", {}};
  for (const auto& wrong : {backwards, text, nonsense}) builder.add_sink(node, wrong);
  EXPECT_THAT(errors(), ElementsAre("fill ends (2024-01-31) before it begins (2024-02-01)",
                                    "fill goes by a date or a timestamp, but note is string",
                                    "not a timestamp: soon | write it like 2024-11-01"));
}

TEST_F(Sink, RowsOfAFillMayLackWhatIsNotItsColumn) {
  const NodeId node = *builder.filter(source(), ast("seen_at IS NOT NULL AND note IS NOT NULL"));
  auto filled = request("days", connection(), {"day"});
  filled.on_conflict = OnConflict::ignore;
  filled.fill = PlanBuilder::SinkRequest::FillRequest{{"seen_at", {}}, "2024-01-01", "2024-01-31", {}};
  builder.add_sink(*builder.select(node, asts({{"day", "to_date(seen_at)"}, {"year", "year(seen_at)"}, {"product_id", "product_id"}, {"note", "upper(note)"}})), filled);
  const auto plan = builder.finish();
  ASSERT_TRUE(plan.has_value()) << ::testing::PrintToString(errors());
  std::vector<std::string> may_be_null;
  for (const Field& field : plan->sinks[0].table.schema.fields) {
    if (field.nullable) may_be_null.push_back(field.name);
  }
  EXPECT_THAT(may_be_null, ElementsAre("product_id", "note"));
}

std::vector<std::string> written(const Plan& plan) {
  std::vector<std::string> tables;
  const auto order = write_order(plan, 0);
  if (!order.ok()) return {order.error().message()};
  for (const std::size_t sink : *order) tables.push_back(plan.sinks[sink].table.table);
  return tables;
}

TEST_F(Sink, WritesReferencedTablesFirst) {
  const NodeId node = source();
  const std::size_t warehouse = connection();
  auto facts = request("facts", warehouse);
  facts.references = {{{"id"}, "dim", {}}, {{"ip"}, "unknown", {}}, {{"ip"}, "facts", {}}};
  for (auto& one : {facts, request("aside", warehouse), request("dim", warehouse, {"id"})})
    builder.add_sink(node, one);
  const auto plan = builder.finish();
  ASSERT_TRUE(plan.has_value());
  EXPECT_THAT(written(*plan), ElementsAre("dim", "facts", "aside"));
}

TEST_F(Sink, KeepsTheOrderOfTheFileElsewhere) {
  const NodeId node = source();
  const std::size_t warehouse = connection();
  for (const char* name : {"c", "a", "b"}) builder.add_sink(node, request(name, warehouse));
  const auto plan = builder.finish();
  EXPECT_THAT(written(*plan), ElementsAre("c", "a", "b"));
}

TEST_F(Sink, NamesACircleOfReferences) {
  const NodeId node = source();
  const std::size_t warehouse = connection();
  auto a = request("a", warehouse), b = request("b", warehouse), c = request("c", warehouse);
  a.references = {{{"id"}, "b", {}}};
  b.references = {{{"id"}, "c", {}}};
  c.references = {{{"id"}, "b", {}}};
  for (auto& one : {a, b, c}) builder.add_sink(node, one);
  EXPECT_FALSE(builder.finish().has_value());
  EXPECT_THAT(
      errors(),
      ElementsAre("tables refer to each other in a circle: b -> c -> b | leave one of the references out"));
}

}  // namespace
}  // namespace weir::testing
