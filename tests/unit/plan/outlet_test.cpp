// outlet_test.cpp — sinks that are no tables: what they may ask for, and which connection keeps their books.
#include "plan_fixture.h"

namespace weir::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OutletSink : public PlanFixture {
 protected:
  PlanBuilder::SinkRequest screen(const std::string& name, std::vector<std::string> key = {}, const std::string& format = "table") {
    PlanBuilder::SinkRequest result = request(name, 0, std::move(key));
    result.table.clear();
    result.outlet = std::make_shared<FakeOutlet>(format);
    return result;
  }
};

TEST_F(OutletSink, HasItsBooksInTheConnectionOfTheTables) {
  const NodeId node = source();
  builder.add_sink(node, screen("screen"));
  connection("unused");
  builder.add_sink(node, request("table", connection("warehouse")));
  const auto plan = builder.finish();
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->connections.size(), 2u);
  EXPECT_EQ(plan->connections[plan->sinks[0].connection].name, "warehouse");
  EXPECT_NE(plan->sinks[0].outlet, nullptr);
  EXPECT_EQ(plan->sinks[1].outlet, nullptr);
}

TEST_F(OutletSink, IsNotWrittenByTheTransaction) {
  const NodeId node = source();
  builder.add_sink(node, screen("screen"));
  builder.add_sink(node, request("table", connection()));
  const auto plan = builder.finish();
  const auto order = write_order(*plan, 0);
  ASSERT_TRUE(order.ok());
  EXPECT_THAT(*order, ElementsAre(1));
}

TEST_F(OutletSink, HasItsBooksInAFileWhereThereIsNoTable) {
  builder.add_sink(source(), screen("screen"));
  const auto plan = builder.finish();
  ASSERT_TRUE(plan.has_value());
  ASSERT_EQ(plan->connections.size(), 1u);
  EXPECT_EQ(plan->connections[0].store_name, "sqlite");
  EXPECT_EQ(plan->connections[0].definition->describe(), "fake database sqlite:test.state.db");
  EXPECT_EQ(plan->sinks[0].connection, 0u);
}

TEST_F(OutletSink, HasItsBooksInTheFileThatThePipelineNames) {
  builder.set_books("/var/lib/books.db", {});
  builder.add_sink(source(), screen("screen"));
  const auto plan = builder.finish();
  EXPECT_EQ(plan->connections[0].definition->describe(), "fake database sqlite:/var/lib/books.db");
}

TEST_F(OutletSink, NamesNoFileBesideATable) {
  builder.set_books("books.db", {});
  const NodeId node = source();
  builder.add_sink(node, request("table", connection()));
  builder.add_sink(node, screen("screen"));
  EXPECT_FALSE(builder.finish().has_value());
  EXPECT_THAT(errors(), ElementsAre("state is for pipelines that write no table, but sink table writes one | leave it out: positions and "
                                    "ledger are in the database of the tables"));
}

TEST_F(OutletSink, NeedsAStoreThatIsAFileWhereThereIsNoTable) {
  registry.stores.pop_back();
  builder.add_sink(source(), screen("screen"));
  EXPECT_FALSE(builder.finish().has_value());
  EXPECT_THAT(errors(), ElementsAre("no sink is a table, and there is no store here that keeps positions and ledger in a file"));
}

TEST_F(OutletSink, IsGivenTheLastRowOfAKey) {
  builder.add_sink(source(), screen("screen", {"id"}));
  const auto plan = builder.finish();
  const SinkTable& table = plan->sinks[0].table;
  EXPECT_EQ(table.key, std::vector<std::size_t>{0});
  EXPECT_EQ(table.on_conflict, OnConflict::update);
}

TEST_F(OutletSink, MayRefuseRows) {
  builder.add_sink(source(), screen("refused"));
  EXPECT_THAT(errors(), ElementsAre("these rows cannot be shown"));
}

TEST_F(OutletSink, TakesGroupsWithoutAKey) {
  register_builtin_aggregates(registry.aggregates);
  const NodeId totals =
      *builder.aggregate(source(), {nullptr, asts({{"product_id", "product_id"}}), asts({{"views", "count(*)"}}), {}});
  builder.add_sink(totals, screen("screen"));
  EXPECT_TRUE(builder.finish().has_value());
  EXPECT_THAT(errors(), IsEmpty());
}

TEST_F(OutletSink, MayHaveTheNameOfATable) {
  const NodeId node = source();
  builder.add_sink(node, request("table", connection()));
  PlanBuilder::SinkRequest same = screen("other");
  same.name = "second";
  builder.add_sink(node, same);
  auto table = request("third", 0);
  table.table = "second";
  builder.add_sink(node, table);
  EXPECT_THAT(errors(), IsEmpty());
}

TEST_F(OutletSink, CountsInThePlansIdentity) {
  const auto identity = [&](const PlanBuilder::SinkRequest& sink) {
    PlanBuilder fresh("test", registry, diagnostics);
    const NodeId node = *fresh.add_source("views", {}, "fake", "lines", map_of({}), {column("id", string_type, false)}, {});
    const std::size_t warehouse = *fresh.add_connection("warehouse", map_of({{"dsn", "sqlite:x.db"}}));
    fresh.add_sink(node, request("other", warehouse));
    fresh.add_sink(node, sink);
    return fingerprint(*fresh.finish());
  };
  EXPECT_EQ(identity(screen("s")), identity(screen("s")));
  EXPECT_NE(identity(screen("s")), identity(request("s", 0)));
  EXPECT_NE(identity(screen("s", {}, "table")), identity(screen("s", {}, "json")));
}

TEST_F(OutletSink, EqualConnectionsOfSinksAreOne) {
  const auto options = [](const std::string& dsn) { return map_of({{"dsn", dsn}}); };
  const auto first = builder.sink_connection("first", options("sqlite:a.db"));
  EXPECT_EQ(builder.sink_connection("second", options("sqlite:a.db")), first);
  EXPECT_EQ(builder.sink_connection("third", map_of({{"type", "sqlite"}, {"dsn", "sqlite:a.db"}})), first);
  EXPECT_NE(builder.sink_connection("fourth", options("sqlite:b.db")), first);
}

TEST_F(OutletSink, ASinksConnectionMayBeANamedOne) {
  const std::size_t warehouse = connection("warehouse");
  EXPECT_EQ(builder.sink_connection("table", map_of({{"dsn", "sqlite:x.db"}})), warehouse);
}

TEST_F(OutletSink, AWrongConnectionIsReportedOnce) {
  EXPECT_EQ(builder.sink_connection("a", map_of({{"type", "sqlite"}})), std::nullopt);
  EXPECT_EQ(builder.sink_connection("b", map_of({{"type", "sqlite"}})), std::nullopt);
  EXPECT_EQ(errors().size(), 1u);
}

}  // namespace
}  // namespace weir::testing
