// sqlite_test.cpp — what is SQLite's own: how values are kept, locks of other programs, files that cannot be
// used.
#include "connectors/sqlite/sqlite.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "engine/data/calendar.h"
#include "tests/contract/store_rows.h"

namespace weir::testing {

class SqliteTest : public ::testing::Test {
 protected:
  SqliteTest() {
    std::string pattern = "/tmp/weir-h-sqlite-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~SqliteTest() override { std::filesystem::remove_all(folder_); }

  static std::shared_ptr<const StoreDefinition> definition(const std::string& dsn, Diagnostics& diagnostics) {
    Config value, config;
    value.value = dsn;
    config.value = Config::Map{{"dsn", value}};
    return sqlite_store().parse(config, diagnostics);
  }

  std::unique_ptr<Store> open(const std::string& dsn) {
    Diagnostics diagnostics;
    return definition(dsn, diagnostics)->open({"pipe", "me@here", "plan"}).value();
  }
  std::unique_ptr<Store> open() { return open("sqlite://" + folder_ + "/shop.db"); }

  static std::string query(Store& store, const std::string& sql) {
    auto rows = store.administration().value()->query(sql);
    EXPECT_TRUE(rows.ok()) << (rows.ok() ? "" : rows.error().message());
    std::string text;
    for (std::size_t i = 1; rows.ok() && i < rows->size(); ++i) {
      text += i == 1 ? "" : "\n";
      for (std::size_t c = 0; c < (*rows)[i].size(); ++c)
        text += (c == 0 ? "" : "|") + (*rows)[i][c].value_or("~");
    }
    return text;
  }

  std::string folder_;
};

TEST_F(SqliteTest, KeepsValuesAsTextsThatSort) {
  SinkTable table;
  table.sink = table.table = "all";
  table.schema.fields = {{"k", int64_type, false},         {"b", boolean_type, true},
                         {"d", decimal_type(20, 2), true}, {"t", date_type, true},
                         {"ts", timestamp_type, true},     {"v", interval_type, true},
                         {"y", bytes_type, true}};
  table.key = {0};
  auto store = open();
  ASSERT_TRUE(store->prepare(std::span(&table, 1), true).ok());
  auto row = [&](std::int64_t key, std::int64_t time) {
    return RowValues{integer(key),
                     {boolean_type, true},
                     {decimal_type(20, 2), Int128{-1250}},
                     {date_type, *parse_date("2024-11-01")},
                     {timestamp_type, time},
                     {interval_type, Interval{1, 2, -3'500'000'000}},
                     {bytes_type, std::string("\x01\xFF", 2)}};
  };
  EpochBuilder epoch(1, "", "");
  epoch.write().advances.clear();
  epoch.rows(*store, table, {row(1, 1'700'000'000'123'456), row(2, -1)});
  ASSERT_TRUE(store->writer(0).value()->commit(epoch.write()).ok());
  EXPECT_EQ(query(*store, "SELECT b, d, t, ts, v, hex(y), typeof(b), typeof(d) FROM \"all\" ORDER BY k"),
            "1|-12.50|2024-11-01|2023-11-14 22:13:20.123456Z|P1M2DT-3.5S|01FF|integer|text\n"
            "1|-12.50|2024-11-01|1969-12-31 23:59:59.999999Z|P1M2DT-3.5S|01FF|integer|text");
  EXPECT_EQ(query(*store, "SELECT strict FROM pragma_table_list WHERE name = 'all'"), "1");
}

TEST_F(SqliteTest, RefusesWhatItWouldChangeUnseen) {
  SinkTable table;
  table.sink = table.table = "numbers";
  table.schema.fields = {{"k", int64_type, false}, {"f", float64_type, true}, {"ts", timestamp_type, true}};
  table.key = {0};
  auto store = open();
  auto chunk = encode(
      *store, table,
      {{integer(1), {float64_type, std::nan("")}, null_value(timestamp_type)},
       {integer(2), {float64_type, std::numeric_limits<double>::infinity()}, null_value(timestamp_type)},
       {integer(3), {float64_type, 1.0}, {timestamp_type, std::numeric_limits<std::int64_t>::max()}}});
  ASSERT_EQ(chunk->rows.refused.size(), 2u);
  EXPECT_EQ(chunk->rows.refused[0].code, "not_a_number");
  EXPECT_EQ(chunk->rows.refused[1].code, "timestamp_out_of_range");
}

TEST_F(SqliteTest, ADsnIsAPathWithOrWithoutSlashes) {
  for (const std::string& dsn :
       {"sqlite:" + folder_ + "/a.db", "sqlite://" + folder_ + "/a.db", folder_ + "/a.db"}) {
    Diagnostics diagnostics;
    EXPECT_EQ(definition(dsn, diagnostics)->describe(), "sqlite " + folder_ + "/a.db");
  }
  Diagnostics diagnostics;
  EXPECT_EQ(definition("sqlite:", diagnostics), nullptr);
  EXPECT_EQ(definition("sqlite::memory:", diagnostics), nullptr);
  EXPECT_EQ(diagnostics.errors().size(), 2u);
}

TEST_F(SqliteTest, AFileThatCannotBeUsedIsExplained) {
  Diagnostics diagnostics;
  const Status missing = definition("sqlite://" + folder_ + "/no/such/folder/a.db", diagnostics)
                             ->check_connect({}, std::chrono::seconds(1));
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().kind(), ErrorKind::user);
  EXPECT_NE(missing.error().message().find("does not exist"), std::string::npos);
  const std::string text_file = folder_ + "/text.db";
  FILE* file = std::fopen(text_file.c_str(), "w");
  std::fputs(std::string(5000, 'x').c_str(), file);
  std::fclose(file);
  const Status garbage =
      definition("sqlite://" + text_file, diagnostics)->check_connect({}, std::chrono::seconds(1));
  ASSERT_FALSE(garbage.ok());
  EXPECT_NE(garbage.error().message().find("not a database"), std::string::npos);
}

TEST_F(SqliteTest, AnOrderThatTextsDoNotKeepCannotTellWhatIsNewer) {
  SinkTable table;
  table.sink = table.table = "t";
  table.schema.fields = {{"k", int64_type, false}, {"d", decimal_type(10, 2), true}};
  table.key = {0};
  table.on_conflict = OnConflict::update_newer;
  table.newer_by = 1;
  Diagnostics diagnostics;
  definition("sqlite:x.db", diagnostics)->check_table(table, {}, diagnostics);
  EXPECT_EQ(diagnostics.errors().size(), 1u);
}

TEST_F(SqliteTest, TablesOfANewerWeirAreLeftAlone) {
  auto store = open();
  ASSERT_TRUE(store->prepare({}, true).ok());
  ASSERT_TRUE(store->administration().value()->query("PRAGMA user_version = 99").ok());
  const Status status = store->prepare({}, true);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message().find("version 99"), std::string::npos);
}

}  // namespace weir::testing
