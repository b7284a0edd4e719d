// metadata_column_test.cpp — the columns that come with a record.
#include <gtest/gtest.h>

#include "engine/component/format.h"
#include "engine/data/value.h"

namespace weir {
namespace {

const std::string long_headers = R"({"trace":"0123456789abcdef"})";

class Metadata : public testing::Test {
 protected:
  Metadata() {
    chunk_.topic = "product_view_of_the_shop";
    chunk_.partition = 3;
    add("a key longer than inline", 10, 1'000'000, long_headers);
    add(nullptr, 11, no_timestamp, "");
    add("", 13, -1, "{}");
    add("bad \xFF key", 20, 0, "");
  }

  void add(const char* key, std::int64_t offset, std::int64_t timestamp, const std::string& headers) {
    Record record;
    if (key != nullptr) {
      record.key_size = static_cast<std::uint32_t>(std::strlen(key));
      char* bytes = static_cast<char*>(chunk_.arena.allocate(record.key_size + 1, 1));
      std::memcpy(bytes, key, record.key_size);
      record.key = bytes;
      record.key_block = static_cast<std::uint32_t>(chunk_.arena.current_block());
    }
    record.offset = offset;
    record.timestamp = timestamp;
    if (!headers.empty()) record.headers = chunk_.arena.copy(headers);
    chunk_.records.push_back(record);
  }

  // The values of the wanted rows, separated by blanks.
  std::string column(const std::string& from, Type type, Arena& arena) {
    const DecodedColumn wanted{{"c", type, true}, from, true};
    const Column column = metadata_column(wanted, chunk_, rows_, arena);
    EXPECT_EQ(column.type, type);
    EXPECT_EQ(column.size, rows_.size());
    std::string text;
    for (std::uint32_t row = 0; row < column.size; ++row)
      text += (row == 0 ? "" : " ") + to_text(value_at(column, row));
    if (column.errors != nullptr) text += " error: " + column.errors->rows[0].code;
    return text;
  }

  RawChunk chunk_;
  std::vector<std::uint32_t> rows_{0, 1, 2};
  Arena other_;
};

TEST_F(Metadata, GivesKeys) {
  EXPECT_EQ(column("key", bytes_type, chunk_.arena), "a key longer than inline NULL ");
  EXPECT_EQ(column("key", string_type, chunk_.arena), "a key longer than inline NULL ");
  EXPECT_EQ(column("key", string_type, other_), "a key longer than inline NULL ");
}

TEST_F(Metadata, GivesAnErrorForAKeyThatIsNoText) {
  rows_ = {3};
  EXPECT_EQ(column("key", string_type, chunk_.arena), "NULL error: invalid_utf8");
  EXPECT_EQ(column("key", bytes_type, chunk_.arena), "bad \xFF key");
}

TEST_F(Metadata, GivesPositions) {
  EXPECT_EQ(column("topic", string_type, chunk_.arena),
            "product_view_of_the_shop product_view_of_the_shop product_view_of_the_shop");
  EXPECT_EQ(column("partition", int32_type, chunk_.arena), "3 3 3");
  EXPECT_EQ(column("offset", int64_type, chunk_.arena), "10 11 13");
}

TEST_F(Metadata, GivesTimes) {
  EXPECT_EQ(column("timestamp", timestamp_type, chunk_.arena),
            "1970-01-01 00:00:01 NULL 1969-12-31 23:59:59.999999");
}

TEST_F(Metadata, GivesHeaders) {
  EXPECT_EQ(column("headers", json_type, chunk_.arena), long_headers + " NULL {}");
  EXPECT_EQ(column("headers", json_type, other_), long_headers + " NULL {}");
}

TEST_F(Metadata, GivesOnlyTheRowsWanted) {
  rows_ = {2};
  EXPECT_EQ(column("offset", int64_type, chunk_.arena), "13");
  rows_ = {};
  for (const char* from : {"topic", "key", "headers"}) {
    const Type type = std::string(from) == "headers" ? json_type : string_type;
    EXPECT_EQ(column(from, type, chunk_.arena), "");
  }
}

}  // namespace
}  // namespace weir
