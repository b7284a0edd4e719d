// position_test.cpp — the text of positions.
#include <gtest/gtest.h>

#include "connectors/kafka/kafka_position.h"
#include "connectors/kafka/kafka_split.h"

namespace weir {
namespace {

TEST(KafkaPosition, PrintsAndParses) {
  const KafkaPosition place{123, RecordPrint{122, 1'730'419'200'000, 0x5a1b2c3d}};
  EXPECT_EQ(to_text(place), "123;122:1730419200000:5a1b2c3d");
  EXPECT_EQ(parse_kafka_position(to_text(place)), place);
  const KafkaPosition without_time{7, RecordPrint{3, -1, 1}};
  EXPECT_EQ(to_text(without_time), "7;3:-1:00000001");
  EXPECT_EQ(parse_kafka_position("7;3:-1:00000001"), without_time);
}

TEST(KafkaPosition, ABareOffsetIsAPosition) {
  EXPECT_EQ(parse_kafka_position("0"), (KafkaPosition{0, {}}));
  EXPECT_EQ(to_text({42, {}}), "42");
}

TEST(KafkaPosition, RefusesOtherText) {
  for (const char* text : {"", "-1", "x", "12x", "12;", "12;11", "12;11:5", "12;11:5:zz", "12;11:5:00000001x",
                           "12;12:5:00000001", "12;-1:5:00000001"}) {
    EXPECT_EQ(parse_kafka_position(text), std::nullopt) << text;
  }
}

TEST(KafkaPosition, ChecksumIsCrc32cAndTellsATombstoneFromAnEmptyValue) {
  EXPECT_EQ(record_checksum("123456789", nullptr, 0), 0xc3389d4fU);  // CRC-32C of the key and a byte 0
  EXPECT_NE(record_checksum("123456789", nullptr, 0), record_checksum("123456789", "", 0));
  EXPECT_NE(record_checksum("a", "b", 1), record_checksum("b", "a", 1));
}

TEST(KafkaSplits, NamesAreTopicAndPartition) {
  EXPECT_EQ(parse_split("product_view/3"), (std::pair<std::string, std::int32_t>{"product_view", 3}));
  EXPECT_EQ(split_name("product_view", 3), "product_view/3");
  for (const char* text :
       {"product_view", "/3", "product_view/", "product_view/x", "product_view/-1", "product_view/3 "}) {
    EXPECT_EQ(parse_split(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace weir
