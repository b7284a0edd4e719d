// json_decoder_test.cpp — which values a column takes, and what happens to the others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/formats/decoded_records.h"

namespace weir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// What becomes of {"v": VALUE} in a column of the type.
std::string value_as(const std::string& type, const std::string& value,
                     OnBadValue on_bad_value = OnBadValue::reject) {
  return decode(*json_with({}), {column("v", type)}, {"{\"v\":" + value + "}"}, on_bad_value).lines[0];
}

TEST(JsonDecoder, ReadsFieldsInAnyOrderByExactName) {
  const auto decoded =
      decode(*json_with({}), {column("id", "string not null"), column("n", "bigint"), column("ok", "bool")},
             {R"({"n":7,"id":"a","ok":true,"other":[1,{"id":"x"}]})", R"({ "ID":"x" , "id" : "b" })"});
  EXPECT_THAT(decoded.lines, ElementsAre("'a' | 7 | true", "'b' | NULL | NULL"));
}

TEST(JsonDecoder, KeepsGoodRowsAroundBadOnes) {
  const auto decoded = decode(
      *json_with({}), {column("id", "string not null"), column("ok", "bool"), column("n", "int")},
      {R"({"id":"a","ok":true,"n":1})", R"({"id":"b","ok":true,"n":"x"})", R"({"id":"c","ok":false})"});
  EXPECT_THAT(decoded.lines, ElementsAre("'a' | true | 1", "reject wrong_type", "'c' | false | NULL"));
}

TEST(JsonDecoder, LongStringsPointIntoTheRecord) {
  RawChunk chunk;
  fill(chunk, {R"({"v":"a string of more than twelve bytes"})"});
  const auto decoded = json_with({})->decoder({column("v", "string")}, OnBadValue::reject)->decode(chunk);
  const std::string_view text = decoded.batch.columns[0].text_at(0);
  EXPECT_EQ(text, "a string of more than twelve bytes");
  EXPECT_EQ(text.data(), chunk.records[0].value + 6);
}

TEST(JsonDecoder, UnescapesStrings) {
  EXPECT_EQ(value_as("string", R"("Ring 1 \u00e9 \n \"\\\/ \ud83d\ude00")"),
            "'Ring 1 \u00e9 \n \"\\/ \U0001F600'");
  EXPECT_EQ(value_as("string", R"("")"), "''");
  EXPECT_EQ(value_as("string", R"("\\")"), "'\\'");
}

TEST(JsonDecoder, StringTakesOnlyStrings) {
  for (const char* value : {"1", "true", "[]", "{}", "1.5"})
    EXPECT_EQ(value_as("string", value), "reject wrong_type") << value;
  EXPECT_EQ(value_as("string", "null"), "NULL");
}

TEST(JsonDecoder, NotNullColumnsWantAValue) {
  const std::vector<DecodedColumn> columns{column("v", "bigint not null")};
  const auto decoded = decode(*json_with({}), columns, {"{}", R"({"v":null})", R"({"v":"1"})", R"({"v":1})"},
                              OnBadValue::null);
  EXPECT_THAT(decoded.lines, ElementsAre("reject missing", "reject null", "reject wrong_type", "1"));
  EXPECT_EQ(decoded.messages[0], "v is missing, but its column is not null");
  EXPECT_EQ(decoded.messages[2], "v is not bigint: \"1\"");
}

TEST(JsonDecoder, BadValuesOfNullableColumnsMayBecomeNull) {
  EXPECT_EQ(value_as("bigint", "\"x\"", OnBadValue::null), "NULL");
  EXPECT_EQ(value_as("int", "3000000000", OnBadValue::null), "NULL");
  EXPECT_EQ(value_as("int", "3000000000"), "reject out_of_range");
}

TEST(JsonDecoder, IntegersAreWrittenWithoutFractionAndExponent) {
  EXPECT_EQ(value_as("bigint", "-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(value_as("bigint", "9223372036854775808"), "reject out_of_range");
  EXPECT_EQ(value_as("bigint", "1.0"), "reject wrong_type");
  EXPECT_EQ(value_as("bigint", "1e3"), "reject wrong_type");
  EXPECT_EQ(value_as("bigint", "-0"), "0");
  EXPECT_EQ(value_as("int", "2147483647"), "2147483647");
  EXPECT_EQ(value_as("int", "-2147483649"), "reject out_of_range");
}

TEST(JsonDecoder, DoublesTakeEveryNumber) {
  EXPECT_EQ(value_as("double", "3"), value_as("double", "3.0"));
  EXPECT_EQ(value_as("double", "1e400"), "reject out_of_range");
  EXPECT_EQ(value_as("double", "1e-400"), value_as("double", "0"));
  EXPECT_EQ(value_as("double", "\"3\""), "reject wrong_type");
}

TEST(JsonDecoder, DecimalsAreExactOrRejected) {
  EXPECT_EQ(value_as("decimal(20,2)", "123456789012345678.91"), "123456789012345678.91");
  EXPECT_EQ(value_as("decimal(10,2)", "41.6"), "41.60");
  EXPECT_EQ(value_as("decimal(10,2)", "41.6000"), "41.60");
  EXPECT_EQ(value_as("decimal(10,2)", "41.601"), "reject out_of_range");
  EXPECT_EQ(value_as("decimal(4,2)", "100"), "reject out_of_range");
  EXPECT_EQ(value_as("decimal(4,2)", "-99.99"), "-99.99");
  EXPECT_EQ(value_as("decimal(10,2)", "1.5e3"), "1500.00");
  EXPECT_EQ(value_as("decimal(10,2)", "1e7"), "10000000.00");
  for (const char* too_large : {"1e8", "1e9", "1e30", "-1e36", "1e37", "1e999999999999"})
    EXPECT_EQ(value_as("decimal(10,2)", too_large), "reject out_of_range");
  EXPECT_EQ(value_as("array<decimal(10,2)>", "[1, 1e30]"), "reject out_of_range");
  EXPECT_EQ(value_as("decimal(10,2)", "1500e-3"), "1.50");
  EXPECT_EQ(value_as("decimal(10,2)", "0e99999999999999999999"), "0.00");
  EXPECT_EQ(value_as("decimal(38,0)", "99999999999999999999999999999999999999"),
            "99999999999999999999999999999999999999");
  EXPECT_EQ(value_as("decimal(38,0)", "100000000000000000000000000000000000000"), "reject out_of_range");
  EXPECT_EQ(value_as("decimal(10,2)", "\"1.5\""), "reject wrong_type");
}

TEST(JsonDecoder, DatesAndTimestampsComeAsIsoStrings) {
  EXPECT_EQ(value_as("date", "\"2024-02-29\""), "DATE '2024-02-29'");
  EXPECT_EQ(value_as("date", "\"2023-02-29\""), "reject wrong_type");
  EXPECT_EQ(value_as("timestamp", "\"2024-11-01T00:00:00Z\""),
            value_as("timestamp", "\"2024-11-01 01:00:00+01:00\""));
  EXPECT_EQ(value_as("timestamp", "1730419200"), "reject wrong_type");
  EXPECT_EQ(value_as("date", R"("2024\u002d01-02")"), "DATE '2024-01-02'");
}

TEST(JsonDecoder, ARejectedRecordLeavesNoTraceInTheNext) {
  const std::vector<DecodedColumn> columns{column("a", "string"), column("b", "bigint")};
  const auto decoded = decode(*json_with({}), columns, {R"({"b":"wrong"})", R"({"a":"x","b":1})", R"({"a":"y"})"});
  EXPECT_EQ(decoded.lines, (std::vector<std::string>{"reject wrong_type", "'x' | 1", "'y' | NULL"}));
}

TEST(JsonDecoder, IntervalsAreNumbersWithUnits) {
  EXPECT_EQ(value_as("interval", R"("1 day 2 hours")"), "INTERVAL '1 days 2 hours'");
  for (const char* value : {"\"soon\"", "\"\"", "5", "true"})
    EXPECT_EQ(value_as("interval", value), "reject wrong_type") << value;
}

TEST(JsonDecoder, BytesComeAsBase64) {
  EXPECT_EQ(value_as("bytes", "\"\""), value_as("bytes", R"("")"));
  RawChunk chunk;
  fill(chunk, {R"({"v":"AP8="})", R"({"v":"d2Vpcg=="})", R"({"v":"d2VpciE="})"});
  const auto decoded = json_with({})->decoder({column("v", "bytes")}, OnBadValue::reject)->decode(chunk);
  ASSERT_EQ(decoded.batch.row_count, 3u);
  EXPECT_EQ(decoded.batch.columns[0].text_at(0), std::string_view("\0\xFF", 2));
  EXPECT_EQ(decoded.batch.columns[0].text_at(1), "weir");
  EXPECT_EQ(decoded.batch.columns[0].text_at(2), "weir!");
  for (const char* value : {"\"A\"", "\"AP8\"", "\"AP9=\"", "\"A P8=\"", "\"====\"", "\"AP8=AP8=\"", "1"}) {
    EXPECT_EQ(value_as("bytes", value), "reject wrong_type") << value;
  }
}

TEST(JsonDecoder, JsonColumnsKeepTheirText) {
  RawChunk chunk;
  fill(chunk, {R"({"v" : [ {"a":1.50} , "\u00e9"] , "w":1})", R"({"v":12345678901234567890123 })",
               R"({"v":null})", R"({"v":"x"})"});
  const auto decoded = json_with({})->decoder({column("v", "json")}, OnBadValue::reject)->decode(chunk);
  ASSERT_EQ(decoded.batch.row_count, 4u);
  EXPECT_EQ(decoded.batch.columns[0].text_at(0), R"([ {"a":1.50} , "\u00e9"])");
  EXPECT_EQ(decoded.batch.columns[0].text_at(1), "12345678901234567890123");
  EXPECT_TRUE(decoded.batch.columns[0].is_null(2));
  EXPECT_EQ(decoded.batch.columns[0].text_at(3), "\"x\"");
}

TEST(JsonDecoder, OneFieldMayFeedSeveralColumns) {
  std::vector<DecodedColumn> columns{column("a", "string"), column("b", "json"), column("c", "bigint")};
  for (DecodedColumn& one : columns) one.from = "f";
  EXPECT_THAT(decode(*json_with({}), columns, {R"({"f":null})", "{}"}).lines,
              ElementsAre("NULL | NULL | NULL", "NULL | NULL | NULL"));
  EXPECT_THAT(decode(*json_with({}), columns, {R"({"f":"x"})"}, OnBadValue::null).lines[0],
              HasSubstr("'x' | "));
}

TEST(JsonDecoder, TombstonesAreNotEmptyValues) {
  const std::vector<DecodedColumn> columns{column("v", "int")};
  EXPECT_THAT(decode(*json_with({}), columns, {std::nullopt, "", "{}"}).lines,
              ElementsAre("reject tombstone", "reject not_json", "NULL"));
  EXPECT_THAT(decode(*json_with({{"tombstones", scalar("ignore")}}), columns, {std::nullopt, "", "{}"}).lines,
              ElementsAre("ignored", "reject not_json", "NULL"));
}

TEST(JsonDecoder, MetadataColumnsStandBesideDecodedOnes) {
  DecodedColumn offset = column("at", "bigint not null");
  offset.from = "offset";
  offset.is_metadata = true;
  const auto decoded =
      decode(*json_with({}), {offset, column("v", "int")}, {R"({"v":1})", "x", R"({"v":2,"offset":9})"});
  EXPECT_THAT(decoded.lines, ElementsAre("100 | 1", "reject not_json", "102 | 2"));
}

TEST(JsonDecoder, DuplicateKeysAreRejectedOrChosen) {
  const std::vector<DecodedColumn> columns{column("v", "int not null")};
  const std::vector<std::optional<std::string>> records{
      R"({"v":1,"v":2})", R"({"v":1,"\u0076":2})", R"({"v":1,"o":{"a":1,"a":2}})",
      R"({"v":1,"o":{"a":1,"b":{"a":2}},"a":3})", R"({"v":"x","v":2})"};
  EXPECT_THAT(decode(*json_with({}), columns, records).lines,
              ElementsAre("reject duplicate_key", "reject duplicate_key", "reject duplicate_key", "1",
                          "reject duplicate_key"));
  EXPECT_THAT(decode(*json_with({{"duplicate_keys", scalar("first")}}), columns, records).lines,
              ElementsAre("1", "1", "1", "1", "reject wrong_type"));
  EXPECT_THAT(decode(*json_with({{"duplicate_keys", scalar("last")}}), columns, records).lines,
              ElementsAre("2", "2", "1", "1", "2"));
}

TEST(JsonDecoder, FindsOneDuplicateAmongManyKeys) {
  std::string many = "{\"v\":1";
  for (int i = 0; i < 20000; ++i) many += ",\"key number " + std::to_string(i) + "\":0";
  const auto decoded = decode(*json_with({}), {column("v", "int")},
                              {many + "}", many + ",\"key number 777\":1}", "{\"o\":" + many + ",\"v\":1}}"});
  EXPECT_THAT(decoded.lines, ElementsAre("1", "reject duplicate_key", "reject duplicate_key"));
}

TEST(JsonDecoder, LimitsDepthAndSize) {
  const auto nested = [](int depth) {
    return "{\"v\":1,\"x\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  const std::vector<DecodedColumn> columns{column("v", "int")};
  EXPECT_THAT(decode(*json_with({}), columns, {nested(63), nested(64), nested(100000)}).lines,
              ElementsAre("1", "reject too_deep", "reject too_deep"));
  EXPECT_THAT(decode(*json_with({{"max_depth", scalar("2")}, {"max_bytes", scalar("20")}}), columns,
                     {nested(1), nested(2), nested(20)})
                  .lines,
              ElementsAre("1", "reject too_deep", "reject too_large"));
  const std::string large = "{\"v\":1,\"x\":\"" + std::string((1 << 20) - 14, 'y') + "\"}";
  EXPECT_THAT(decode(*json_with({}), columns, {large, large + " "}).lines,
              ElementsAre("1", "reject too_large"));
}

TEST(JsonDecoder, RefusesUnknownOptions) {
  Diagnostics diagnostics;
  Config config;
  config.value = Config::Map{{"max_dept", scalar("3")}};
  EXPECT_EQ(json_format().parse(config, diagnostics), nullptr);
  EXPECT_THAT(diagnostics.errors()[0].message(), HasSubstr("max_dept"));
}

}  // namespace
}  // namespace weir
