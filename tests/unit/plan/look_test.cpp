// look_test.cpp — what is cut out of a plan to look at one stream of it.
#include "engine/plan/look.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/builtin.h"
#include "dsl/compile.h"
#include "engine/plan/stage.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* text = R"yaml(
name: shop
connections: { warehouse: { dsn: "postgresql:///shop" } }
sources:
  orders: { type: kafka, brokers: "localhost:9092", topic: orders, format: json, columns: { id: int not null, shop: string, ts: timestamp not null }, computed: { day: "date(ts)" }, watermark: ts }
  clicks: { type: kafka, brokers: "localhost:9092", topic: clicks, format: json, columns: { id: int not null, ts: timestamp not null }, watermark: ts }
tables:
  shops: { type: csv, file: shops.csv, columns: { id: string not null, city: string not null }, key: [id] }
  owners: { type: csv, file: owners.csv, columns: { id: string not null, owner: string }, key: [id] }
transforms:
  clicked: { input: orders, steps: [ join: { stream: clicks, keys: { id: id }, within: 1 hour, select: { clicked_at: clicks.ts } } ] }
  placed: { input: orders, steps: [ join: { table: owners, keys: { id: shop } }, join: { table: shops, keys: { id: shop } } ] }
  cities: { input: orders, steps: [ join: { table: shops, keys: { id: shop } }, aggregate: { by: [city], select: { n: count(*) } } ] }
  same: { input: cities }
sinks:
  cities: { input: cities, key: [city], on_conflict: update, emit: every 5 minutes, steps: [ where: n > 1 ] }
  placed: { input: placed, key: [id] }
  clicked: { input: clicked, key: [id] }
  screen: { input: same, type: console, steps: [ limit: 3 ] }
)yaml";

class SilentOutlet final : public OutletDefinition {
 public:
  Result<std::unique_ptr<Outlet>> open() const override { return Error{ErrorKind::fatal, "not to be opened"}; }
  std::unique_ptr<RowEncoder> encoder(const SinkTable&) const override { return nullptr; }
  std::string describe() const override { return "silent"; }
  std::string fingerprint() const override { return "silent"; }
  void check_table(const SinkTable&, const Location&, Diagnostics&) const override {}
};

class Look : public ::testing::Test {
 protected:
  Look() : compiled(compile_yaml("shop.yaml", text, registry, {})) {
    for (const Error& error : compiled.diagnostics.errors()) ADD_FAILURE() << render(error);
  }
  Result<Plan> look(const LookRequest& request) {
    return look_at(*compiled.plan, request, compiled.plan->connections[0], [](const std::string&) { return std::make_shared<SilentOutlet>(); });
  }
  static std::vector<std::string> sources(const Plan& plan) {
    std::vector<std::string> names;
    for (const PlanNode& node : plan.nodes) {
      if (const auto* scan = std::get_if<ScanNode>(&node.operation)) names.push_back(scan->source);
    }
    return names;
  }
  static std::vector<std::string> tables(const Plan& plan) {
    std::vector<std::string> names;
    for (const PlanTable& table : plan.tables) names.push_back(table.shape.table);
    return names;
  }

  Registry registry = builtin_registry();
  Compiled compiled;
};

TEST_F(Look, HasNothingThatIsNotNeeded) {
  const auto orders = look({.name = "orders"});
  ASSERT_TRUE(orders.ok());
  EXPECT_THAT(sources(*orders), ElementsAre("orders"));
  EXPECT_THAT(tables(*orders), IsEmpty());
  EXPECT_FALSE(is_stateful(*orders));
  EXPECT_EQ(orders->sinks[0].table.schema.fields.back().name, "day");
}

TEST_F(Look, NumbersAnewWhatIsNeeded) {
  const auto cities = look({.name = "same"});
  ASSERT_TRUE(cities.ok());
  EXPECT_THAT(tables(*cities), ElementsAre("shops"));
  EXPECT_TRUE(is_stateful(*cities));
  EXPECT_EQ(fuse(*cities).size(), 1u);
  EXPECT_EQ(fuse_groups(*cities).size(), 1u);
  const auto clicked = look({.name = "clicked"});
  ASSERT_TRUE(clicked.ok());
  EXPECT_THAT(sources(*clicked), ElementsAre("orders", "clicks"));
  EXPECT_EQ(fuse_joins(*clicked).size(), 1u);
}

TEST_F(Look, TakesASinkBeforeAStreamOfItsNameAndItsSmallerLimit) {
  const auto cities = look({.name = "cities", .rows = 7});
  ASSERT_TRUE(cities.ok());
  EXPECT_NE(std::get_if<FilterNode>(&cities->nodes[cities->sinks[0].input].operation), nullptr);
  EXPECT_EQ(cities->sinks[0].limit, 7u);
  EXPECT_EQ(look({.name = "screen", .rows = 7})->sinks[0].limit, 3u);
}

TEST_F(Look, WritesNoTableAndShowsRowsAsTheyChangeOrAtTheEnd) {
  const auto all = look({});
  ASSERT_TRUE(all.ok());
  ASSERT_EQ(all->sinks.size(), 4u);
  for (const SinkNode& sink : all->sinks) {
    EXPECT_NE(sink.outlet, nullptr);
    EXPECT_THAT(sink.table.key, IsEmpty());
    EXPECT_EQ(sink.emit.kind, Emit::Kind::changes);
  }
  EXPECT_EQ(look({.name = "cities", .at_end = true})->sinks[0].emit.kind, Emit::Kind::every);
}

TEST_F(Look, KnowsTheNearestName) {
  const auto wrong = look({.name = "placd"});
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().kind(), ErrorKind::usage);
  EXPECT_THAT(wrong.error().message(), HasSubstr("did you mean placed?"));
}

}  // namespace
}  // namespace weir
