// store_contract_upgrade.cpp — the weir_ tables of an earlier version are taken over with what they hold.
#include "tests/contract/store_contract.h"

namespace weir::testing {
namespace {

// As version 1 made them.
const std::vector<std::string>& tables_of_version_1(const std::string& store) {
  static const std::vector<std::string> postgres{
      R"(CREATE TABLE weir_ledger (
  pipeline text NOT NULL, source text NOT NULL, sink text NOT NULL,
  owner text NOT NULL, writer integer NOT NULL DEFAULT 0, first_epoch bigint NOT NULL, last_epoch bigint NOT NULL, epochs bigint NOT NULL DEFAULT 1,
  read bigint NOT NULL, written bigint NOT NULL, duplicates bigint NOT NULL, filtered bigint NOT NULL,
  absorbed bigint NOT NULL, late bigint NOT NULL, rejected bigint NOT NULL,
  committed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pipeline, owner, writer, first_epoch, source, sink, committed_at),
  CONSTRAINT weir_ledger_balances CHECK (read = written + duplicates + filtered + absorbed + late + rejected),
  CONSTRAINT weir_ledger_counts CHECK (least(read, written, duplicates, filtered, absorbed, late) >= 0
    AND (rejected >= 0 OR read = 0 OR owner = ''))))",
      R"(CREATE TABLE weir_rejects (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  pipeline text NOT NULL, source text NOT NULL, split text NOT NULL, "offset" bigint NOT NULL, sink text NOT NULL,
  reason text NOT NULL, message text NOT NULL, payload bytea, payload_size bigint, payload_sha256 bytea, key bytea,
  "timestamp" timestamptz, epoch bigint NOT NULL, rejected_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (pipeline, source, split, "offset", sink)))",
      "COMMENT ON TABLE weir_checkpoint IS 'weir tables, version 1'"};
  static const std::vector<std::string> sqlite{
      R"(CREATE TABLE weir_ledger (
  pipeline TEXT NOT NULL, source TEXT NOT NULL, sink TEXT NOT NULL,
  owner TEXT NOT NULL, first_epoch INTEGER NOT NULL, last_epoch INTEGER NOT NULL, epochs INTEGER NOT NULL DEFAULT 1,
  read INTEGER NOT NULL, written INTEGER NOT NULL, duplicates INTEGER NOT NULL, filtered INTEGER NOT NULL,
  absorbed INTEGER NOT NULL, late INTEGER NOT NULL, rejected INTEGER NOT NULL,
  committed_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')),
  PRIMARY KEY (pipeline, owner, first_epoch, source, sink, committed_at),
  CONSTRAINT weir_ledger_balances CHECK (read = written + duplicates + filtered + absorbed + late + rejected),
  CONSTRAINT weir_ledger_counts CHECK (min(read, written, duplicates, filtered, absorbed, late) >= 0
    AND (rejected >= 0 OR read = 0 OR owner = ''))) STRICT)",
      R"(CREATE TABLE weir_rejects (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pipeline TEXT NOT NULL, source TEXT NOT NULL, split TEXT NOT NULL, "offset" INTEGER NOT NULL, sink TEXT NOT NULL,
  reason TEXT NOT NULL, message TEXT NOT NULL, payload BLOB, payload_size INTEGER, key BLOB,
  "timestamp" INTEGER, epoch INTEGER NOT NULL, rejected_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')),
  UNIQUE (pipeline, source, split, "offset", sink)) STRICT)",
      "PRAGMA user_version = 1"};
  return store == "postgres" ? postgres : sqlite;
}

TEST_P(StoreContract, TablesOfVersion1AreTakenOver) {
  const SinkTable table = items();
  auto store = open_ready({table});
  auto administration = store->administration();
  std::vector<std::string> statements{"DROP TABLE weir_ledger", "DROP TABLE weir_rejects"};
  const auto& tables = tables_of_version_1(GetParam().name);
  statements.insert(statements.end(), tables.begin(), tables.end());
  statements.push_back(
      "INSERT INTO weir_ledger (pipeline, source, sink, owner, first_epoch, last_epoch, read, written, duplicates, filtered, absorbed, late, "
      "rejected) VALUES ('pipe', 'views', 'items', 'gone', 1, 1, 3, 1, 0, 0, 0, 0, 2)");
  statements.push_back(
      "INSERT INTO weir_rejects (pipeline, source, split, \"offset\", sink, reason, message, epoch) "
      "VALUES ('pipe', 'views', 'views/0', 7, 'items', 'overflow', 'too large', 1)");
  for (const std::string& statement : statements) {
    const auto done = administration.value()->query(statement);
    ASSERT_TRUE(done.ok()) << statement << ": " << done.error().message();
  }

  auto later = open();
  ASSERT_EQ(message_of(later->prepare(std::span(&table, 1), false)), "");
  ASSERT_EQ(message_of(later->prepare(std::span(&table, 1), false)), "");  // and again, now that they are of this version
  EXPECT_EQ(one(*later, "SELECT read, expanded, written, rejected, epochs FROM weir_ledger"), "3|0|1|2|1");
  EXPECT_EQ(one(*later, "SELECT \"offset\", sink, part, reason FROM weir_rejects"), "7|items||overflow");

  auto writer = this->writer(*later);
  EpochBuilder epoch(5, "0", "2");
  epoch.reject({"views", "views/0", 41, "items", "0", "overflow", "too large"});
  epoch.reject({"views", "views/0", 41, "items", "1", "overflow", "too large"});
  epoch.write().ledger.push_back({.source = "views", .sink = "items", .read = 1, .expanded = 2, .filtered = 1, .rejected = 2});
  commit(*writer, epoch);
  EXPECT_EQ(one(*later, "SELECT sum(read), sum(expanded), sum(rejected) FROM weir_ledger"), "4|2|4");
  EXPECT_EQ(query(*later, "SELECT \"offset\", part FROM weir_rejects ORDER BY 1, 2"), (std::vector<std::string>{"7|", "41|0", "41|1"}));
  auto totals = later->administration().value()->ledger();
  ASSERT_TRUE(totals.ok());
  EXPECT_EQ((*totals)[0].line.expanded, 2);
}

}  // namespace
}  // namespace weir::testing
