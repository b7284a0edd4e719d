// writer_test.cpp — commits of several writers at once, lost connections, stopped owners.
#include <atomic>
#include <random>
#include <thread>

#include "tests/unit/postgres/postgres_fixture.h"

namespace weir::testing {

using std::chrono::milliseconds;

class WriterTest : public PostgresTest {};

TEST_F(WriterTest, TwoWritersWithOverlappingKeysDoNotBlockEachOther) {
  const SinkTable table = items(OnConflict::update);
  auto store = open_ready({table});
  std::vector<SplitLeases::FirstPosition> splits{{"views/1", "0"}};
  auto leases = store->leases();
  ASSERT_TRUE(leases.value()->add("views", splits).ok());
  ASSERT_TRUE(leases.value()->claim("views", "views/1", "", std::chrono::seconds(60)).ok());
  std::vector<std::string> errors(2);
  std::vector<std::thread> threads;
  for (std::size_t lane = 0; lane < 2; ++lane) {
    threads.emplace_back([&, lane] {
      auto writer = store->writer(lane).value();
      std::minstd_rand random(static_cast<unsigned>(lane) + 1);
      for (std::int64_t i = 0; i < 60; ++i) {
        std::map<std::int64_t, RowValues> rows;
        const std::size_t size = i % 3 == 0 ? 20 : 600;
        while (rows.size() < size) {
          const std::int64_t id = random() % 2000;
          rows[id] = item(id, std::to_string(random() % 10));
        }
        std::vector<RowValues> list;
        for (auto& [id, row] : rows) list.push_back(row);
        EpochBuilder epoch(2 * i + static_cast<std::int64_t>(lane), std::to_string(i), std::to_string(i + 1));
        epoch.write().advances[0].split = "views/" + std::to_string(lane);
        auto report = writer->commit(epoch.rows(*store, table, list, i % 5 == 0).write());
        if (!report.ok()) errors[lane] = report.error().message();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(errors, std::vector<std::string>(2));
  EXPECT_EQ(one("SELECT count(*) FROM weir_ledger"), "120");
  EXPECT_EQ(one("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"), "0");
}

TEST_F(WriterTest, AFailedConnectionIsMadeAgain) {
  const SinkTable table = items();
  auto store = open_ready({table});
  auto writer = store->writer(0).value();
  EpochBuilder first(1, "0", "1");
  ASSERT_TRUE(writer->commit(first.rows(*store, table, {item(1, "a")}).write()).ok());
  query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = "
      "'weir-00000000000000aa'");
  EpochBuilder second(2, "1", "2");
  second.rows(*store, table, {item(2, "b")});
  auto report = writer->commit(second.write());
  if (!report.ok()) {
    EXPECT_EQ(report.error().kind(), ErrorKind::service);
    report = writer->commit(second.write());
  }
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(one("SELECT count(*) FROM items"), "2");
}

TEST_F(WriterTest, LostRepliesOfLargeEpochsAreResolvedBothWays) {
  const SinkTable table = items();
  auto store = open_ready({table});
  auto writer = store->writer(0).value();
  std::int64_t position = 0;
  for (const std::string place : {"commit_sent_no_reply", "commit_cut_before_send"}) {
    for (int round = 0; round < 10; ++round, ++position) {
      EpochBuilder epoch(position + 1, std::to_string(position), std::to_string(position + 1));
      std::vector<RowValues> rows;
      for (std::int64_t i = 0; i < 700; ++i) rows.push_back(item(position * 700 + i, "x"));
      epoch.rows(*store, table, rows, round % 2 == 0);
      failpoint::arm(place + ":1:cut");
      ASSERT_FALSE(writer->commit(epoch.write()).ok());
      auto report = writer->commit(epoch.write());
      ASSERT_TRUE(report.ok()) << report.error().message();
      EXPECT_EQ(report->tables[0].written, 700);
    }
  }
  EXPECT_EQ(one("SELECT count(*) FROM items"), std::to_string(position * 700));
  EXPECT_EQ(
      one("SELECT sum(read), sum(written), count(*) FROM weir_ledger"),
      std::to_string(position * 700) + "|" + std::to_string(position * 700) + "|" + std::to_string(position));
}

TEST_F(WriterTest, ASuccessorEndsTheTransactionOfAStoppedOwner) {
  const SinkTable table = items();
  auto store = open_ready({table});
  std::atomic<bool> is_stopped = false;
  std::string zombie_kind;
  // The zombie stands between its compare-and-set and COMMIT, and holds the row's lock.
  failpoint::arm("before_commit:1:delay_9000");
  std::jthread zombie([&] {
    auto writer = store->writer(0).value();
    EpochBuilder epoch(1, "0", "1");
    epoch.rows(*store, table, {item(1, "zombie")});
    is_stopped = true;
    auto report = writer->commit(epoch.write());
    if (!report.ok() && report.error().kind() == ErrorKind::service) report = writer->commit(epoch.write());
    zombie_kind = report.ok()                                  ? "committed"
                  : report.error().kind() == ErrorKind::fenced ? "fenced"
                                                               : report.error().message();
  });
  while (!is_stopped) std::this_thread::sleep_for(milliseconds(10));
  std::this_thread::sleep_for(milliseconds(300));
  auto successor = open("00000000000000bb@host/boot/ns/2/2");
  auto leases = successor->leases().value();
  // As every start of a stateful pipeline does before it claims the state. Were it to wait for the row, it would never come to end that transaction.
  const std::vector<SplitLeases::FirstPosition> splits{{"views/0", "7"}, {"views/1", "5"}};
  const Status added = leases->add("views", splits);
  ASSERT_TRUE(added.ok()) << added.error().message();
  auto claimed = leases->claim("views", "views/0", owner, std::chrono::seconds(60));
  ASSERT_TRUE(claimed.ok()) << claimed.error().message();
  ASSERT_TRUE(claimed->has_value());
  EXPECT_EQ(**claimed, "0");
  auto writer = successor->writer(0).value();
  EpochBuilder epoch(1, "0", "1");
  ASSERT_TRUE(writer->commit(epoch.rows(*successor, table, {item(1, "successor")}).write()).ok());
  zombie.join();
  EXPECT_EQ(zombie_kind, "fenced");
  EXPECT_EQ(one("SELECT name FROM items"), "successor");
  EXPECT_EQ(query("SELECT split, position FROM weir_checkpoint ORDER BY split"), (std::vector<std::string>{"views/0|1", "views/1|5"}));
}

TEST_F(WriterTest, ASuccessorDoesNotWaitForRowsThatAStoppedOwnerHasWritten) {
  const SinkTable table = items(OnConflict::update);
  auto store = open_ready({table});
  const auto rows_of = [](const std::string& name) {  // so many that they are not sent together with the splits
    std::vector<RowValues> rows;
    for (std::int64_t id = 0; id < 700; ++id) rows.push_back(item(id, name));
    return rows;
  };
  std::atomic<bool> has_ended = false;
  std::atomic<bool> is_fenced = false;
  // The zombie has written its rows, and not come to its splits yet: these can be had at once.
  failpoint::arm("offset_cas:1:delay_9000");
  std::jthread zombie([&] {
    auto writer = store->writer(0).value();
    EpochBuilder epoch(1, "0", "1");
    epoch.rows(*store, table, rows_of("zombie"));
    auto report = writer->commit(epoch.write());
    has_ended = true;
    if (!report.ok() && report.error().kind() == ErrorKind::service) report = writer->commit(epoch.write());
    is_fenced = !report.ok() && report.error().kind() == ErrorKind::fenced;
  });
  std::this_thread::sleep_for(milliseconds(500));
  auto successor = open("00000000000000bb@host/boot/ns/2/2");
  auto claimed = successor->leases().value()->claim("views", "views/0", owner, std::chrono::seconds(60));
  EXPECT_TRUE(claimed.ok() && claimed->has_value());
  auto writer = successor->writer(0).value();
  EpochBuilder epoch(1, "0", "1");
  const auto report = writer->commit(epoch.rows(*successor, table, rows_of("successor")).write());
  EXPECT_TRUE(report.ok()) << report.error().message();
  EXPECT_FALSE(has_ended);
  zombie.join();
  EXPECT_TRUE(is_fenced);
  EXPECT_EQ(one("SELECT DISTINCT name FROM items"), "successor");
}

TEST_F(WriterTest, ADroppedTableStopsTheRun) {
  const SinkTable table = items();
  auto store = open_ready({table});
  auto writer = store->writer(0).value();
  query("DROP TABLE items");
  EpochBuilder epoch(1, "0", "1");
  auto report = writer->commit(epoch.rows(*store, table, {item(1, "a")}).write());
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().kind(), ErrorKind::fatal);
  EXPECT_EQ(report.error().code(), "42P01");
}

TEST_F(WriterTest, ARowThatAnotherUniqueIndexRefusesIsRejected) {
  SinkTable table = items();
  query("CREATE TABLE items (id bigint PRIMARY KEY, name text UNIQUE, version bigint)");
  auto store = open_ready({table});
  auto writer = store->writer(0).value();
  for (const std::int64_t count : {3, 800}) {
    query("TRUNCATE items, weir_rejects");
    query("UPDATE weir_checkpoint SET position = '0'");
    std::vector<RowValues> rows;
    for (std::int64_t i = 0; i < count; ++i) rows.push_back(item(i, i == 2 ? "n1" : "n" + std::to_string(i)));
    EpochBuilder epoch(count, "0", "1");
    auto report = writer->commit(epoch.rows(*store, table, rows, true).write());
    ASSERT_TRUE(report.ok()) << report.error().message();
    EXPECT_EQ(report->tables[0].written, count - 1);
    EXPECT_EQ(report->tables[0].refused, 1);
  }
}

TEST_F(WriterTest, AConstraintThatWaitsForCommitIsCheckedAtOnce) {
  SinkTable table = items();
  query("CREATE TABLE parent (id bigint PRIMARY KEY)");
  query(
      "CREATE TABLE items (id bigint PRIMARY KEY, name text, version bigint REFERENCES parent DEFERRABLE "
      "INITIALLY DEFERRED)");
  query("INSERT INTO parent VALUES (1)");
  auto store = open_ready({table});
  auto writer = store->writer(0).value();
  EpochBuilder epoch(1, "0", "1");
  auto report = writer->commit(epoch.rows(*store, table, {item(1, "a", 1), item(2, "b", 2)}).write());
  ASSERT_TRUE(report.ok()) << report.error().message();
  EXPECT_EQ(report->tables[0].refused_rows, (std::vector<std::uint32_t>{1}));
}

TEST_F(WriterTest, UnchangedRowsAreNotRewritten) {
  const SinkTable table = items(OnConflict::update);
  auto store = open_ready({table});
  auto writer = store->writer(0).value();
  std::vector<RowValues> rows;
  for (std::int64_t i = 0; i < 1000; ++i) rows.push_back(item(i, "x"));
  for (std::int64_t i = 0; i < 5; ++i) {
    EpochBuilder epoch(i + 1, std::to_string(i), std::to_string(i + 1));
    ASSERT_TRUE(writer->commit(epoch.rows(*store, table, rows).write()).ok());
  }
  EXPECT_EQ(one("SELECT max(ctid)::text FROM items"), one("SELECT ctid::text FROM items WHERE id = 999"));
  EXPECT_EQ(one("SELECT count(DISTINCT xmin::text) FROM items"), "1");
}

}  // namespace weir::testing
