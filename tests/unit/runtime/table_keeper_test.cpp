// table_keeper_test.cpp — tables are read at the start, again when it is time, and kept where they cannot be read.
#include "engine/runtime/table_keeper.h"

#include <gtest/gtest.h>

#include <mutex>

#include "engine/component/lookup_function.h"
#include "engine/expression/binder.h"
#include "engine/runtime/job.h"
#include "engine/testing/manual_clock.h"
#include "tests/unit/runtime/test_job.h"

namespace weir::testing {
namespace {

/// What the table holds, and how often it has been read. Any thread.
class TableText {
 public:
  void set(std::vector<std::pair<std::string, std::string>> rows, std::string version, bool is_there = true) {
    const std::scoped_lock lock(mutex_);
    rows_ = std::move(rows);
    version_ = std::move(version);
    is_there_ = is_there;
  }
  Status read(LookupBuilder& out) {
    const std::scoped_lock lock(mutex_);
    ++reads_;
    if (!is_there_) return Error{ErrorKind::service, "it is gone"};
    for (const auto& [id, name] : rows_) {
      const std::vector<LookupCell> cells{{.text = id}, {.text = name}};
      WEIR_TRY(out.add(cells));
    }
    return {};
  }
  std::optional<std::string> version() {
    const std::scoped_lock lock(mutex_);
    return version_.empty() ? std::nullopt : std::optional(version_);
  }
  int reads() {
    const std::scoped_lock lock(mutex_);
    return reads_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::pair<std::string, std::string>> rows_;  // Guarded by mutex_, as all below.
  std::string version_;                                    // empty: only reading tells
  bool is_there_ = true;
  int reads_ = 0;
};

class ScriptedTable final : public LookupDefinition {
 public:
  explicit ScriptedTable(std::shared_ptr<TableText> text) : text_(std::move(text)) {}
  Status read(LookupBuilder& rows) const override { return text_->read(rows); }
  Result<std::optional<std::string>> version() const override { return text_->version(); }
  std::string describe() const override { return "scripted"; }
  std::string fingerprint() const override { return "scripted"; }

 private:
  const std::shared_ptr<TableText> text_;
};

class TableKeeperTest : public ::testing::Test {
 protected:
  TableKeeperTest() {
    PlanTable table;
    table.shape = {"shops", {{{"id", int32_type, false}, "id"}, {{"name", string_type}, "name"}}, {0}};
    table.definition = std::make_shared<ScriptedTable>(text_);
    table.refresh = std::chrono::milliseconds(1);
    table.slot = std::make_shared<LookupSlot>();
    plan_.tables.push_back(std::move(table));
  }

  /// The names in the slot; the keeper's thread, or nobody else, has it.
  std::string names() const {
    const auto& table = plan_.tables[0].slot->table;
    std::string result;
    for (std::uint32_t row = 0; table != nullptr && row < table->row_count(); ++row) result += to_text(value_at(table->columns()[1], row)) + " ";
    return result;
  }
  template <typename Holds>
  static bool comes_true(const Holds& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!holds() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return holds();
  }

  std::shared_ptr<TableText> text_ = std::make_shared<TableText>();
  Plan plan_;
  JobControl control_;
  std::mutex mutex_;
  std::vector<std::string> seen_;  // Guarded by mutex_.
  std::vector<std::string> seen() {
    const std::scoped_lock lock(mutex_);
    return seen_;
  }
  std::function<Status()> note() {
    return [this]() -> Status {
      const std::scoped_lock lock(mutex_);
      seen_.push_back(names());
      return {};
    };
  }
};

TEST_F(TableKeeperTest, TellsOfEveryChangeAndOfNothingElse) {
  text_->set({{"1", "tea"}}, "");
  TableKeeper keeper(plan_, control_, system_clock());
  ASSERT_TRUE(keeper.read_all().ok());
  EXPECT_EQ(names(), "tea ");
  keeper.start(note());
  ASSERT_TRUE(comes_true([&] { return text_->reads() > 3; }));
  EXPECT_EQ(seen(), std::vector<std::string>());
  text_->set({{"1", "tea"}, {"2", "cup"}}, "");
  ASSERT_TRUE(comes_true([&] { return seen().size() == 1; }));
  control_.drain();
  keeper.stop();
  EXPECT_EQ(seen(), std::vector<std::string>{"tea cup "});
  EXPECT_EQ(plan_.tables[0].slot->table, nullptr);
}

TEST_F(TableKeeperTest, GoesByTheClockThatItIsGiven) {
  ManualClock clock(0);
  text_->set({{"1", "tea"}}, "");
  TableKeeper keeper(plan_, control_, clock);
  ASSERT_TRUE(keeper.read_all().ok());
  keeper.start(note());
  text_->set({{"1", "cup"}}, "");
  keeper.look();
  ASSERT_TRUE(comes_true([&] { return keeper.is_at_rest(); }));
  EXPECT_EQ(text_->reads(), 1) << "it is not time yet";
  clock.advance(std::chrono::hours(1));
  keeper.look();
  ASSERT_TRUE(comes_true([&] { return keeper.is_at_rest(); }));
  EXPECT_EQ(seen(), std::vector<std::string>{"cup "});
  control_.drain();
  keeper.stop();
}

TEST_F(TableKeeperTest, DoesNotReadAVersionTwice) {
  text_->set({{"1", "tea"}}, "v1");
  TableKeeper keeper(plan_, control_, system_clock());
  ASSERT_TRUE(keeper.read_all().ok());
  keeper.start(note());
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(text_->reads(), 1);
  text_->set({{"1", "coffee"}}, "v2");
  ASSERT_TRUE(comes_true([&] { return seen().size() == 1; }));
  control_.drain();
  keeper.stop();
  EXPECT_EQ(text_->reads(), 2);
}

TEST_F(TableKeeperTest, KeepsATableThatCannotBeReadAgainAndSaysSo) {
  text_->set({{"1", "tea"}}, "");
  TableKeeper keeper(plan_, control_, system_clock());
  ASSERT_TRUE(keeper.read_all().ok());
  keeper.start(note());
  text_->set({}, "", false);
  ASSERT_TRUE(comes_true([&] { return control_.health() == "table shops: it is gone"; })) << control_.health();
  text_->set({{"1", "tea"}, {"1", "cup"}}, "");
  ASSERT_TRUE(comes_true([&] { return control_.health() == "table shops: two rows have the key id = 1: row 1 and row 2"; })) << control_.health();
  EXPECT_EQ(seen(), std::vector<std::string>());
  text_->set({{"1", "coffee"}}, "");
  ASSERT_TRUE(comes_true([&] { return control_.health().empty(); }));
  ASSERT_TRUE(comes_true([&] { return seen().size() == 1; }));
  control_.drain();
  keeper.stop();
  EXPECT_EQ(seen(), std::vector<std::string>{"coffee "});
}

TEST_F(TableKeeperTest, ATableThatCannotBeReadAtTheStartIsAnError) {
  text_->set({}, "", false);
  TableKeeper keeper(plan_, control_, system_clock());
  const Status status = keeper.read_all();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message(), "table shops: it is gone");
}

TEST_F(TableKeeperTest, AnErrorAfterAChangeEndsTheJob) {
  text_->set({{"1", "tea"}}, "");
  TableKeeper keeper(plan_, control_, system_clock());
  ASSERT_TRUE(keeper.read_all().ok());
  keeper.start([]() -> Status { return Error{ErrorKind::fatal, "no"}; });
  text_->set({}, "");
  ASSERT_TRUE(comes_true([&] { return control_.is_broken(); }));
  keeper.stop();
}

/// lines_plan(), but what `all` writes beside the key is the name that the table has for it.
std::shared_ptr<const Plan> named_lines(std::shared_ptr<const Script> script, std::shared_ptr<MemoryDatabase> database, const FunctionRegistry& functions,
                                        PlanTable table) {
  auto plan = std::make_shared<Plan>(*lines_plan(std::move(script), std::move(database)));
  table.shape.columns[0].field.type = string_type;
  table.function = std::make_shared<const Function>(lookup_function(table.shape, table.slot, ""));
  const Type row = row_type(table.shape);
  const Schema schema{{{"shops", row, true}}};
  Diagnostics diagnostics;
  const ExpressionPtr name = bind(Ast{NameAst{{"shops", "name"}}, {}}, Scope{&schema, ""}, functions, diagnostics);
  const ExpressionPtr key = make_column(0, {"key", string_type, false});
  const ExpressionPtr found = std::make_shared<const Expression>(Expression{row, true, {}, Call{table.function.get(), &table.function->overloads.front(), {key}}});
  plan->sinks[0].expressions[1] = substitute(name, {found});
  plan->tables.push_back(std::move(table));
  return plan;
}

TEST_F(TableKeeperTest, ARunningJobLooksIntoTheTableAsItIsNow) {
  FunctionRegistry functions;
  register_builtin_functions(functions);
  auto database = std::make_shared<MemoryDatabase>();
  auto script = std::make_shared<Script>();
  script->records["lines/0"] = {"k1 a", "k2 b", "k3 c"};
  text_->set({{"k1", "tea"}, {"k3", "a name that is too long to stand in its view"}}, "");
  // There is nothing to read until the table has changed, and has been read after that.
  bool has_changed = false;
  int reads = 0;
  script->on_list = [&]() -> Status {
    if (!has_changed) {
      has_changed = true;
      text_->set({{"k1", "tea"}, {"k2", "another name that is too long for that"}}, "");
      reads = text_->reads();
    }
    if (text_->reads() > reads + 2) return {};
    return Error{ErrorKind::service, "not yet"};
  };
  JobOptions options{.until_end = true, .workers = 2, .writers = 1};
  options.chunk_rows = 1;
  auto job = Job::create(named_lines(script, database, functions, plan_.tables[0]), options);
  ASSERT_TRUE(job.ok()) << job.error().message();
  const Status status = (*job)->run();
  ASSERT_TRUE(status.ok()) << status.error().message();
  EXPECT_EQ(database->tables["all"].texts(), (std::vector<std::string>{"k1|tea|", "k2|another name that is too long for that|", "k3|NULL|"}));
}

TEST_F(TableKeeperTest, AJobDoesNotBeginWithoutItsTables) {
  FunctionRegistry functions;
  register_builtin_functions(functions);
  text_->set({}, "", false);
  auto script = std::make_shared<Script>();
  script->records["lines/0"] = {"k1 a"};
  const auto job = Job::create(named_lines(script, std::make_shared<MemoryDatabase>(), functions, plan_.tables[0]), {.until_end = true});
  ASSERT_FALSE(job.ok());
  EXPECT_EQ(job.error().message(), "table shops: it is gone");
}

}  // namespace
}  // namespace weir::testing
