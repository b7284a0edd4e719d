// group_operation_test.cpp — groups that vanish, and rows that wait for their windows: what sinks are told, and when.
#include "engine/runtime/group_operation.h"

#include <gtest/gtest.h>

#include "connectors/formats/formats.h"
#include "connectors/sqlite/sqlite.h"
#include "dsl/compile.h"
#include "engine/testing/memory_store.h"
#include "engine/testing/scripted_source.h"

namespace weir::testing {
namespace {

constexpr std::int64_t minute = 60'000'000;
constexpr const char* text = R"yaml(
name: groups
connections: { db: { dsn: "sqlite:groups.db" } }
sources:
  s:
    type: scripted
    format: json
    columns: { shop: string not null, n: bigint not null, ts: timestamp not null }
    watermark: ts - INTERVAL 10 MINUTES
transforms:
  sums:
    input: s
    steps: [ { aggregate: { window: "tumble(ts, INTERVAL 10 MINUTES)", by: [shop], select: { total: sum(n) } } } ]
  running:
    input: sums
    steps: [ { extend: { running: sum(total) OVER (ORDER BY window_end) } } ]
sinks:
  now: { input: sums, select: { shop: shop, total: total, window_end: window_end }, connection: db, key: [shop, window_end], on_conflict: update }
  times: { input: sums, select: { shop: shop, total: total, window_end: window_end }, connection: db, key: [shop, window_end], on_conflict: update, emit: every 10 minutes }
  last: { input: sums, select: { shop: shop, total: total, window_end: window_end }, connection: db, key: [shop, window_end], on_conflict: update, emit: final }
  running_now: { input: running, select: { shop: shop, sum: running, window_end: window_end }, connection: db, key: [shop, window_end], on_conflict: update }
  running_times: { input: running, select: { shop: shop, sum: running, window_end: window_end }, connection: db, key: [shop, window_end], on_conflict: update, emit: every 10 minutes }
  running_last: { input: running, select: { shop: shop, sum: running, window_end: window_end }, connection: db, key: [shop, window_end], on_conflict: update, emit: final }
)yaml";

struct Pipeline {
  Registry registry;
  std::shared_ptr<Plan> plan;
};

// Plans point at the functions of their registry.
const Pipeline& pipeline() {
  static const auto* made = [] {
    auto* compiled = new Pipeline;
    register_builtin_functions(compiled->registry.functions);
    register_builtin_aggregates(compiled->registry.aggregates);
    compiled->registry.sources.push_back(scripted_source(std::make_shared<Script>()));
    compiled->registry.stores.push_back(sqlite_store());
    compiled->registry.formats.push_back(json_format());
    Compiled from_text = compile_yaml("groups.yaml", text, compiled->registry, {});
    for (const Error& error : from_text.diagnostics.errors()) ADD_FAILURE() << render(error);
    compiled->plan = std::make_shared<Plan>(*from_text.plan);
    for (PlanNode& node : compiled->plan->nodes) {
      if (auto* aggregate = std::get_if<AggregateNode>(&node.operation)) aggregate->rows_can_go = true;
    }
    return compiled;
  }();
  return *made;
}

/// The tables of the sinks, and the state: as they are after every commit.
class Groups {
 public:
  Groups() : store_(open_memory_store()) { begin({}); }

  void add(const std::string& shop, int window, std::int64_t n) {
    Arena arena;
    ColumnWriter shops(string_type, 1, arena), ends(timestamp_type, 1, arena), numbers(int64_type, 1, arena);
    shops.set_text(0, shop);
    ends.set(0, window * 10 * minute);
    numbers.set(0, n);
    const std::vector<Column> keys{shops.finish(), ends.finish()}, arguments{numbers.finish()};
    const std::vector<std::span<const Column>> of_calls{arguments};
    const std::vector<const Column*> filters{nullptr};
    const std::vector<std::uint32_t> rows{0};
    operation_->next_groups().add({keys, of_calls, filters, rows, {}}, arena);
  }
  void vanish(const std::string& shop, int window) { operation_->vanish(*operation_->groups().find(key_of(shop, window))); }

  void commit(std::int64_t now, std::int64_t watermark = no_time) {
    ++epoch_;
    now_ = now;
    closed_.final = closed_.expired = watermark;
    const GroupOperation::Emitted emitted = operation_->emit({now, closed_, false});
    for (const std::uint32_t group : emitted.changed) {
      std::string bytes;
      operation_->save(group, bytes);
      state_[operation_->groups().key_hash(group)] = {bytes, epoch_};
    }
    for (const Hash128& key : emitted.gone) EXPECT_EQ(state_.erase(key), 1u) << "only what is stored is forgotten";
    for (const std::size_t sink : emitted.written) written_[sink] = epoch_;
    for (const GroupOperation::SinkRows& rows : emitted.sinks) {
      auto& table = tables_[pipeline().plan->sinks[rows.sink].table.sink];
      for (const EncodedRow& row : rows.removed.rows) EXPECT_EQ(table.erase(std::string(rows.removed.key_of(row))), 1u);
      for (const EncodedRow& row : rows.rows.rows) table[std::string(rows.rows.key_of(row))] =
            memory_row_text(pipeline().plan->sinks[rows.sink].table.schema, std::string_view(rows.rows.bytes).substr(row.offset, row.size));
    }
  }
  void restart() { begin(state_); }

  /// "x 3" for each row: shop and value.
  std::vector<std::string> rows(const std::string& sink) {
    std::vector<std::string> rows;
    for (const auto& [key, row] : tables_[sink]) {
      const std::size_t first = row.find('|');
      rows.push_back(row.substr(0, first) + " " + row.substr(first + 1, row.find('|', first + 1) - first - 1));
    }
    return rows;
  }
  std::size_t stored() const { return state_.size(); }
  std::size_t held() const { return operation_->groups().size(); }

 private:
  struct Stored {
    std::string bytes;
    std::int64_t epoch;
  };
  static std::unique_ptr<Store> open_memory_store() {
    auto store = memory_store(std::make_shared<MemoryDatabase>())->open({"test", "groups", ""});
    return std::move(store).value();
  }
  static std::string key_of(const std::string& shop, int window) {
    const auto size = static_cast<std::uint32_t>(shop.size());
    const std::int64_t end = window * 10 * minute;
    return '\1' + std::string(reinterpret_cast<const char*>(&size), sizeof size) + shop + '\1' + std::string(reinterpret_cast<const char*>(&end), sizeof end);
  }
  void begin(const std::map<Hash128, Stored>& state) {
    auto stages = fuse_groups(*pipeline().plan);
    operation_ = std::move(GroupOperation::make(*pipeline().plan, std::move(stages.front()), *store_, now_)).value();
    for (const auto& [key, stored] : state) EXPECT_TRUE(operation_->load(stored.bytes, stored.epoch).ok());
    operation_->start(closed_, written_);
  }

  std::unique_ptr<Store> store_;
  std::unique_ptr<GroupOperation> operation_;
  std::map<Hash128, Stored> state_;  // by the hash of the key
  std::map<std::string, std::map<std::string, std::string>> tables_;
  std::map<std::size_t, std::int64_t> written_;
  Watermarks::Closed closed_;
  std::int64_t epoch_ = 0;
  std::int64_t now_ = 0;
};

using Lines = std::vector<std::string>;

TEST(Groups, ThatVanishGoFromTheirSinksAndTheState) {
  Groups groups;
  groups.add("a", 1, 3);
  groups.add("b", 1, 4);
  groups.commit(0);
  groups.vanish("a", 1);
  groups.commit(0);
  EXPECT_EQ(groups.rows("now"), (Lines{"b 4"}));
  EXPECT_EQ(groups.rows("running_now"), (Lines{"b 4"}));
  EXPECT_EQ(groups.stored(), 1u);
  groups.add("b", 1, 1);
  groups.commit(0);
  EXPECT_EQ(groups.held(), 1u);
}

TEST(Groups, ThatVanishAreNotCountedByOver) {
  Groups groups;
  groups.add("a", 1, 3);
  groups.add("b", 2, 4);
  groups.add("c", 3, 5);
  groups.commit(0);
  EXPECT_EQ(groups.rows("running_now"), (Lines{"a 3", "b 7", "c 12"}));
  groups.vanish("b", 2);
  groups.commit(0);
  EXPECT_EQ(groups.rows("running_now"), (Lines{"a 3", "c 8"}));
}

TEST(Groups, ThatComeAndGoInOneEpochAreKnownToNobody) {
  Groups groups;
  groups.add("a", 1, 3);
  groups.vanish("a", 1);
  groups.add("b", 1, 4);
  groups.commit(0);
  EXPECT_EQ(groups.rows("now"), (Lines{"b 4"}));
  EXPECT_EQ(groups.rows("running_now"), (Lines{"b 4"}));
  groups.commit(0);
  EXPECT_EQ(groups.held(), 1u);
}

TEST(Groups, ThatVanishedComeAgainFromNothing) {
  Groups groups;
  groups.add("a", 1, 3);
  groups.commit(10 * minute);  // every 10 minutes is due
  groups.vanish("a", 1);
  groups.commit(11 * minute);
  groups.add("a", 1, 1);
  groups.commit(12 * minute);
  EXPECT_EQ(groups.rows("now"), (Lines{"a 1"}));
  EXPECT_EQ(groups.rows("times"), (Lines{"a 3"}));
  groups.commit(20 * minute);
  EXPECT_EQ(groups.rows("times"), (Lines{"a 1"}));
  EXPECT_EQ(groups.rows("running_times"), (Lines{"a 1"}));
}

TEST(Groups, ThatVanishGoFromSinksThatWriteAtTimesWhenThoseWrite) {
  for (const bool restarts : {false, true}) {
    SCOPED_TRACE(restarts ? "stopped and resumed" : "whole");
    Groups groups;
    groups.add("a", 1, 3);
    groups.add("b", 1, 4);
    groups.add("c", 3, 5);
    groups.commit(10 * minute);
    EXPECT_EQ(groups.rows("running_times"), (Lines{"a 7", "b 7", "c 12"}));
    groups.vanish("a", 1);
    groups.commit(11 * minute);
    if (restarts) groups.restart();
    groups.add("d", 1, 1);
    groups.commit(12 * minute);
    groups.vanish("d", 1);
    groups.commit(13 * minute);
    if (restarts) groups.restart();
    EXPECT_EQ(groups.rows("now"), (Lines{"b 4", "c 5"}));
    EXPECT_EQ(groups.rows("times"), (Lines{"a 3", "b 4", "c 5"}));
    EXPECT_EQ(groups.rows("running_times"), (Lines{"a 7", "b 7", "c 12"}));
    groups.commit(20 * minute);
    EXPECT_EQ(groups.rows("times"), (Lines{"b 4", "c 5"}));
    EXPECT_EQ(groups.rows("running_times"), (Lines{"b 4", "c 9"}));
    EXPECT_EQ(groups.stored(), 2u);
    groups.commit(20 * minute);
    EXPECT_EQ(groups.held(), 2u);
  }
}

TEST(Groups, ThatVanishBeforeTheirWindowClosesAreNeverFinal) {
  Groups groups;
  groups.add("a", 1, 3);
  groups.add("b", 1, 4);
  groups.commit(0);
  groups.vanish("a", 1);
  groups.commit(0);
  groups.commit(0, 10 * minute);
  EXPECT_EQ(groups.rows("last"), (Lines{"b 4"}));
}

TEST(Groups, WhoseWindowsAreOpenAreNotWrittenAsFinalForTheirRunningTotals) {
  Groups groups;
  groups.add("a", 1, 3);
  groups.add("b", 2, 4);
  groups.add("c", 3, 5);
  groups.commit(0);
  EXPECT_EQ(groups.rows("running_last"), (Lines{}));
  groups.commit(0, 10 * minute);
  EXPECT_EQ(groups.rows("running_last"), (Lines{"a 3"}));
  groups.add("b", 2, 1);
  groups.commit(0, 20 * minute);
  EXPECT_EQ(groups.rows("running_last"), (Lines{"a 3", "b 8"}));
  groups.commit(0, 30 * minute);
  EXPECT_EQ(groups.rows("running_last"), (Lines{"a 3", "b 8", "c 13"}));
}

}  // namespace
}  // namespace weir::testing
