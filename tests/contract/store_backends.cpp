// store_backends.cpp — the stores that the contract is held against.
#include <unistd.h>

#include <atomic>

#include "connectors/sqlite/sqlite.h"
#include "tests/contract/postgres_server.h"
#include "tests/contract/store_contract.h"

namespace weir::testing {
namespace {

/// A folder that goes with the program.
class Folder {
 public:
  Folder() {
    std::string pattern = "/tmp/weir-h-sqlite-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::shared_ptr<const StoreDefinition> fresh_sqlite() {
  static const Folder folder;
  static std::atomic<int> number = 0;
  Config dsn;
  dsn.value = fmt::format("sqlite://{}/{}.db", folder.path(), ++number);
  Config config;
  config.value = Config::Map{{"dsn", dsn}};
  Diagnostics diagnostics;
  auto definition = sqlite_store().parse(config, diagnostics);
  EXPECT_TRUE(diagnostics.ok());
  return definition;
}

std::vector<StoreBackend> backends() {
  return {{"sqlite", fresh_sqlite, [] { return std::string(); }},
          {"postgres", fresh_postgres, [] { return PostgresServer::instance().reason(); }}};
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreContract, ::testing::ValuesIn(backends()),
                         [](const ::testing::TestParamInfo<StoreBackend>& backend) {
                           return backend.param.name;
                         });

}  // namespace
}  // namespace weir::testing
