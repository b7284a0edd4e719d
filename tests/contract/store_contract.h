// store_contract.h — what every store must do, whatever its database; tests are run once per backend.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/failpoint.h"
#include "tests/contract/store_rows.h"

namespace weir::testing {

struct StoreBackend {
  std::string name;
  /// An empty database of its own at every call; null: cannot be tested here, `missing` says why.
  std::function<std::shared_ptr<const StoreDefinition>()> fresh;
  std::function<std::string()> missing;
  bool keeps_numbers_exact = true;
};

inline std::string message_of(const Status& status) { return status.ok() ? "" : status.error().message(); }

class StoreContract : public ::testing::TestWithParam<StoreBackend> {
 protected:
  void SetUp() override {
    definition_ = GetParam().fresh();
    if (definition_ == nullptr) GTEST_SKIP() << GetParam().missing();
  }
  void TearDown() override { failpoint::arm(""); }

  static StoreIdentity identity(const std::string& owner = "00000000000000aa@host/boot/ns/1/1") {
    return {"pipe", owner, "plan1"};
  }

  std::unique_ptr<Store> open(const std::string& owner = identity().owner) {
    auto store = definition_->open(identity(owner));
    EXPECT_TRUE(store.ok());
    return std::move(store).value();
  }

  /// Opens the store, makes the tables and claims the split views/0 at position "0".
  std::unique_ptr<Store> open_ready(const std::vector<SinkTable>& tables,
                                    const std::string& owner = identity().owner) {
    auto store = open(owner);
    EXPECT_EQ(message_of(store->prepare(tables, true)), "");
    auto leases = store->leases();
    EXPECT_TRUE(leases.ok());
    const SplitLeases::FirstPosition first{"views/0", "0"};
    EXPECT_EQ(message_of(leases.value()->add("views", std::span(&first, 1))), "");
    auto claimed = leases.value()->claim("views", "views/0", "", std::chrono::seconds(60));
    EXPECT_TRUE(claimed.ok() && claimed->has_value());
    return store;
  }

  static std::vector<RowValues> item_range(std::int64_t first, std::int64_t count,
                                           const std::string& name = "n") {
    std::vector<RowValues> rows;
    for (std::int64_t i = first; i < first + count; ++i) rows.push_back(item(i, name + std::to_string(i)));
    return rows;
  }

  /// Rows of a query as "a|b"; NULL is "~".
  std::vector<std::string> query(Store& store, const std::string& sql) {
    auto administration = store.administration();
    EXPECT_TRUE(administration.ok());
    auto rows = administration.value()->query(sql);
    EXPECT_TRUE(rows.ok()) << sql << ": " << (rows.ok() ? "" : rows.error().message());
    std::vector<std::string> lines;
    for (std::size_t i = 1; rows.ok() && i < rows->size(); ++i) {
      std::string line;
      for (const auto& field : (*rows)[i]) line += (line.empty() ? "" : "|") + field.value_or("~");
      lines.push_back(line);
    }
    return lines;
  }
  std::string one(Store& store, const std::string& sql) {
    const auto rows = query(store, sql);
    return rows.size() == 1 ? rows[0] : "rows: " + std::to_string(rows.size());
  }

  static std::unique_ptr<EpochWriter> writer(Store& store) {
    auto made = store.writer(0);
    EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.error().message());
    return std::move(made).value();
  }

  static EpochReport commit(EpochWriter& writer, EpochBuilder& epoch) {
    auto report = writer.commit(epoch.write());
    EXPECT_TRUE(report.ok()) << (report.ok() ? "" : report.error().message());
    return report.ok() ? std::move(report).value() : EpochReport{{TableReport{}}};
  }

  std::shared_ptr<const StoreDefinition> definition_;
};

}  // namespace weir::testing
