// csv_table_test.cpp — CSV files as lookup tables: values, NULL, headers, and what is wrong with a file.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "connectors/csv/csv.h"

namespace weir {
namespace {

class CsvTableTest : public ::testing::Test {
 protected:
  CsvTableTest() : path_(std::filesystem::temp_directory_path() / ("weir-csv-" + std::to_string(::getpid()) + ".csv")) {}
  ~CsvTableTest() override { std::filesystem::remove(path_); }

  void write(const std::string& text) { std::ofstream(path_, std::ios::binary) << text; }
  std::shared_ptr<const LookupDefinition> definition(Config::Map options = {}) {
    options.emplace_back("file", Config{.value = path_.string()});
    Diagnostics diagnostics;
    auto result = csv_table().parse(Config{.value = std::move(options)}, diagnostics);
    for (const Error& error : diagnostics.errors()) said_ += error.message() + "\n";
    return result;
  }
  Result<std::shared_ptr<const LookupTable>> read(const std::string& text, Config::Map options = {}) {
    write(text);
    LookupBuilder rows(shape_);
    if (Status status = definition(std::move(options))->read(rows); !status.ok()) return std::move(status).error();
    return rows.finish();
  }
  std::string texts(const std::string& text, Config::Map options = {}) {
    const auto table = read(text, std::move(options));
    if (!table.ok()) return std::to_string(table.error().where().line) + ":" + std::to_string(table.error().where().column) + " " + table.error().message();
    std::string result;
    for (std::uint32_t row = 0; row < (*table)->row_count(); ++row) {
      for (const Column& column : (*table)->columns()) result += to_text(value_at(column, row)) + "|";
      result += " ";
    }
    return result;
  }

  LookupShape shape_{"shops", {{{"id", int32_type, false}, "id"}, {{"name", string_type}, "name"}, {{"rate", decimal_type(10, 4)}, "rate"}}, {0}};
  std::string said_;
  const std::filesystem::path path_;
};

TEST_F(CsvTableTest, ReadsColumnsByTheirNames) {
  EXPECT_EQ(texts("id,name,rate\n1,tea,1.5\n2,\"a, b\",\n"), "1|tea|1.5000| 2|a, b|NULL| ");
  EXPECT_EQ(texts("rate,extra,id,name\r\n1.5,x, 7 ,tea\r\n"), "7|tea|1.5000| ");
  EXPECT_EQ(texts("id,name,rate\n"), "");
}

TEST_F(CsvTableTest, TellsNullFromEmptyText) {
  EXPECT_EQ(texts("id,name,rate\n1,,\n2,\"\",\n3,NULL,\n"), "1|NULL|NULL| 2||NULL| 3|NULL|NULL| ");
  const auto table = read("id,name,rate\n1,,0\n2,\\N,0\n", {{"null_text", Config{.value = "\\N"}}});
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(value_at((*table)->columns()[1], 0), (Value{string_type, std::string()}));
  EXPECT_TRUE(value_at((*table)->columns()[1], 1).is_null());
}

TEST_F(CsvTableTest, ReadsFilesWithoutAHeaderAndWithOtherDelimiters) {
  EXPECT_EQ(texts("1;tea;1\n2;cup;2\n", {{"header", Config{.value = "false"}}, {"delimiter", Config{.value = ";"}}}), "1|tea|1.0000| 2|cup|2.0000| ");
  EXPECT_EQ(texts("id\tname\trate\n1\ttea\t1\n", {{"delimiter", Config{.value = "\t"}}}), "1|tea|1.0000| ");
}

TEST_F(CsvTableTest, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(texts("id,name,rate\n1,tea,1\nx,cup,2\n"), "3:1 column id: not a valid int: 'x'");
  EXPECT_EQ(texts("id,name,rate\n1,tea,high\n"), "2:7 column rate: not a valid decimal(10,4): 'high'");
  EXPECT_EQ(texts("id,name,rate\n,tea,1\n"), "2:1 column id: it is NULL, and declared NOT NULL");
  EXPECT_EQ(texts("id,name\n"), "1:1 there is no column rate");
  EXPECT_EQ(texts("id,name,rate,id\n"), "1:1 there are two columns id");
  EXPECT_EQ(texts("id,name,rate\n1,2\n"), "2:1 a row with 2 values, where 3 are expected");
  EXPECT_EQ(texts("id,name,rate\n1,a,1\n2,b,1\n\n1,c,1\n"), "5:1 two rows have the key id = 1: line 2 and line 5");
  EXPECT_EQ(texts("id,name,rate\n1,\"a,1\n"), "2:3 the quote that opens here is never closed");
  EXPECT_EQ(texts(""), "0:0 " + path_.string() + " is empty: its first line has the names of the columns");
  EXPECT_EQ(texts("id,name,rate\n1,a\xFF,1\n"), "0:0 " + path_.string() + ", line 2: not UTF-8");
  EXPECT_EQ(texts(std::string("\xFF\xFEi\0d\0", 6)), "0:0 " + path_.string() + " is UTF-16");
}

TEST_F(CsvTableTest, SaysThatTheFileIsMissing) {
  LookupBuilder rows(shape_);
  const Status status = definition()->read(rows);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message(), "cannot read " + path_.string() + ": No such file or directory");
  EXPECT_FALSE(definition()->version().ok());
}

TEST_F(CsvTableTest, HasAnotherVersionWhenTheFileHasChanged) {
  write("id,name,rate\n1,a,1\n");
  const auto before = *definition()->version();
  EXPECT_EQ(*definition()->version(), before);
  write("id,name,rate\n1,a,12\n");
  EXPECT_NE(*definition()->version(), before);
}

TEST_F(CsvTableTest, RefusesDelimitersOfAnotherLength) {
  EXPECT_EQ(definition({{"delimiter", Config{.value = "::"}}}), nullptr);
  EXPECT_EQ(definition({{"delimiter", Config{.value = "\""}}}), nullptr);
  EXPECT_EQ(said_, "delimiter: expected one character, got '::'\ndelimiter: expected one character, got '\"'\n");
}

}  // namespace
}  // namespace weir
