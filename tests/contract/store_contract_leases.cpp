// store_contract_leases.cpp — sharing splits, and what a person may do to the weir_ tables.
#include <thread>

#include "tests/contract/store_contract.h"

namespace weir::testing {

using std::chrono::milliseconds;
constexpr const char* first_owner = "00000000000000aa@host/boot/ns/1/1";
constexpr const char* second_owner = "00000000000000bb@host/boot/ns/2/2";

TEST_P(StoreContract, SplitsAreSharedByLeases) {
  auto store = open(first_owner);
  ASSERT_EQ(message_of(store->prepare({}, true)), "");
  auto leases = store->leases();
  auto board = leases.value()->heartbeat("views", milliseconds(60'000));
  ASSERT_TRUE(board.ok());
  EXPECT_TRUE(board->first_start);
  EXPECT_EQ(board->members.size(), 1u);
  const std::vector<SplitLeases::FirstPosition> splits{{"views/0", "5"}, {"views/1", "7"}};
  ASSERT_EQ(message_of(leases.value()->add("views", splits)), "");
  const std::vector<SplitLeases::FirstPosition> again{{"views/0", "99"}};
  ASSERT_EQ(message_of(leases.value()->add("views", again)), "");
  auto claimed = leases.value()->claim("views", "views/0", "", milliseconds(60'000));
  ASSERT_TRUE(claimed.ok() && claimed->has_value());
  EXPECT_EQ(**claimed, "5");

  auto other = open(second_owner);
  auto other_leases = other->leases();
  auto seen = other_leases.value()->heartbeat("views", milliseconds(60'000));
  ASSERT_TRUE(seen.ok());
  EXPECT_FALSE(seen->first_start);
  EXPECT_EQ(seen->members.size(), 2u);
  ASSERT_EQ(seen->splits.size(), 2u);
  EXPECT_EQ(seen->splits[0].owner, first_owner);
  EXPECT_FALSE(seen->splits[0].is_expired);
  EXPECT_EQ(seen->splits[1].owner, "");
  auto refused = other_leases.value()->claim("views", "views/0", "", milliseconds(60'000));
  ASSERT_TRUE(refused.ok());
  EXPECT_FALSE(refused->has_value());

  ASSERT_TRUE(leases.value()->release("views", "views/0").ok());
  auto taken = other_leases.value()->claim("views", "views/0", "", milliseconds(60'000));
  EXPECT_TRUE(taken.ok() && taken->has_value());
  ASSERT_TRUE(other_leases.value()->leave().ok());
  auto after = leases.value()->heartbeat("views", milliseconds(60'000));
  EXPECT_EQ(after->members.size(), 1u);
  EXPECT_EQ(after->splits[0].owner, "");
}

TEST_P(StoreContract, ALeaseThatIsNotRenewedRunsOut) {
  auto store = open(first_owner);
  ASSERT_EQ(message_of(store->prepare({}, true)), "");
  auto leases = store->leases();
  const std::vector<SplitLeases::FirstPosition> splits{{"views/0", "5"}};
  ASSERT_TRUE(leases.value()->add("views", splits).ok());
  ASSERT_TRUE(leases.value()->claim("views", "views/0", "", milliseconds(50)).ok());
  std::this_thread::sleep_for(milliseconds(120));
  auto other = open(second_owner);
  auto other_leases = other->leases();
  auto board = other_leases.value()->heartbeat("views", milliseconds(60'000));
  ASSERT_TRUE(board.ok());
  EXPECT_TRUE(board->splits[0].is_expired);
  EXPECT_EQ(board->members.size(), 1u);
  auto claimed = other_leases.value()->claim("views", "views/0", first_owner, milliseconds(60'000));
  EXPECT_TRUE(claimed.ok() && claimed->has_value());
}

TEST_P(StoreContract, ResetForgetsAPipelineButNotWhileItRuns) {
  const SinkTable table = items();
  auto store = open_ready({table});
  auto writer = this->writer(*store);
  EpochBuilder epoch(1, "0", "2");
  epoch.reject({"views", "views/0", 41, "", "not_json", "no"});
  commit(*writer, epoch.rows(*store, table, {item(1, "a")}));
  auto administration = store->administration();
  const Status refused = administration.value()->reset();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind(), ErrorKind::user);
  EXPECT_FALSE(administration.value()->set_position("views", "views/0", "9").ok());
  ASSERT_TRUE(store->leases().value()->leave().ok());
  ASSERT_EQ(message_of(administration.value()->set_position("views", "views/0", "9")), "");
  auto splits = administration.value()->splits("views");
  ASSERT_TRUE(splits.ok());
  ASSERT_EQ(splits->size(), 1u);
  EXPECT_EQ((*splits)[0].position, "9");
  ASSERT_EQ(message_of(administration.value()->reset()), "");
  for (const std::string name :
       {"weir_checkpoint", "weir_ledger", "weir_rejects", "weir_member", "weir_state"}) {
    EXPECT_EQ(one(*store, "SELECT count(*) FROM " + name), "0") << name;
  }
  EXPECT_EQ(one(*store, "SELECT count(*) FROM items"), "1");
}

TEST_P(StoreContract, PreparingTwiceAndByTwoAtOnceIsFine) {
  std::vector<SinkTable> tables;
  for (int i = 0; i < 5; ++i) {
    tables.push_back(items());
    tables.back().sink = tables.back().table = "table_" + std::to_string(i);
  }
  std::vector<std::string> messages(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    threads.emplace_back([&, i] {
      auto store = definition_->open(identity("0000000000000000@" + std::to_string(i)));
      messages[i] = message_of(store.value()->prepare(tables, true));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(messages, std::vector<std::string>(4));
  EXPECT_EQ(message_of(open()->prepare(tables, false)), "");
  EXPECT_EQ(message_of(definition_->check_connect(tables, milliseconds(5000))), "");
}

TEST_P(StoreContract, EveryDifferenceOfATableIsNamed) {
  SinkTable table = items();
  table.schema.fields.push_back({"missing_column", string_type, true});
  auto store = open();
  ASSERT_TRUE(store->administration()
                  .value()
                  ->query("CREATE TABLE items (id bigint NOT NULL, name text NOT NULL, version text, extra "
                          "text NOT NULL)")
                  .ok());
  const Status status = store->prepare(std::span(&table, 1), true);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind(), ErrorKind::user);
  const std::string message = status.error().message();
  for (const char* part :
       {"column name NOT NULL", "version as", "extra NOT NULL", "missing_column", "unique index"}) {
    EXPECT_NE(message.find(part), std::string::npos) << part << " in " << message;
  }
  EXPECT_FALSE(definition_->check_connect(std::span(&table, 1), milliseconds(5000)).ok());
}

TEST_P(StoreContract, AMissingTableIsAnErrorWhereNoneMayBeMade) {
  const SinkTable table = items();
  const Status status = open()->prepare(std::span(&table, 1), false);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message().find("items"), std::string::npos);
}

}  // namespace weir::testing
