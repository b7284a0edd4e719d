// type_test.cpp — names of types.
#include "engine/data/type.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace weir {
namespace {

TEST(Type, ReadsBackWhatItPrints) {
  for (const Type& type : {boolean_type, int32_type, int64_type, float64_type, string_type, bytes_type,
                           date_type, timestamp_type, interval_type, json_type, decimal_type(1, 0),
                           decimal_type(38, 38), decimal_type(10, 2)}) {
    EXPECT_EQ(parse_type(to_string(type)), type) << to_string(type);
  }
  EXPECT_EQ(to_string(decimal_type(10, 2)), "decimal(10,2)");
  EXPECT_EQ(to_string(int64_type), "bigint");
  EXPECT_EQ(to_string(null_type), "null");
}

TEST(Type, KnowsAliasesInAnyCase) {
  EXPECT_EQ(parse_type("BOOLEAN"), boolean_type);
  EXPECT_EQ(parse_type("Integer"), int32_type);
  EXPECT_EQ(parse_type("long"), int64_type);
  EXPECT_EQ(parse_type("float8"), float64_type);
  EXPECT_EQ(parse_type(" double \t precision "), float64_type);
  EXPECT_EQ(parse_type("NUMERIC( 12 , 4 )"), decimal_type(12, 4));
  EXPECT_EQ(parse_type("decimal (5)"), decimal_type(5, 0));
  EXPECT_EQ(parse_type("decimal"), decimal_type(10, 0));
  EXPECT_EQ(parse_type("varchar"), string_type);
  EXPECT_EQ(parse_type("bytea"), bytes_type);
  EXPECT_EQ(parse_type("timestamptz"), timestamp_type);
  EXPECT_EQ(parse_type("jsonb"), json_type);
}

TEST(Type, RefusesOthers) {
  for (const char* text :
       {"", " ", "strin", "null", "decimal(0,0)", "decimal(39,0)", "decimal(5,6)", "decimal(5,-1)",
        "decimal()", "decimal(5,2", "decimal(5,2,1)", "decimal(a)", "decimal(5,)", "int(5)", "varchar(10)",
        "decimal(5,2)x", "double  precisions", "decimal(99999999999)"}) {
    EXPECT_FALSE(parse_type(text)) << text;
  }
}

TEST(Type, NamesAreAllKnown) {
  EXPECT_NE(std::find(type_names().begin(), type_names().end(), "timestamp"), type_names().end());
  for (const std::string& name : type_names()) EXPECT_TRUE(parse_type(name)) << name;
}

TEST(Type, NestedOnesReadBackWhatTheyPrint) {
  const Type tags = array_type(string_type);
  const Type lines = array_type(struct_type({{"id", int64_type, false}, {"tags", tags}, {"per cent`s", float64_type}}), false);
  for (const Type& type : {tags, lines, map_type(string_type, lines, false), array_type(array_type(decimal_type(10, 2)))})
    EXPECT_EQ(parse_type(to_string(type)), type) << to_string(type);
  EXPECT_EQ(to_string(map_type(string_type, lines, false)),
            "map<string, array<struct<id bigint not null, tags array<string>, `per cent``s` double> not null> not null>");
  EXPECT_NE(tags, array_type(string_type, false));
  EXPECT_EQ(tags, array_type(string_type));
}

TEST(Type, NestedOnesHaveOtherSpellings) {
  EXPECT_EQ(parse_type("ARRAY < int >"), array_type(int32_type));
  EXPECT_EQ(parse_type("int[][]"), array_type(array_type(int32_type)));
  EXPECT_EQ(parse_type("row(a int, b numeric(5,1) not null)"),
            struct_type({{"a", int32_type}, {"b", decimal_type(5, 1), false}}));
  EXPECT_EQ(parse_type("struct<a: int, B: timestamp with time zone>"), struct_type({{"a", int32_type}, {"B", timestamp_type}}));
  for (const char* text : {"array", "array<>", "array<int", "array<int>>", "array<int not>", "map<int>", "map<int, int, int>", "struct<>",
                           "struct<a>", "struct<a int,>", "struct<a int, a int>", "struct<`a int>", "row<a int>", "int[", "[]"})
    EXPECT_FALSE(parse_type(text)) << text;
  std::string deep = "int";
  for (int i = 0; i < 100'000; ++i) deep = "array<" + deep;
  EXPECT_FALSE(parse_type(deep));
}

TEST(Schema, FindsFieldsByExactName) {
  const Schema schema{{{"a", int32_type}, {"A", string_type}, {"b", date_type}}};
  EXPECT_EQ(schema.index_of("a"), 0u);
  EXPECT_EQ(schema.index_of("A"), 1u);
  EXPECT_FALSE(schema.index_of("B"));
}

}  // namespace
}  // namespace weir
