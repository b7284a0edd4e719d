// postgres_fixture.h — an empty schema of a running server for each test of the Postgres store.
#pragma once

#include "engine/base/failpoint.h"
#include "tests/contract/postgres_server.h"
#include "tests/contract/store_rows.h"

namespace weir::testing {

class PostgresTest : public ::testing::Test {
 protected:
  void SetUp() override {
    definition_ = fresh_postgres();
    if (definition_ == nullptr) GTEST_SKIP() << PostgresServer::instance().reason();
  }
  void TearDown() override { failpoint::arm(""); }

  static constexpr const char* owner = "00000000000000aa@host/boot/ns/1/1";

  std::unique_ptr<Store> open(const std::string& by = owner) {
    return definition_->open({"pipe", by, "plan1"}).value();
  }

  std::unique_ptr<Store> open_ready(const std::vector<SinkTable>& tables, const std::string& by = owner,
                                    const std::string& split = "views/0") {
    auto store = open(by);
    const Status prepared = store->prepare(tables, true);
    EXPECT_TRUE(prepared.ok()) << (prepared.ok() ? "" : prepared.error().message());
    auto leases = store->leases();
    const SplitLeases::FirstPosition first{split, "0"};
    EXPECT_TRUE(leases.value()->add("views", std::span(&first, 1)).ok());
    EXPECT_TRUE(leases.value()->claim("views", split, "", std::chrono::seconds(60)).value().has_value());
    return store;
  }

  std::vector<std::string> query(const std::string& sql) {
    std::vector<std::string> lines;
    for (const auto& row : run_sql(*definition_, sql)) {
      std::string line;
      for (const auto& field : row) line += (line.empty() ? "" : "|") + field.value_or("~");
      lines.push_back(line);
    }
    return lines;
  }
  std::string one(const std::string& sql) {
    const auto rows = query(sql);
    return rows.size() == 1 ? rows[0] : "rows: " + std::to_string(rows.size());
  }

  std::shared_ptr<const StoreDefinition> definition_;
};

}  // namespace weir::testing
