// store_contract_removals.cpp — rows removed by key: every type of key, few and many, alone and beside rows, through lost replies.
#include <limits>
#include <set>

#include "tests/contract/store_contract.h"

namespace weir::testing {
namespace {

// How many keys go one by one, and how many do not, in every store.
constexpr std::int64_t few = 6;
constexpr std::int64_t many = 1'500;

std::vector<RowValues> ids(std::int64_t first, std::int64_t count) {
  std::vector<RowValues> keys;
  for (std::int64_t i = first; i < first + count; ++i) keys.push_back({integer(i)});
  return keys;
}

struct KeyCase {
  const char* name;
  Type type;
  std::function<Value(std::int64_t)> value;  // another one for every number
  std::int64_t values = 2 * many;            // how many there are
};

// From the outermost values inwards: what a type holds at its ends is among the few.
std::int64_t from_both_ends(std::int64_t i, std::int64_t least, std::int64_t most) { return i % 2 == 0 ? least + i / 2 : most - i / 2; }

std::vector<KeyCase> key_cases() {
  constexpr std::int64_t day = 86'400'000'000;
  const Type money = decimal_type(20, 4);
  const auto decimal_of = [money](std::int64_t i) { return Value{money, Int128{i % 2 == 0 ? i * 10'001 : -i * 10'000}}; };
  const auto text_of = [](std::int64_t i) { return text(i == 0 ? "" : i == 1 ? "it's \"é\" \\x" : "key " + std::to_string(i)); };
  const auto bytes_of = [](std::int64_t i) {
    return Value{bytes_type, i == 0 ? std::string() : std::string("\0\xFF'", 3) + std::to_string(i)};
  };
  return {{"text", string_type, text_of},
          {"bytes", bytes_type, bytes_of},
          {"bigint", int64_type,
           [](std::int64_t i) {
             return integer(from_both_ends(i, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()));
           }},
          {"int", int32_type,
           [](std::int64_t i) {
             return Value{int32_type, static_cast<std::int32_t>(from_both_ends(i, std::numeric_limits<std::int32_t>::min(),
                                                                               std::numeric_limits<std::int32_t>::max()))};
           }},
          {"decimal", money, decimal_of},
          {"double", float64_type, [](std::int64_t i) { return Value{float64_type, static_cast<double>(i) / 3 - 1e-300}; }},
          {"date", date_type, [](std::int64_t i) { return Value{date_type, static_cast<std::int32_t>(from_both_ends(i, -700'000, 2'900'000))}; }},
          {"timestamp", timestamp_type, [=](std::int64_t i) { return Value{timestamp_type, from_both_ends(i, -700'000 * day - 1, 2'900'000 * day + 1)}; }},
          {"interval", interval_type, [](std::int64_t i) { return Value{interval_type, Interval{0, 0, 1'000 * (i - 1)}}; }},
          {"bool", boolean_type, [](std::int64_t i) { return Value{boolean_type, i == 1}; }, 2}};
}

/// A table whose one key column stands behind the others.
SinkTable table_by(const KeyCase& key) {
  SinkTable table;
  table.sink = "by_sink";
  table.table = std::string("by ") + key.name;
  table.schema.fields = {{"number", int64_type, true}, {"the \"key\"", key.type, false}};
  table.key = {1};
  table.on_conflict = OnConflict::update;
  return table;
}

// As a lane does: a service error is answered by trying again.
EpochReport commit_patiently(EpochWriter& writer, EpochBuilder& epoch) {
  Result<EpochReport> report = writer.commit(epoch.write());
  if (!report.ok() && report.error().kind() == ErrorKind::service) report = writer.commit(epoch.write());
  EXPECT_TRUE(report.ok()) << (report.ok() ? "" : report.error().message());
  return report.ok() ? *report : EpochReport{std::vector<TableReport>(epoch.write().tables.size())};
}

}  // namespace

TEST_P(StoreContract, RemovesRowsByKeysOfEveryType) {
  for (const KeyCase& key : key_cases()) {
    SCOPED_TRACE(key.name);
    const std::int64_t rows = std::min<std::int64_t>(2 * many, key.values);
    definition_ = GetParam().fresh();
    const SinkTable table = table_by(key);
    const SinkTable keys = keys_of(table);
    auto store = open_ready({table});
    auto writer = this->writer(*store);
    std::vector<RowValues> values;
    for (std::int64_t i = 0; i < rows; ++i) values.push_back({integer(i), key.value(i)});
    EpochBuilder first(1, "0", "a");
    ASSERT_EQ(commit(*writer, first.rows(*store, table, values)).tables[0].written, rows);
    // The even ones: a few, then the rest.
    std::vector<RowValues> early, late;
    for (std::int64_t i = 0; i < rows; i += 2) (i < 2 * few ? early : late).push_back({key.value(i)});
    EpochBuilder second(2, "a", "b");
    EXPECT_EQ(commit(*writer, second.removals(*store, keys, early)).tables[0].written, static_cast<std::int64_t>(early.size()));
    EpochBuilder third(3, "b", "c");
    EXPECT_EQ(commit(*writer, third.removals(*store, keys, late)).tables[0].written, static_cast<std::int64_t>(late.size()));
    EXPECT_EQ(one(*store, "SELECT count(*), min(number), max(number) FROM \"" + table.table + "\""),
              std::to_string(rows / 2) + "|1|" + std::to_string(rows - 1));
  }
}

TEST_P(StoreContract, AKeyOfSeveralColumnsMustMatchInAll) {
  SinkTable table;
  table.sink = "retail_sink";
  table.table = "retail";
  table.schema.fields = {{"total", decimal_type(18, 2), true}, {"window_end", timestamp_type, false}, {"category", string_type, false},
                         {"payment", string_type, false}};
  table.key = {2, 3, 1};
  table.on_conflict = OnConflict::update;
  const SinkTable keys = keys_of(table);  // window_end, payment, category
  for (const std::int64_t windows : {few, many}) {
    definition_ = GetParam().fresh();
    auto store = open_ready({table});
    auto writer = this->writer(*store);
    std::vector<RowValues> rows, gone;
    for (std::int64_t i = 0; i < windows; ++i) {
      const Value end{timestamp_type, 1'700'000'000'000'000 + i * 300'000'000};
      for (const char* category : {"tea", "te"}) {
        for (const char* payment : {"a", "aa"})
          rows.push_back({Value{decimal_type(18, 2), Int128{i}}, end, text(category), text(payment)});
      }
      gone.push_back({end, text("a"), text("tea")});
      gone.push_back({end, text("tea"), text("a")});  // the same texts the wrong way round
    }
    EpochBuilder first(1, "0", "a");
    commit(*writer, first.rows(*store, table, rows));
    EpochBuilder second(2, "a", "b");
    EXPECT_EQ(commit(*writer, second.removals(*store, keys, gone)).tables[0].written, windows);
    EXPECT_EQ(query(*store, "SELECT category, payment, count(*) FROM retail GROUP BY 1, 2 ORDER BY 1, 2"),
              (std::vector<std::string>{"te|a|" + std::to_string(windows), "te|aa|" + std::to_string(windows),
                                        "tea|aa|" + std::to_string(windows)}));
  }
}

TEST_P(StoreContract, RemovingWhatIsNotThereIsNoError) {
  const SinkTable table = items();
  const SinkTable keys = keys_of(table);
  for (const std::int64_t count : {few, many}) {
    definition_ = GetParam().fresh();
    auto store = open_ready({table});
    auto writer = this->writer(*store);
    EpochBuilder first(1, "0", "a");
    EXPECT_EQ(commit(*writer, first.removals(*store, keys, ids(0, count))).tables[0].written, 0);
    EpochBuilder second(2, "a", "b");
    commit(*writer, second.rows(*store, table, item_range(0, count / 2 + 1)));
    EpochBuilder third(3, "b", "c");
    const EpochReport report = commit(*writer, third.removals(*store, keys, ids(count / 2, count)));
    EXPECT_EQ(report.tables[0].written, 1);
    EXPECT_EQ(report.tables[0].duplicates, 0);
    EXPECT_EQ(report.tables[0].refused, 0);
    EXPECT_FALSE(report.tables[0].was_new);
    EXPECT_EQ(one(*store, "SELECT count(*), max(id) FROM items"), std::to_string(count / 2) + "|" + std::to_string(count / 2 - 1));
    EXPECT_EQ(one(*store, "SELECT position, epoch FROM weir_checkpoint"), "c|3");
    EXPECT_EQ(one(*store, "SELECT sum(read), sum(written) FROM weir_ledger"),
              std::to_string(count / 2 + 1) + "|" + std::to_string(count / 2 + 1));
  }
}

TEST_P(StoreContract, RowsAndRemovalsOfATableStandInOneEpoch) {
  const SinkTable table = items(OnConflict::update);
  const SinkTable keys = keys_of(table);
  for (const bool removals_first : {false, true}) {
    for (const std::int64_t written : {few, many}) {
      for (const std::int64_t removed : {few, many}) {
        definition_ = GetParam().fresh();
        auto store = open_ready({table});
        auto writer = this->writer(*store);
        EpochBuilder first(1, "0", "a");
        commit(*writer, first.rows(*store, table, item_range(0, removed + written / 2)));
        // The lower keys go; of the upper ones half are there.
        EpochBuilder second(2, "a", "b");
        if (removals_first) second.removals(*store, keys, ids(0, removed));
        second.rows(*store, table, item_range(removed, written, "changed"));
        if (!removals_first) second.removals(*store, keys, ids(0, removed));
        const EpochReport report = commit(*writer, second);
        EXPECT_EQ(report.tables[removals_first ? 0 : 1].written, removed);
        EXPECT_EQ(report.tables[removals_first ? 1 : 0].written, written);
        EXPECT_EQ(one(*store, "SELECT count(*), min(id), max(id) FROM items WHERE name LIKE 'changed%'"),
                  std::to_string(written) + "|" + std::to_string(removed) + "|" + std::to_string(removed + written - 1));
        EXPECT_EQ(one(*store, "SELECT count(*) FROM items"), std::to_string(written));
        EXPECT_EQ(one(*store, "SELECT read, written FROM weir_ledger WHERE first_epoch = 2"),
                  std::to_string(written) + "|" + std::to_string(written));
      }
    }
  }
}

TEST_P(StoreContract, ARemovedRowMayComeBack) {
  const SinkTable table = items(OnConflict::ignore);
  const SinkTable keys = keys_of(table);
  auto store = open_ready({table});
  auto writer = this->writer(*store);
  std::int64_t position = 0;
  for (const std::int64_t count : {few, many, few}) {
    for (const std::string name : {"first", "second"}) {
      EpochBuilder in(position + 1, std::to_string(position), std::to_string(position + 1));
      EXPECT_EQ(commit(*writer, in.rows(*store, table, item_range(0, count, name), count == many)).tables[0].written, count);
      ++position;
      EXPECT_EQ(one(*store, "SELECT count(*) FROM items WHERE name LIKE '" + name + "%'"), std::to_string(count));
      EpochBuilder out(position + 1, std::to_string(position), std::to_string(position + 1));
      EXPECT_EQ(commit(*writer, out.removals(*store, keys, ids(0, count))).tables[0].written, count);
      ++position;
      EXPECT_EQ(one(*store, "SELECT count(*) FROM items"), "0");
    }
  }
}

TEST_P(StoreContract, FiftyThousandRowsAreRemovedAtOnce) {
  const SinkTable table = items();
  const SinkTable keys = keys_of(table);
  auto store = open_ready({table});
  auto writer = this->writer(*store);
  EpochBuilder first(1, "0", "a");
  commit(*writer, first.rows(*store, table, item_range(0, 60'000), true));
  EpochBuilder second(2, "a", "b");
  EXPECT_EQ(commit(*writer, second.removals(*store, keys, ids(5'000, 50'000))).tables[0].written, 50'000);
  EXPECT_EQ(one(*store, "SELECT count(*), count(CASE WHEN id BETWEEN 5000 AND 54999 THEN 1 END) FROM items"), "10000|0");
}

TEST_P(StoreContract, RemovalsSurviveACrashAtEveryPlace) {
  const SinkTable table = items(OnConflict::update);
  const SinkTable keys = keys_of(table);
  for (const std::int64_t count : {few, many}) {
    definition_ = GetParam().fresh();
    auto store = open_ready({table});
    auto writer = this->writer(*store);
    std::int64_t position = 0;
    for (const std::string place : {"before_begin", "insert_select", "copy_mid", "offset_cas", "ledger_insert", "before_commit",
                                    "commit_cut_before_send", "commit_sent_no_reply", "after_commit"}) {
      for (const char* manner : {":1:cut", ":1:error"}) {
        SCOPED_TRACE(place + manner);
        EpochBuilder in(position + 1, std::to_string(position), std::to_string(position + 1));
        commit_patiently(*writer, in.rows(*store, table, item_range(0, count + 1)));
        ++position;
        EpochBuilder out(position + 1, std::to_string(position), std::to_string(position + 1));
        out.removals(*store, keys, ids(0, count)).rows(*store, table, item_range(count, 1, "changed"));
        failpoint::arm(place + manner);
        const EpochReport report = commit_patiently(*writer, out);
        failpoint::arm("");
        EXPECT_EQ(report.tables[0].written, count);
        EXPECT_EQ(report.tables[1].written, 1);
        ++position;
        EXPECT_EQ(query(*store, "SELECT id, name FROM items"), (std::vector<std::string>{std::to_string(count) + "|changed" + std::to_string(count)}));
        EpochBuilder clear(position + 1, std::to_string(position), std::to_string(position + 1));
        commit_patiently(*writer, clear.removals(*store, keys, ids(count, 1)));
        ++position;
      }
    }
    EXPECT_EQ(one(*store, "SELECT position FROM weir_checkpoint"), std::to_string(position));
  }
}

TEST_P(StoreContract, AFencedEpochRemovesNothing) {
  const SinkTable table = items();
  const SinkTable keys = keys_of(table);
  for (const std::int64_t count : {few, many}) {
    definition_ = GetParam().fresh();
    auto store = open_ready({table});
    auto writer = this->writer(*store);
    EpochBuilder first(1, "0", "a");
    commit(*writer, first.rows(*store, table, item_range(0, count)));
    EpochBuilder second(2, "not a", "b");
    auto report = writer->commit(second.removals(*store, keys, ids(0, count)).write());
    ASSERT_FALSE(report.ok());
    EXPECT_EQ(report.error().kind(), ErrorKind::fenced);
    EXPECT_EQ(one(*store, "SELECT count(*) FROM items"), std::to_string(count));
  }
}

TEST_P(StoreContract, ARowThatAnotherTableRefersToStopsTheRun) {
  SinkTable parent = items();
  SinkTable child = items();
  child.sink = "child_sink";
  child.table = "child";
  child.references = {{{"version"}, "items", {"id"}}};
  const SinkTable parents = keys_of(parent), children = keys_of(child);
  for (const std::int64_t count : {few, many}) {
    definition_ = GetParam().fresh();
    auto store = open_ready({child, parent});
    auto writer = this->writer(*store);
    EpochBuilder first(1, "0", "a");
    commit(*writer, first.rows(*store, parent, item_range(0, count)).rows(*store, child, {item(1, "x", 3), item(2, "y", 3)}));
    EpochBuilder second(2, "a", "b");
    auto report = writer->commit(second.removals(*store, parents, ids(0, count)).write());
    ASSERT_FALSE(report.ok());
    EXPECT_EQ(report.error().kind(), ErrorKind::fatal);
    EXPECT_EQ(report.error().code(), "23503");
    const std::string& message = report.error().message();
    EXPECT_NE(message.find("table items keeps a row that is to be removed"), std::string::npos) << message;
    EXPECT_NE(message.find("(id)=(3)"), std::string::npos) << message;
    EXPECT_EQ(one(*store, "SELECT count(*) FROM items"), std::to_string(count));
    EXPECT_EQ(one(*store, "SELECT position FROM weir_checkpoint"), "a");
    EXPECT_EQ(one(*store, "SELECT count(*) FROM weir_rejects"), "0");
    // Those that refer to it first, then itself.
    EpochBuilder third(2, "a", "b");
    const EpochReport good = commit(*writer, third.removals(*store, children, ids(0, count)).removals(*store, parents, ids(0, count)));
    EXPECT_EQ(good.tables[0].written, 2);
    EXPECT_EQ(good.tables[1].written, count);
  }
}

TEST_P(StoreContract, RowsThatTheDatabaseRefusesLeaveRemovalsAsTheyAre) {
  const SinkTable table = items();
  const SinkTable keys = keys_of(table);
  for (const std::int64_t count : {few, many}) {
    definition_ = GetParam().fresh();
    auto store = open();
    ASSERT_TRUE(store->administration()
                    .value()
                    ->query("CREATE TABLE items (id bigint NOT NULL PRIMARY KEY, name text CHECK (name <> 'bad'), version bigint)")
                    .ok());
    store = open_ready({table});
    auto writer = this->writer(*store);
    EpochBuilder first(1, "0", "a");
    commit(*writer, first.rows(*store, table, item_range(0, count)));
    EpochBuilder second(2, "a", "b");
    second.removals(*store, keys, ids(0, count));
    second.rows(*store, table, {item(count, "good"), item(count + 1, "bad"), item(count + 2, "good")});
    second.removals(*store, keys, ids(count + 3, 1));
    const EpochReport report = commit(*writer, second);
    EXPECT_EQ(report.tables[0].written, count);
    EXPECT_EQ(report.tables[1].refused_rows, (std::vector<std::uint32_t>{1}));
    EXPECT_EQ(report.tables[2].written, 0);
    EXPECT_EQ(query(*store, "SELECT id FROM items ORDER BY id"), (std::vector<std::string>{std::to_string(count), std::to_string(count + 2)}));
    EXPECT_EQ(one(*store, "SELECT reason FROM weir_rejects"), "23514");
    EXPECT_EQ(one(*store, "SELECT read, written, rejected FROM weir_ledger WHERE first_epoch = 2"), "3|2|1");
  }
}

TEST_P(StoreContract, StateRowsAreRemovedAndTheRestIsReadWithKeyAndEpoch) {
  auto store = open_ready({});
  SinkTable state;
  state.sink = "(state)";
  state.table = store->state_table();
  state.schema.fields = {{"pipeline", string_type, false}, {"name", string_type, false}, {"key", bytes_type, false},
                         {"value", bytes_type, false},     {"epoch", int64_type, false}};
  state.key = {0, 1, 2};
  state.on_conflict = OnConflict::update;
  const SinkTable keys = keys_of(state);  // key, name, pipeline
  auto writer = this->writer(*store);
  const auto key_of = [](std::int64_t i) { return std::string("\0\xFF", 2) + std::to_string(i); };
  const auto row = [&](const std::string& pipeline, const std::string& name, std::int64_t i, std::int64_t epoch) {
    return RowValues{text(pipeline), text(name), Value{bytes_type, key_of(i)}, Value{bytes_type, std::string("value\0", 6) + std::to_string(i)}, integer(epoch)};
  };
  std::vector<RowValues> rows;
  for (std::int64_t i = 0; i < many; ++i) {
    rows.push_back(row("pipe", "windows/1", i, 1));
    rows.push_back(row("pipe", "dedup/2", i, 1));
    rows.push_back(row("other pipeline", "windows/1", i, 1));
  }
  EpochBuilder first(1, "0", "a");
  commit(*writer, first.unbooked_rows(*store, state, rows));
  // Most of one operation's in one epoch, a few of both in the next, which also brings a row of the first back.
  std::vector<RowValues> most, a_few;
  for (std::int64_t i = few; i < many; ++i) most.push_back({Value{bytes_type, key_of(i)}, text("windows/1"), text("pipe")});
  for (std::int64_t i = 0; i < few - 1; ++i) {
    a_few.push_back({Value{bytes_type, key_of(i)}, text("windows/1"), text("pipe")});
    a_few.push_back({Value{bytes_type, key_of(i)}, text("dedup/2"), text("pipe")});
  }
  EpochBuilder second(2, "a", "b");
  EXPECT_EQ(commit(*writer, second.removals(*store, keys, most)).tables[0].written, many - few);
  EpochBuilder third(3, "b", "c");
  const EpochReport report = commit(*writer, third.unbooked_rows(*store, state, {row("pipe", "windows/1", many, 3)}).removals(*store, keys, a_few));
  EXPECT_EQ(report.tables[1].written, 2 * (few - 1));

  std::map<std::string, std::set<std::string>> found;
  std::map<std::int64_t, std::int64_t> rows_of_epoch;
  const Status read = store->administration().value()->read_state([&](const StoredState& stored) -> Status {
    EXPECT_TRUE(found[std::string(stored.name)].emplace(stored.key).second);
    EXPECT_EQ(stored.value, std::string("value\0", 6) + std::string(stored.key.substr(2)));
    ++rows_of_epoch[stored.epoch];
    return {};
  });
  ASSERT_EQ(message_of(read), "");
  EXPECT_EQ(found["windows/1"], (std::set<std::string>{key_of(few - 1), key_of(many)}));
  EXPECT_EQ(found["dedup/2"].size(), static_cast<std::size_t>(many - few + 1));
  EXPECT_EQ(rows_of_epoch, (std::map<std::int64_t, std::int64_t>{{1, many - few + 2}, {3, 1}}));
  EXPECT_EQ(one(*store, "SELECT count(*) FROM weir_state WHERE pipeline <> 'pipe'"), std::to_string(many));
  EXPECT_EQ(one(*store, "SELECT count(*) FROM weir_ledger"), "0");
}

}  // namespace weir::testing
