// memory_store_test.cpp — the store in memory removes rows as the databases do.
#include "engine/testing/memory_store.h"

#include <gtest/gtest.h>

#include "tests/contract/store_rows.h"

namespace weir::testing {

TEST(MemoryStore, RemovesRowsByKeyBesideRows) {
  auto database = std::make_shared<MemoryDatabase>();
  database->splits[{"views", "views/0"}] = {"0", "owner"};
  auto store = memory_store(database)->open({"pipe", "owner", ""}).value();
  auto writer = store->writer(0).value();
  const SinkTable table = items(OnConflict::update);
  const SinkTable keys = keys_of(table);
  EpochBuilder first(1, "0", "1");
  ASSERT_TRUE(writer->commit(first.rows(*store, table, {item(1, "a"), item(2, "b"), item(3, "c")}).write()).ok());

  EpochBuilder second(2, "1", "2");
  second.rows(*store, table, {item(4, "d")}).removals(*store, keys, {{integer(1)}, {integer(3)}, {integer(9)}});
  database->next_fate = [] { return Fate::commits_but_fails; };
  ASSERT_FALSE(writer->commit(second.write()).ok());
  database->next_fate = [] { return Fate::good; };
  const EpochReport report = writer->commit(second.write()).value();
  EXPECT_EQ(report.tables[0].written, 1);
  EXPECT_EQ(report.tables[1].written, 2);
  EXPECT_EQ(report.tables[1].duplicates, 0);
  EXPECT_EQ(database->tables["items"].texts(), (std::vector<std::string>{"2|b|1|", "4|d|1|"}));
}

}  // namespace weir::testing
