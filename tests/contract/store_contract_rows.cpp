// store_contract_rows.cpp — rows: conflicts, duplicates, refusals, and what is told about them.
#include "tests/contract/store_contract.h"

namespace weir::testing {

TEST_P(StoreContract, WritesRowsPositionAndLedgerTogether) {
  const SinkTable table = items();
  auto store = open_ready({table});
  auto writer = this->writer(*store);
  EpochBuilder epoch(1, "0", "3");
  const EpochReport report =
      commit(*writer, epoch.rows(*store, table, {item(2, "b"), item(1, "a"), item(3, "c")}, true));
  EXPECT_EQ(report.tables[0].written, 3);
  EXPECT_EQ(report.tables[0].duplicates, 0);
  EXPECT_TRUE(report.tables[0].was_new);
  EXPECT_EQ(query(*store, "SELECT id, name, version FROM items ORDER BY id"),
            (std::vector<std::string>{"1|a|1", "2|b|1", "3|c|1"}));
  EXPECT_EQ(one(*store, "SELECT position, epoch, plan FROM weir_checkpoint"), "3|1|plan1");
  EXPECT_EQ(one(*store, "SELECT source, sink, read, written, duplicates, rejected, epochs FROM weir_ledger"),
            "views|items_sink|3|3|0|0|1");
}

class OnConflictCase {
 public:
  bool is_large;
  bool believed_new;
};

// Each way in must give the same tables: few rows, many rows, many rows that were believed new and are not.
std::vector<OnConflictCase> conflict_cases() {
  return {{false, false}, {false, true}, {true, false}, {true, true}};
}

TEST_P(StoreContract, IgnoreKeepsTheFirstRow) {
  for (const OnConflictCase& way : conflict_cases()) {
    definition_ = GetParam().fresh();
    const std::int64_t half = way.is_large ? 700 : 3;
    const SinkTable table = items(OnConflict::ignore);
    auto store = open_ready({table});
    auto writer = this->writer(*store);
    EpochBuilder first(1, "0", "a");
    commit(*writer, first.rows(*store, table, item_range(0, half), true));
    EpochBuilder second(2, "a", "b");
    const EpochReport report =
        commit(*writer, second.rows(*store, table, item_range(0, 2 * half, "new"), way.believed_new));
    EXPECT_EQ(report.tables[0].written, half);
    EXPECT_EQ(report.tables[0].duplicates, half);
    EXPECT_FALSE(report.tables[0].was_new);
    EXPECT_EQ(one(*store, "SELECT count(*) FROM items WHERE name LIKE 'new%'"), std::to_string(half));
    EXPECT_EQ(one(*store, "SELECT sum(read), sum(written), sum(duplicates) FROM weir_ledger"),
              std::to_string(3 * half) + "|" + std::to_string(2 * half) + "|" + std::to_string(half));
  }
}

TEST_P(StoreContract, UpdateReplacesAndCountsUnchangedRowsAsDuplicates) {
  for (const OnConflictCase& way : conflict_cases()) {
    definition_ = GetParam().fresh();
    const std::int64_t half = way.is_large ? 700 : 3;
    const SinkTable table = items(OnConflict::update);
    auto store = open_ready({table});
    auto writer = this->writer(*store);
    EpochBuilder first(1, "0", "a");
    commit(*writer, first.rows(*store, table, item_range(0, 2 * half), true));
    std::vector<RowValues> rows = item_range(0, half, "changed");
    for (RowValues& row : item_range(half, half)) rows.push_back(row);
    EpochBuilder second(2, "a", "b");
    const EpochReport report = commit(*writer, second.rows(*store, table, rows, way.believed_new));
    EXPECT_EQ(report.tables[0].written, half);
    EXPECT_EQ(report.tables[0].duplicates, half);
    EXPECT_EQ(one(*store, "SELECT count(*) FROM items WHERE name LIKE 'changed%'"), std::to_string(half));
  }
}

TEST_P(StoreContract, UpdateNewerLeavesNewerRowsAlone) {
  for (const OnConflictCase& way : conflict_cases()) {
    definition_ = GetParam().fresh();
    const SinkTable table = items(OnConflict::update_newer);
    auto store = open_ready({table});
    auto writer = this->writer(*store);
    const RowValues undated{integer(4), text("undated"), null_value(int64_type)};
    EpochBuilder first(1, "0", "a");
    commit(*writer, first.rows(*store, table,
                               {item(1, "a", 5), item(2, "a", 5), item(3, "a", 5), undated, item(5, "a", 5),
                                item(6, "a", 5)}));
    std::vector<RowValues> rows{item(1, "newer", 6),
                                item(2, "older", 4),
                                {integer(3), text("undated"), null_value(int64_type)},
                                item(4, "dated", 1),
                                item(5, "as old, later", 5),
                                item(6, "a", 5)};
    if (way.is_large) {
      for (RowValues& row : item_range(1000, 700)) rows.push_back(row);
    }
    EpochBuilder second(2, "a", "b");
    const EpochReport report = commit(*writer, second.rows(*store, table, rows, way.believed_new));
    EXPECT_EQ(report.tables[0].duplicates, 3);
    EXPECT_EQ(query(*store, "SELECT id, name FROM items WHERE id < 10 ORDER BY id"),
              (std::vector<std::string>{"1|newer", "2|a", "3|a", "4|dated", "5|as old, later", "6|a"}));
  }
}

TEST_P(StoreContract, ErrorRejectsARowWhoseKeyIsThere) {
  for (const bool is_large : {false, true}) {
    definition_ = GetParam().fresh();
    const SinkTable table = items(OnConflict::error);
    auto store = open_ready({table});
    auto writer = this->writer(*store);
    EpochBuilder first(1, "0", "a");
    commit(*writer, first.rows(*store, table, {item(7, "old")}));
    EpochBuilder second(2, "a", "b");
    const EpochReport report =
        commit(*writer, second.rows(*store, table, item_range(0, is_large ? 800 : 10)).offsets_from(100));
    EXPECT_EQ(report.tables[0].written, is_large ? 799 : 9);
    EXPECT_EQ(report.tables[0].refused, 1);
    EXPECT_EQ(report.tables[0].refused_rows, (std::vector<std::uint32_t>{7}));
    EXPECT_EQ(one(*store, "SELECT name FROM items WHERE id = 7"), "old");
    EXPECT_EQ(one(*store, "SELECT sink, reason, \"offset\" FROM weir_rejects"), "items_sink|23505|107");
    EXPECT_EQ(one(*store, "SELECT sum(rejected) FROM weir_ledger"), "1");
  }
}

TEST_P(StoreContract, ATableWithoutKeyTakesEveryRow) {
  SinkTable table = items();
  table.key.clear();
  auto store = open_ready({table});
  auto writer = this->writer(*store);
  EpochBuilder few(1, "0", "a");
  commit(*writer, few.rows(*store, table, {item(1, "a"), item(1, "a")}));
  EpochBuilder many(2, "a", "b");
  const EpochReport report = commit(*writer, many.rows(*store, table, item_range(0, 800)));
  EXPECT_EQ(report.tables[0].written, 800);
  EXPECT_EQ(one(*store, "SELECT count(*) FROM items"), "802");
}

TEST_P(StoreContract, RowsTheDatabaseRefusesAreFoundAndTheRestLands) {
  for (const std::int64_t count : {std::int64_t{10}, std::int64_t{3000}}) {
    for (const bool believed_new : {false, true}) {
      definition_ = GetParam().fresh();
      const SinkTable table = items();
      auto store = open();
      auto administration = store->administration();
      ASSERT_TRUE(administration.value()
                      ->query("CREATE TABLE items (id bigint NOT NULL PRIMARY KEY, name text CHECK (name <> "
                              "'bad'), version bigint)")
                      .ok());
      store = open_ready({table});
      auto writer = this->writer(*store);
      std::vector<RowValues> rows = item_range(0, count);
      for (const std::int64_t bad : {std::int64_t{0}, count / 2, count - 1})
        rows[static_cast<std::size_t>(bad)] = item(bad, "bad");
      EpochBuilder epoch(1, "0", "a");
      const EpochReport report = commit(*writer, epoch.rows(*store, table, rows, believed_new));
      EXPECT_EQ(report.tables[0].written, count - 3);
      EXPECT_EQ(report.tables[0].refused, 3);
      EXPECT_EQ(report.tables[0].refused_rows,
                (std::vector<std::uint32_t>{0, static_cast<std::uint32_t>(count / 2),
                                            static_cast<std::uint32_t>(count - 1)}));
      EXPECT_EQ(one(*store, "SELECT count(*) FROM items"), std::to_string(count - 3));
      EXPECT_EQ(query(*store, "SELECT DISTINCT reason FROM weir_rejects"),
                (std::vector<std::string>{"23514"}));
      EXPECT_EQ(one(*store, "SELECT read, written, rejected FROM weir_ledger"),
                std::to_string(count) + "|" + std::to_string(count - 3) + "|3");
    }
  }
}

TEST_P(StoreContract, ATableThatRefusesMostRowsStopsTheRun) {
  const SinkTable table = items();
  auto store = open();
  ASSERT_TRUE(store->administration()
                  .value()
                  ->query("CREATE TABLE items (id bigint NOT NULL PRIMARY KEY, name text CHECK (name = ''), "
                          "version bigint)")
                  .ok());
  store = open_ready({table});
  auto writer = this->writer(*store);
  EpochBuilder epoch(1, "0", "a");
  auto report = writer->commit(epoch.rows(*store, table, item_range(0, 800)).write());
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().kind(), ErrorKind::fatal);
  EXPECT_NE(report.error().message().find("items"), std::string::npos);
  EXPECT_EQ(one(*store, "SELECT count(*) FROM weir_rejects"), "0");
  EXPECT_EQ(one(*store, "SELECT position FROM weir_checkpoint"), "0");
}

TEST_P(StoreContract, AForeignKeyRefusesOnlyItsOwnRow) {
  SinkTable parent = items();
  SinkTable child = items();
  child.sink = "child_sink";
  child.table = "child";
  child.references = {{{"version"}, "items", {"id"}}};
  auto store = open_ready({child, parent});
  auto writer = this->writer(*store);
  EpochBuilder epoch(1, "0", "a");
  epoch.rows(*store, parent, {item(1, "a"), item(2, "b")});
  const EpochReport report =
      commit(*writer, epoch.rows(*store, child, {item(10, "x", 1), item(11, "y", 99), item(12, "z", 2)}));
  EXPECT_EQ(report.tables[1].written, 2);
  EXPECT_EQ(report.tables[1].refused_rows, (std::vector<std::uint32_t>{1}));
  EXPECT_EQ(one(*store, "SELECT sink, reason FROM weir_rejects"), "child_sink|23503");
}

TEST_P(StoreContract, EncoderRefusesWhatCannotBeHeld) {
  SinkTable table = items();
  table.schema.fields[0].type = string_type;
  auto store = open();
  auto chunk = encode(*store, table,
                      {{text("a"), text("fine"), integer(1)},
                       {null_value(string_type), text("no key"), integer(1)},
                       {text("b"), text(std::string("nul\0here", 8)), integer(1)},
                       {text(std::string(2001, 'k')), text("long key"), integer(1)},
                       {text("c"), null_value(string_type), null_value(int64_type)}});
  std::vector<std::string> refused;
  for (const RefusedRecord& record : chunk->rows.refused)
    refused.push_back(std::to_string(record.record) + " " + record.code);
  std::sort(refused.begin(), refused.end());
  EXPECT_EQ(refused, (std::vector<std::string>{"1 null_key", "2 nul_character", "3 key_too_long"}));
  ASSERT_EQ(chunk->rows.rows.size(), 2u);
  EXPECT_EQ(chunk->rows.rows[1].record, 4u);
  EXPECT_LT(chunk->rows.rows[0].order, chunk->rows.rows[1].order);
}

TEST_P(StoreContract, HoldsEveryType) {
  SinkTable table;
  table.sink = "all";
  table.table = "all types";
  table.schema.fields = {
      {"k", string_type, false},  {"b", boolean_type, true}, {"i", int32_type, true},
      {"l", int64_type, true},    {"f", float64_type, true}, {"d", decimal_type(38, 10), true},
      {"y", bytes_type, true},    {"t", date_type, true},    {"ts", timestamp_type, true},
      {"v", interval_type, true}, {"j", json_type, true},    {"Weird \"name", string_type, true}};
  table.key = {0};
  auto store = open_ready({table});
  auto writer = this->writer(*store);
  const Int128 wide = *parse_decimal("1234567890123456789012345678.0123456789", 38, 10);
  RowValues full{text("é"),
                 {boolean_type, true},
                 {int32_type, std::int32_t{-7}},
                 integer(9'007'199'254'740'993),
                 {float64_type, 0.1},
                 {decimal_type(38, 10), wide},
                 {bytes_type, std::string("\0\xFF", 2)},
                 {date_type, std::int32_t{19'000}},
                 {timestamp_type, std::int64_t{1'700'000'000'123'456}},
                 {interval_type, Interval{14, 3, 4'000'000'000}},
                 {json_type, std::string("{\"a\": 1}")},
                 text("x")};
  RowValues empty{text("empty")};
  for (std::size_t i = 1; i < full.size(); ++i) empty.push_back(null_value(table.schema.fields[i].type));
  EpochBuilder epoch(1, "0", "a");
  const EpochReport report = commit(*writer, epoch.rows(*store, table, {full, empty}));
  EXPECT_EQ(report.tables[0].written, 2);
  EXPECT_EQ(
      query(*store, "SELECT k, i, l, f, CAST(d AS text), \"Weird \"\"name\" FROM \"all types\" ORDER BY k"),
      (std::vector<std::string>{"empty|~|~|~|~|~",
                                "é|-7|9007199254740993|0.1|1234567890123456789012345678.0123456789|x"}));
  EXPECT_EQ(one(*store,
                "SELECT count(*) FROM \"all types\" WHERE t IS NULL AND ts IS NULL AND v IS NULL AND j IS "
                "NULL AND y IS NULL AND b IS NULL"),
            "1");
}

}  // namespace weir::testing
