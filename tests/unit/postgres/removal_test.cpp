// removal_test.cpp — how Postgres finds the rows that are to be removed, and two writers that remove the same ones.
#include <random>
#include <set>
#include <thread>

#include "tests/unit/postgres/postgres_fixture.h"

namespace weir::testing {

class RemovalTest : public PostgresTest {
 protected:
  static std::vector<RowValues> ids(std::int64_t first, std::int64_t count) {
    std::vector<RowValues> keys;
    for (std::int64_t i = first; i < first + count; ++i) keys.push_back({integer(i)});
    return keys;
  }

  /// Waits for what a session reports when it ends.
  std::int64_t counter_when(const std::string& table, const std::string& counter, const std::string& condition) {
    const std::string from = " FROM pg_stat_user_tables WHERE relname = '" + table + "' AND schemaname = current_schema()";
    for (int i = 0; i < 200 && one("SELECT " + condition + from) != "t"; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return std::stoll(one("SELECT " + counter + from));
  }
};

// A table of one page is read faster than its index, and a prepared statement keeps that plan while the table grows.
TEST_F(RemovalTest, RowsAreFoundByTheirKeyHoweverSmallTheTableIs) {
  const SinkTable table = items();
  const SinkTable keys = keys_of(table);
  ASSERT_TRUE(open()->prepare(std::span(&table, 1), true).ok());  // the connection that made the table tells its scans when it ends
  auto store = open_ready({table});
  auto writer = store->writer(0).value();
  std::vector<RowValues> rows;
  for (std::int64_t i = 0; i < 700; ++i) rows.push_back(item(i, "x"));
  EpochBuilder first(1, "0", "1");
  ASSERT_TRUE(writer->commit(first.rows(*store, table, {rows.begin(), rows.begin() + 50}).write()).ok());
  query("VACUUM ANALYZE items");
  const std::int64_t scans = counter_when("items", "seq_scan", "last_vacuum IS NOT NULL");
  std::int64_t position = 1;
  const auto remove = [&](std::int64_t from, std::int64_t count) {
    EpochBuilder epoch(position + 1, std::to_string(position), std::to_string(position + 1));
    ++position;
    return writer->commit(epoch.removals(*store, keys, ids(from, count)).write()).value().tables[0].written;
  };
  for (std::int64_t i = 0; i < 20; ++i) EXPECT_EQ(remove(2 * i, 2), 2);
  EXPECT_EQ(remove(40, 600), 10);
  EpochBuilder more(position + 1, std::to_string(position), std::to_string(position + 1));
  ++position;
  ASSERT_TRUE(writer->commit(more.rows(*store, table, rows).write()).ok());
  EXPECT_EQ(remove(0, 600), 600);
  EXPECT_EQ(remove(600, 100), 100);
  writer.reset();
  EXPECT_EQ(counter_when("items", "seq_scan", "n_tup_del >= 750"), scans);
  EXPECT_EQ(counter_when("items", "n_tup_del", "true"), 750);
}

// Two of the three key columns say nothing, and the staging table has no statistics.
TEST_F(RemovalTest, ManyKeysOfWeirStateAreFoundOneByOne) {
  auto store = open_ready({});
  query("INSERT INTO weir_state SELECT 'pipe', 'windows/1', convert_to(lpad(i::text, 8, '0'), 'UTF8'), '', 1 FROM "
        "generate_series(1, 40000) i; ANALYZE weir_state");
  SinkTable keys;
  keys.sink = keys.table = store->state_table();
  keys.schema.fields = {{"pipeline", string_type, false}, {"name", string_type, false}, {"key", bytes_type, false}};
  keys.key = {0, 1, 2};
  std::vector<RowValues> rows;
  for (int i = 1; i <= 4000; ++i) rows.push_back({text("pipe"), text("windows/1"), Value{bytes_type, fmt::format("{:08}", 10 * i - 9)}});
  auto writer = store->writer(0).value();
  EpochBuilder epoch(1, "0", "1");
  EXPECT_EQ(writer->commit(epoch.removals(*store, keys, rows).write()).value().tables[0].written, 4000);
  writer.reset();
  EXPECT_LT(counter_when("weir_state", "idx_tup_fetch", "n_tup_del >= 4000"), 5000);
  EXPECT_EQ(one("SELECT count(*) FROM weir_state"), "36000");
}

TEST_F(RemovalTest, TwoWritersRemoveAndWriteTheSameKeysWithoutADeadlock) {
  const SinkTable table = items(OnConflict::update);
  const SinkTable keys = keys_of(table);
  auto store = open_ready({table});
  auto leases = store->leases();
  const SplitLeases::FirstPosition second{"views/1", "0"};
  ASSERT_TRUE(leases.value()->add("views", std::span(&second, 1)).ok());
  ASSERT_TRUE(leases.value()->claim("views", "views/1", "", std::chrono::seconds(60)).ok());
  std::vector<std::string> errors(2);
  std::vector<std::thread> threads;
  for (std::size_t lane = 0; lane < 2; ++lane) {
    threads.emplace_back([&, lane] {
      auto writer = store->writer(lane).value();
      std::minstd_rand random(static_cast<unsigned>(lane) + 1);
      for (std::int64_t i = 0; i < 60; ++i) {
        std::set<std::int64_t> numbers;
        while (numbers.size() < (i % 3 == 0 ? 20u : 700u)) numbers.insert(static_cast<std::int64_t>(random() % 2000));
        std::vector<RowValues> removed, written;
        for (const std::int64_t number : numbers) {
          removed.push_back({integer(number)});
          written.push_back(item(number, std::to_string(random() % 10)));
        }
        EpochBuilder epoch(2 * i + static_cast<std::int64_t>(lane), std::to_string(i), std::to_string(i + 1));
        epoch.write().advances[0].split = "views/" + std::to_string(lane);
        const bool removes = (i + static_cast<std::int64_t>(lane)) % 2 == 0;
        auto report = writer->commit((removes ? epoch.removals(*store, keys, removed) : epoch.rows(*store, table, written)).write());
        if (!report.ok()) errors[lane] = report.error().message();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(errors, std::vector<std::string>(2));
  EXPECT_EQ(one("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"), "0");
}

}  // namespace weir::testing
