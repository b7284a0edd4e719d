// postgres_client.h — one connection to Postgres: every session set up the same way, every wait with an end.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

struct pg_conn;
struct pg_result;

namespace weir {

struct ClearPostgresResult {
  void operator()(pg_result* result) const;
};
using PostgresResult = std::unique_ptr<pg_result, ClearPostgresResult>;

struct PostgresSettings {
  std::string dsn;               // a URI or key=value pairs
  std::string application_name;  // by which a successor finds this connection
  std::chrono::milliseconds connect_patience{10'000};
  std::chrono::milliseconds reply_patience{120'000};  // longer silence counts as a lost connection
  std::chrono::milliseconds lock_timeout{5'000};
  bool waits_for_disk = true;  // a commit that was answered outlives a crash of the server
  bool avoids_scans = false;  // statements find rows by their keys, however small a table looks or once looked
};

/// A parameter of a statement; data == nullptr is NULL.
struct PostgresParameter {
  const char* data = nullptr;
  int size = 0;
  bool is_binary = false;
};
/// Text must end in a NUL (as std::string does) and outlive the call it is given to.
inline PostgresParameter text_parameter(const std::string& text) {
  return {text.c_str(), static_cast<int>(text.size()), false};
}

/// A statement that a connection has prepared.
struct PreparedStatement {
  std::string name;
  bool is_prepared = false;
};

/// One thread. After a lost connection every call fails with a service error; make a new client.
class PostgresClient {
 public:
  static Result<std::unique_ptr<PostgresClient>> connect(const PostgresSettings& settings);
  ~PostgresClient();
  PostgresClient(const PostgresClient&) = delete;
  PostgresClient& operator=(const PostgresClient&) = delete;

  /// One or several statements without parameters; the result of the last one.
  Result<PostgresResult> query(const std::string& sql);
  /// One statement; parameters and results are text, nothing is NULL.
  Result<PostgresResult> query(const std::string& sql,
                               std::span<const std::optional<std::string>> parameters);
  Result<PostgresResult> query(const std::string& sql,
                               std::initializer_list<std::optional<std::string>> parameters) {
    return query(sql, std::span(parameters.begin(), parameters.size()));
  }

  /// One statement whose rows `take` sees one at a time, each a result of one row in binary form, as they come: they are
  /// never in memory together. The first error of `take` is that of the call.
  Status stream(const std::string& sql, std::initializer_list<std::optional<std::string>> parameters,
                const std::function<Status(const PostgresResult& row)>& take);

  /// Ends a transaction if one is open; a lost connection is left alone.
  void roll_back();
  /// Makes statements find rows by their keys from now on, as PostgresSettings::avoids_scans does from the start.
  Status avoid_scans();
  bool is_connected() const;
  /// Connected, with no transaction open and no statement under way.
  bool is_idle() const;
  /// Ends the traffic in both directions at once, as a broken line would.
  void cut();

  // The parts that COPY and pipelines are made of.
  pg_conn* handle() const { return handle_; }
  /// Sends everything that libpq has buffered, taking in replies meanwhile so that neither side can block the
  /// other.
  Status flush();
  /// The next result, or null at the end of a statement's results.
  Result<PostgresResult> next_result();
  Error connection_error() const;
  PreparedStatement& statement(const std::string& sql);

 private:
  PostgresClient(pg_conn* handle, const PostgresSettings& settings) : handle_(handle), settings_(settings) {}
  Status finish_connecting();
  Status set_up_session();
  Status send(const std::string& sql, std::span<const std::optional<std::string>> parameters, bool is_binary);
  Status wait(bool for_writing, std::chrono::steady_clock::time_point deadline);

  pg_conn* handle_;
  PostgresSettings settings_;
  std::map<std::string, PreparedStatement> statements_;
};

/// Names quoted for SQL: "it""s".
std::string quote_name(std::string_view name);
/// A table as written in a pipeline, each part quoted.
std::string quote_table(const std::string& written);
std::string quote_text(std::string_view text);

// Reading results: text of a field, nothing for NULL.
std::size_t row_count(const PostgresResult& result);
std::size_t column_count(const PostgresResult& result);
std::string column_name(const PostgresResult& result, std::size_t column);
std::optional<std::string> field_at(const PostgresResult& result, std::size_t row, std::size_t column);
std::string text_at(const PostgresResult& result, std::size_t row, std::size_t column);  // NULL is empty
std::int64_t number_at(const PostgresResult& result, std::size_t row, std::size_t column);
// Reading binary results: bytes or text without a copy, good as long as the result; a bigint.
std::string_view view_at(const PostgresResult& result, std::size_t row, std::size_t column);
std::int64_t binary_number_at(const PostgresResult& result, std::size_t row, std::size_t column);
bool truth_at(const PostgresResult& result, std::size_t row, std::size_t column);
/// Rows that a statement inserted, changed or deleted.
std::int64_t affected_rows(const PostgresResult& result);

}  // namespace weir
