// builder_test.cpp — names, sources, connections and steps of a plan, right and wrong.
#include "plan_fixture.h"

namespace weir::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Builder = PlanFixture;

TEST_F(Builder, SaysWhereATakenNameWasDefined) {
  const auto text = std::make_shared<SourceText>(SourceText{"a.yaml", "x"});
  const NodeId node = source();
  builder.name_stream("clean", node, Location{text, 3, 5, 1});
  builder.name_stream("clean", node, Location{text, 9, 5, 1});
  EXPECT_THAT(errors(), ElementsAre("the name clean is already taken | give one of the two another name"));
}

TEST_F(Builder, NamesTheNearestStream) {
  source();
  EXPECT_EQ(builder.find_stream("veiws", {}), std::nullopt);
  EXPECT_THAT(errors(), ElementsAre("unknown source or stream: veiws | did you mean views?"));
}

TEST_F(Builder, IsSilentAboutReadersOfABrokenStream) {
  builder.name_broken_stream("bad", {});
  EXPECT_EQ(builder.find_stream("bad", {}), std::nullopt);
  EXPECT_THAT(errors(), IsEmpty());
}

TEST_F(Builder, NamesTheNearestConnectorAndFormat) {
  builder.add_source("a", {}, "fakke", "linse", map_of({}), {}, {});
  EXPECT_THAT(errors(), ElementsAre("unknown type of source: fakke | did you mean fake?",
                                    "unknown format: linse | did you mean lines?"));
}

TEST_F(Builder, AsksForAFormat) {
  builder.add_source("a", {}, "fake", "", map_of({}), {}, {});
  EXPECT_THAT(errors(), ElementsAre("source a does not say its format | add format: lines"));
}

TEST_F(Builder, SplitsOptionsAndFindsTheNearestOfBoth) {
  EXPECT_TRUE(
      builder.add_source("a", {}, "fake", "lines", map_of({{"topic", "t"}, {"max_depth", "3"}}), {}, {})
          .has_value());
  builder.add_source("b", {}, "fake", "lines", map_of({{"max_dept", "3"}}), {}, {});
  EXPECT_THAT(errors(), ElementsAre("unknown option of a fake source: max_dept | did you mean max_depth?"));
}

TEST_F(Builder, ChecksMetadataColumns) {
  builder.add_source("a", {}, "fake", "lines", map_of({}),
                     {metadata("k", "kye", bytes_type), metadata("o", "offset", string_type),
                      metadata("h", "key", bytes_type, false)},
                     {});
  EXPECT_THAT(
      errors(),
      ElementsAre("unknown metadata column of fake: kye | did you mean key?",
                  "metadata column offset is bigint, not string | declare it so and cast it in a later step",
                  "metadata column key can be NULL | leave out NOT NULL and filter with where"));
}

TEST_F(Builder, RefusesAColumnDeclaredTwice) {
  builder.add_source("a", {}, "fake", "lines", map_of({}),
                     {column("x", string_type), column("x", int32_type)}, {});
  EXPECT_THAT(errors(), ElementsAre("source a has column x twice"));
}

TEST_F(Builder, TellsTheDatabaseByTypeOrScheme) {
  EXPECT_TRUE(builder.add_connection("a", map_of({{"dsn", "postgresql:///weir"}})).has_value());
  EXPECT_TRUE(builder.add_connection("b", map_of({{"type", "postgres"}, {"dsn", "host=db"}})).has_value());
  EXPECT_TRUE(
      builder.add_connection("c", map_of({{"type", "sqlite"}, {"dsn", "sqlite:weir.db"}})).has_value());
  EXPECT_THAT(errors(), IsEmpty());
  builder.add_connection("d", map_of({{"dsn", "host=db"}}));
  builder.add_connection("e", map_of({{"dsn", "postgre://x"}}));
  builder.add_connection("f", map_of({{"type", "sqlite"}, {"dsn", "postgresql:///weir"}}));
  EXPECT_THAT(
      errors(),
      ElementsAre("connection d does not say which database it is | add type: postgres | sqlite",
                  "unknown scheme of a dsn: postgre | did you mean postgres?",
                  "type is sqlite, but the dsn begins with postgresql: | leave type out: the dsn says it"));
}

TEST_F(Builder, NamesTheNearestConnection) {
  connection();
  builder.find_connection("warehose", {});
  EXPECT_THAT(errors(), ElementsAre("unknown connection: warehose | did you mean warehouse?"));
}

TEST_F(Builder, ExtendUsesEarlierColumnsOfTheSameStep) {
  const NodeId node =
      *builder.extend(source(), asts({{"a", "length(id)"}, {"b", "a + 1"}, {"id", "upper(id)"}}));
  const Schema& schema = builder.schema(node);
  ASSERT_EQ(schema.fields.size(), 8u);
  EXPECT_EQ(schema.fields[0].name, "id");
  EXPECT_EQ(schema.fields[7].name, "b");
  EXPECT_EQ(schema.fields[7].type, int32_type);
}

TEST_F(Builder, ReportsEveryWrongColumnOfAStepOnce) {
  builder.extend(source(), asts({{"a", "lenght(id)"}, {"b", "a"}, {"c", "idd"}}));
  ASSERT_EQ(errors().size(), 2u);
  EXPECT_THAT(errors()[0], HasSubstr("lenght"));
  EXPECT_THAT(errors()[1], HasSubstr("idd"));
}

TEST_F(Builder, SelectRefusesTwoColumnsOfOneName) {
  builder.select(source(), asts({{"a", "id"}, {"a", "ip"}}));
  EXPECT_THAT(errors(), ElementsAre("column a is given twice"));
}

TEST_F(Builder, WhereWantsACondition) {
  EXPECT_EQ(builder.filter(source(), ast("id")), std::nullopt);
  ASSERT_EQ(errors().size(), 1u);
}

TEST_F(Builder, DropsAndRenames) {
  const NodeId input = source();
  const NodeId dropped = *builder.drop(input, {{"note", {}}, {"price", {}}});
  const NodeId renamed = *builder.rename(dropped, {{{"id", {}}, {"ip", {}}}, {{"ip", {}}, {"id", {}}}});
  EXPECT_EQ(builder.schema(renamed).fields[0].name, "ip");
  EXPECT_EQ(builder.schema(renamed).fields[3].name, "id");
  builder.rename(input, {{{"id", {}}, {"ip", {}}}});
  builder.drop(input, {{"notte", {}}});
  EXPECT_THAT(errors(),
              ElementsAre("there is another column called ip | drop the other one first, or give this one another name", "unknown column: notte | did you mean note?"));
}

TEST_F(Builder, UnionWantsEqualColumnsInAnyOrder) {
  const NodeId input = source();
  const NodeId one = *builder.select(input, asts({{"a", "id"}, {"b", "price"}}));
  const NodeId two = *builder.select(input, asts({{"b", "price"}, {"a", "note"}}));
  const NodeId both = *builder.unite({one, two}, {});
  EXPECT_EQ(builder.schema(both).fields[0].name, "a");
  EXPECT_TRUE(builder.schema(both).fields[0].nullable);
  const NodeId other = *builder.select(input, asts({{"a", "id"}, {"b", "ip"}}));
  builder.unite({one, other}, {});
  EXPECT_THAT(
      errors(),
      ElementsAre(
          "this stream has other columns than the first input of the union | the first has a string, b "
          "decimal(10,2); this one a string, b string"));
}

TEST_F(Builder, WarnsOfAStreamThatNobodyReads) {
  const NodeId node = source();
  builder.name_stream("aside", node, {});
  builder.add_sink(*builder.find_stream("views", {}), request("t", connection()));
  ASSERT_TRUE(builder.finish().has_value());
  ASSERT_EQ(diagnostics.warnings().size(), 1u);
  EXPECT_EQ(diagnostics.warnings()[0].message(), "nothing reads aside");
}

TEST_F(Builder, WantsASink) {
  source();
  EXPECT_FALSE(builder.finish().has_value());
  EXPECT_THAT(errors(), Contains("pipeline test has no sink: it would write nothing"));
}

}  // namespace
}  // namespace weir::testing
