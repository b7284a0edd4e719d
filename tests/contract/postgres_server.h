// postgres_server.h — one Postgres server per test program, and an empty schema of it per test.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "connectors/postgres/postgres.h"

namespace weir::testing {

/// Started by the first test that needs it; stopped at the end of the program.
class PostgresServer {
 public:
  static PostgresServer& instance() {
    static PostgresServer server;
    return server;
  }
  /// Empty where no server could be started; `reason` says why.
  const std::string& dsn() const { return dsn_; }
  const std::string& reason() const { return reason_; }
  static bool is_installed() { return std::filesystem::exists("/usr/lib/postgresql"); }

  /// The dsn of a schema of its own, which is made by `CREATE SCHEMA` of the same name.
  std::string dsn_of(const std::string& schema) const { return dsn_ + "?options=-csearch_path%3D" + schema; }

  ~PostgresServer() {
    if (!folder_.empty()) run(script("stop") + " --mode immediate 2>/dev/null");
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }

 private:
  PostgresServer() {
    if (!is_installed()) {
      reason_ = "no Postgres server is installed";
      return;
    }
    std::string pattern = "/tmp/weir-h-postgres-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    dsn_ = run(script("start") + " --set fsync=off --set max_connections=60");
    if (!dsn_.starts_with("postgresql://")) {
      reason_ = "the server did not start: " + dsn_;
      dsn_.clear();
    }
  }

  std::string script(const char* command) const {
    return fmt::format("python3 {}/tests/services/postgres.py {} {}", WEIR_SOURCE_DIR, command, folder_);
  }

  static std::string run(const std::string& command) {
    std::string output;
    FILE* pipe = ::popen(command.c_str(), "r");
    std::array<char, 512> buffer{};
    while (pipe != nullptr && std::fgets(buffer.data(), buffer.size(), pipe) != nullptr)
      output += buffer.data();
    if (pipe != nullptr) ::pclose(pipe);
    while (!output.empty() && output.back() == '\n') output.pop_back();
    return output;
  }

  std::string folder_;
  std::string dsn_;
  std::string reason_;
};

inline std::shared_ptr<const StoreDefinition> postgres_definition(const std::string& dsn) {
  Config config;
  Config value;
  value.value = dsn;
  config.value = Config::Map{{"dsn", value}};
  Diagnostics diagnostics;
  auto definition = postgres_store().parse(config, diagnostics);
  for (const Error& error : diagnostics.errors()) ADD_FAILURE() << error.message();
  return definition;
}

/// Runs SQL over a connection of its own; the rows below the header.
inline std::vector<std::vector<std::optional<std::string>>> run_sql(const StoreDefinition& definition,
                                                                    const std::string& sql) {
  auto store = definition.open({"sql", "sql@test", ""});
  auto administration = store.value()->administration();
  if (!administration.ok()) {
    ADD_FAILURE() << administration.error().message();
    return {};
  }
  auto rows = administration.value()->query(sql);
  if (!rows.ok()) {
    ADD_FAILURE() << sql << ": " << rows.error().message();
    return {};
  }
  rows->erase(rows->begin());
  return std::move(rows).value();
}

/// A definition on an empty schema, or null where there is no server.
inline std::shared_ptr<const StoreDefinition> fresh_postgres() {
  const PostgresServer& server = PostgresServer::instance();
  if (server.dsn().empty()) return nullptr;
  static std::atomic<int> number = 0;
  const std::string schema = fmt::format("test_{}", ++number);
  run_sql(*postgres_definition(server.dsn()), "CREATE SCHEMA " + schema);
  return postgres_definition(server.dsn_of(schema));
}

}  // namespace weir::testing
