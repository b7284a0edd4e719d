// store_contract_commit.cpp — fences, unknown outcomes, books, rejects.
#include "tests/contract/store_contract.h"

namespace weir::testing {

constexpr const char* other_owner = "00000000000000bb@host/boot/ns/2/2";

TEST_P(StoreContract, AWrongPositionIsFencedAndNothingIsWritten) {
  const SinkTable table = items();
  auto store = open_ready({table});
  auto writer = this->writer(*store);
  EpochBuilder epoch(1, "not 0", "3");
  auto report = writer->commit(epoch.rows(*store, table, item_range(0, 800), true).write());
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().kind(), ErrorKind::fenced);
  EXPECT_EQ(one(*store, "SELECT count(*) FROM items"), "0");
  EXPECT_EQ(one(*store, "SELECT count(*) FROM weir_ledger"), "0");
}

TEST_P(StoreContract, AZombieWhoseSplitWasTakenCommitsNothing) {
  const SinkTable table = items();
  auto store = open_ready({table});
  auto writer = this->writer(*store);
  auto successor = open(other_owner);
  auto leases = successor->leases();
  auto position = leases.value()->claim("views", "views/0", identity().owner, std::chrono::seconds(60));
  ASSERT_TRUE(position.ok() && position->has_value());
  EXPECT_EQ(**position, "0");
  EpochBuilder late(1, "0", "1");
  auto report = writer->commit(late.rows(*store, table, {item(1, "zombie")}).write());
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().kind(), ErrorKind::fenced);
  EXPECT_EQ(one(*store, "SELECT count(*) FROM items"), "0");
  auto next = this->writer(*successor);
  EpochBuilder good(1, "0", "1");
  EXPECT_EQ(commit(*next, good.rows(*successor, table, {item(1, "successor")})).tables[0].written, 1);
}

TEST_P(StoreContract, ACommitWhoseReplyIsLostIsFoundCommitted) {
  const SinkTable table = items();
  auto store = open_ready({table});
  auto writer = this->writer(*store);
  failpoint::arm("commit_sent_no_reply:1:cut");
  EpochBuilder epoch(1, "0", "2");
  epoch.rows(*store, table, {item(1, "a"), item(2, "b")});
  auto lost = writer->commit(epoch.write());
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().kind(), ErrorKind::service);
  const EpochReport report = commit(*writer, epoch);
  EXPECT_EQ(report.tables[0].written, 2);
  EXPECT_EQ(one(*store, "SELECT count(*) FROM items"), "2");
  EXPECT_EQ(one(*store, "SELECT sum(read), sum(epochs) FROM weir_ledger"), "2|1");
  EpochBuilder next(2, "2", "3");
  commit(*writer, next.rows(*store, table, {item(3, "c")}));
}

TEST_P(StoreContract, AnErrorAfterTheCommitIsFoundCommittedToo) {
  const SinkTable table = items();
  auto store = open_ready({table});
  auto writer = this->writer(*store);
  failpoint::arm("after_commit:1:error");
  EpochBuilder epoch(1, "0", "2");
  epoch.rows(*store, table, {item(1, "a"), item(2, "b")});
  ASSERT_FALSE(writer->commit(epoch.write()).ok());
  EXPECT_EQ(commit(*writer, epoch).tables[0].written, 2);
  EXPECT_EQ(one(*store, "SELECT sum(read), sum(epochs) FROM weir_ledger"), "2|1");
}

TEST_P(StoreContract, ACommitThatNeverArrivedIsRepeated) {
  const SinkTable table = items();
  auto store = open_ready({table});
  auto writer = this->writer(*store);
  failpoint::arm("commit_cut_before_send:1:cut");
  EpochBuilder epoch(1, "0", "2");
  epoch.rows(*store, table, {item(1, "a"), item(2, "b")});
  auto lost = writer->commit(epoch.write());
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().kind(), ErrorKind::service);
  EXPECT_EQ(commit(*writer, epoch).tables[0].written, 2);
  EXPECT_EQ(one(*store, "SELECT sum(read), sum(epochs) FROM weir_ledger"), "2|1");
}

TEST_P(StoreContract, AnErrorAnywhereLeavesNothingBehind) {
  for (const std::string place :
       {"before_begin", "copy_mid", "insert_select", "offset_cas", "ledger_insert", "before_commit"}) {
    definition_ = GetParam().fresh();
    const SinkTable table = items();
    auto store = open_ready({table});
    auto writer = this->writer(*store);
    failpoint::arm(place + ":1:error");
    EpochBuilder epoch(1, "0", "2");
    epoch.rows(*store, table, item_range(0, 800), true);
    auto failed = writer->commit(epoch.write());
    if (failed.ok()) continue;  // a place that this store does not have
    EXPECT_EQ(failed.error().kind(), ErrorKind::service) << place;
    EXPECT_EQ(one(*store, "SELECT count(*) FROM items"), "0") << place;
    EXPECT_EQ(commit(*writer, epoch).tables[0].written, 800) << place;
    EXPECT_EQ(one(*store, "SELECT sum(epochs) FROM weir_ledger"), "1") << place;
  }
}

// What another lane's open epoch may turn out to have written comes as a second write of the same table, of rows whose
// keys may be there already; by staging, both go through the same temporary table.
TEST_P(StoreContract, ATableMayComeTwiceInAnEpoch) {
  for (const bool believed_new : {true, false}) {
    definition_ = GetParam().fresh();
    const SinkTable table = items();
    auto store = open_ready({table});
    auto writer = this->writer(*store);
    EpochBuilder epoch(1, "0", "2");
    epoch.rows(*store, table, item_range(0, 700), believed_new).rows(*store, table, item_range(500, 700));
    EpochWrite& write = epoch.write();
    write.tables[1].ledger_line = 0;
    write.ledger[0].read += write.ledger[1].read;
    write.ledger.pop_back();
    const EpochReport report = commit(*writer, epoch);
    EXPECT_EQ(report.tables[0].written, 700);
    EXPECT_EQ(report.tables[1].written, 500);
    EXPECT_EQ(one(*store, "SELECT count(*) FROM items"), "1200");
    EXPECT_EQ(one(*store, "SELECT sum(read), sum(written), sum(duplicates) FROM weir_ledger"), "1400|1200|200");
    EpochBuilder next(2, "2", "3");
    EXPECT_EQ(commit(*writer, next.rows(*store, table, item_range(1199, 600))).tables[0].written, 599);
  }
}

TEST_P(StoreContract, TheLedgerItselfRefusesBooksThatDoNotBalance) {
  const SinkTable table = items();
  auto store = open_ready({table});
  auto writer = this->writer(*store);
  EpochBuilder epoch(1, "0", "2");
  epoch.rows(*store, table, {item(1, "a")});
  epoch.write().ledger[0].read = 2;
  auto report = writer->commit(epoch.write());
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().kind(), ErrorKind::fatal);
  EXPECT_EQ(one(*store, "SELECT count(*) FROM items"), "0");
  EXPECT_EQ(one(*store, "SELECT position FROM weir_checkpoint"), "0");
}

TEST_P(StoreContract, OldLedgerLinesAreFoldedAndTheSumsStay) {
  const SinkTable table = items();
  auto store = open_ready({table});
  auto writer = this->writer(*store);
  constexpr std::int64_t epochs = 1400;
  for (std::int64_t i = 1; i <= epochs; ++i) {
    EpochBuilder epoch(i, std::to_string(i - 1), std::to_string(i));
    commit(*writer, epoch.rows(*store, table, {item(i % 100, "a")}));
  }
  EXPECT_EQ(one(*store, "SELECT sum(read), sum(written), sum(duplicates), sum(epochs) FROM weir_ledger"),
            "1400|100|1300|1400");
  EXPECT_LT(std::stoi(one(*store, "SELECT count(*) FROM weir_ledger")), 1300);
  auto totals = store->administration().value()->ledger();
  ASSERT_TRUE(totals.ok());
  ASSERT_EQ(totals->size(), 1u);
  EXPECT_EQ((*totals)[0].line.read, epochs);
  EXPECT_EQ((*totals)[0].epochs, epochs);
}

TEST_P(StoreContract, RejectsKeepTheirBytesWhateverTheyAre) {
  const SinkTable table = items();
  auto store = open_ready({table});
  auto writer = this->writer(*store);
  const std::string payload("bad \xFF\0 bytes", 12);
  EpochBuilder epoch(5, "0", "2");
  epoch.reject(
      {"views", "views/0", 41, "", "2.0", "not_json", "near \xFF\xFE here", payload, "key", 1'700'000'000'000'000});
  epoch.reject({"views", "views/0", 42, "", "", "tombstone", "no value"});
  commit(*writer, epoch);
  auto administration = store->administration();
  auto rejects = administration.value()->rejects({});
  ASSERT_TRUE(rejects.ok());
  ASSERT_EQ(rejects->size(), 2u);
  const StoredReject& first = (*rejects)[0];
  EXPECT_EQ(first.epoch, 5);
  EXPECT_EQ(first.row.payload, payload);
  EXPECT_EQ(first.row.part, "2.0");
  EXPECT_EQ((*rejects)[1].row.part, "");
  EXPECT_EQ(first.row.key, "key");
  EXPECT_EQ(first.row.offset, 41);
  EXPECT_EQ(first.row.timestamp, 1'700'000'000'000'000);
  EXPECT_EQ(first.row.message, "near \xEF\xBF\xBD\xEF\xBF\xBD here");
  EXPECT_FALSE((*rejects)[1].row.payload.has_value());
  EXPECT_EQ((*rejects)[1].row.timestamp, no_timestamp);
  auto filtered = administration.value()->rejects({.reason = "tombstone"});
  EXPECT_EQ(filtered->size(), 1u);
  auto counts = administration.value()->reject_counts();
  EXPECT_EQ(counts->size(), 2u);
  const std::int64_t id = first.id;
  EXPECT_TRUE(administration.value()->delete_rejects(std::span(&id, 1)).ok());
  EXPECT_EQ(administration.value()->rejects({})->size(), 1u);
}

TEST_P(StoreContract, ManyRejectsOfAnEpochAreAllThereInTheirOrder) {
  const SinkTable table = items();
  auto store = open_ready({table});
  auto writer = this->writer(*store);
  constexpr std::int64_t count = 2500;
  EpochBuilder epoch(1, "0", "2500");
  for (std::int64_t i = 0; i < count; ++i) {
    RejectedRow row{"views", "views/0", i, i % 2 == 0 ? "" : "items_sink", "", "not_json", fmt::format("the {}th, \"quoted\", {{braced}}", i)};
    if (i % 3 != 0) row.payload = std::string(static_cast<std::size_t>(i), 'x');
    if (i % 5 != 0) row.key = fmt::format("key {}", i);
    if (i % 7 != 0) row.timestamp = 1'700'000'000'000'000 + i;
    epoch.reject(std::move(row));
  }
  commit(*writer, epoch);
  auto rejects = store->administration().value()->rejects({.limit = 10'000});
  ASSERT_TRUE(rejects.ok());
  ASSERT_EQ(rejects->size(), static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    const RejectedRow& row = (*rejects)[static_cast<std::size_t>(i)].row;
    ASSERT_EQ(row.offset, i);
    ASSERT_EQ(row.sink, i % 2 == 0 ? "" : "items_sink");
    ASSERT_EQ(row.message, fmt::format("the {}th, \"quoted\", {{braced}}", i));
    ASSERT_EQ(row.payload, i % 3 == 0 ? std::nullopt : std::optional(std::string(static_cast<std::size_t>(i), 'x')));
    ASSERT_EQ(row.key, i % 5 == 0 ? std::nullopt : std::optional(fmt::format("key {}", i)));
    ASSERT_EQ(row.timestamp, i % 7 == 0 ? no_timestamp : 1'700'000'000'000'000 + i);
  }
}

TEST_P(StoreContract, ARejectThatComesTwiceInAnEpochIsThereAsItCameLast) {
  const SinkTable table = items();
  auto store = open_ready({table});
  auto writer = this->writer(*store);
  EpochBuilder epoch(1, "0", "2");
  epoch.reject({"views", "views/0", 1, "", "", "not_json", "first"});
  epoch.reject({"views", "views/0", 2, "", "", "not_json", "another"});
  epoch.reject({"views", "views/0", 1, "", "", "late", "last"});
  commit(*writer, epoch);
  EXPECT_EQ(one(*store, "SELECT count(*) FROM weir_rejects"), "2");
  EXPECT_EQ(one(*store, "SELECT reason, message FROM weir_rejects WHERE \"offset\" = 1"), "late|last");
}

TEST_P(StoreContract, StateIsATableLikeOthersAndIsReadBack) {
  const SinkTable table = items();
  auto store = open_ready({table});
  SinkTable state;
  state.sink = "weir_state";
  state.table = store->state_table();
  state.schema.fields = {{"pipeline", string_type, false}, {"name", string_type, false}, {"key", bytes_type, false},
                         {"value", bytes_type, false},     {"epoch", int64_type, false}};
  state.key = {0, 1, 2};
  state.on_conflict = OnConflict::update;
  auto writer = this->writer(*store);
  const auto group = [](const std::string& name, const std::string& key, const std::string& value, std::int64_t epoch) {
    return RowValues{text("pipe"), text(name), Value{bytes_type, key}, Value{bytes_type, value}, integer(epoch)};
  };
  // Few rows, and more than go in one by one.
  std::vector<RowValues> many{group("b/1", std::string("\0\xff", 2), std::string("v\0\xfe", 3), 1), group("a/1", "", "", 1)};
  for (int i = 0; i < 12'000; ++i) many.push_back(group("c/1", std::to_string(i), "first", 1));
  many.push_back({text("other pipeline"), text("a/1"), Value{bytes_type, "k"}, Value{bytes_type, "not ours"}, integer(1)});
  EpochBuilder first(1, "0", "2");
  first.rows(*store, state, many);
  first.write().tables[0].ledger_line = no_ledger_line;
  first.write().ledger.clear();
  commit(*writer, first);
  EpochBuilder second(2, "2", "3");
  second.rows(*store, state, {group("c/1", "7", "second", 2), group("a/1", "", "w", 2)});
  second.write().tables[0].ledger_line = no_ledger_line;
  second.write().ledger.clear();
  commit(*writer, second);
  EXPECT_EQ(one(*store, "SELECT count(*) FROM weir_ledger"), "0");

  std::map<std::string, std::map<std::string, int>> found;
  auto administration = store->administration();
  const Status read = administration.value()->read_state([&](const StoredState& row) -> Status {
    ++found[std::string(row.name)][std::string(row.value)];
    return {};
  });
  ASSERT_EQ(message_of(read), "");
  const std::map<std::string, std::map<std::string, int>> expected{
      {"a/1", {{"w", 1}}}, {"b/1", {{std::string("v\0\xfe", 3), 1}}}, {"c/1", {{"first", 11'999}, {"second", 1}}}};
  EXPECT_EQ(found, expected);
  const Status refused = administration.value()->read_state([](const StoredState&) -> Status { return Error{ErrorKind::fatal, "enough"}; });
  EXPECT_EQ(message_of(refused), "enough");
}

TEST_P(StoreContract, AReplaySettlesRejectsInTheSameTransaction) {
  const SinkTable table = items();
  auto store = open_ready({table});
  auto writer = this->writer(*store);
  EpochBuilder epoch(1, "0", "2");
  epoch.reject({"views", "views/0", 1, "items_sink", "", "22003", "too large", "{}"});
  epoch.write().ledger.push_back({.source = "views", .sink = "items_sink", .read = 1, .rejected = 1});
  commit(*writer, epoch);
  const std::int64_t id = store->administration().value()->rejects({})->front().id;
  EpochBuilder replay(2, "", "");
  replay.rows(*store, table, {item(1, "put right")});
  replay.write().advances.clear();
  replay.write().settled_rejects = {id};
  replay.write().ledger[0].read = 0;
  replay.write().ledger[0].rejected = -1;
  commit(*writer, replay);
  EXPECT_EQ(one(*store, "SELECT count(*) FROM weir_rejects"), "0");
  EXPECT_EQ(one(*store, "SELECT sum(read), sum(written), sum(rejected) FROM weir_ledger"), "1|1|0");
  EpochBuilder again(3, "", "");
  again.rows(*store, table, {item(2, "twice")});
  again.write().advances.clear();
  again.write().settled_rejects = {id};
  again.write().ledger[0].read = 0;
  again.write().ledger[0].rejected = -1;
  auto report = writer->commit(again.write());
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().kind(), ErrorKind::fatal);
  EXPECT_EQ(one(*store, "SELECT count(*) FROM items"), "1");
}

}  // namespace weir::testing
