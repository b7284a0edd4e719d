// sqlite_database.h — one connection to an SQLite file and its prepared statements.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace weir {

class SqliteDatabase;

/// A prepared statement in use. Bind, then step; it is reset and its parameters are cleared when this object
/// goes.
class SqliteStatement {
 public:
  SqliteStatement(SqliteDatabase& database, sqlite3_stmt* statement)
      : database_(&database), statement_(statement) {}
  SqliteStatement(SqliteStatement&& other) noexcept
      : database_(other.database_), statement_(other.statement_), next_(other.next_) {
    other.statement_ = nullptr;
  }
  SqliteStatement& operator=(SqliteStatement&&) = delete;
  ~SqliteStatement() { reset(); }

  // Parameters are bound from left to right. Text and bytes are not copied: they must outlive the step.
  SqliteStatement& text(std::string_view value);
  SqliteStatement& bytes(std::string_view value);
  SqliteStatement& number(std::int64_t value);
  SqliteStatement& real(double value);
  SqliteStatement& null();

  /// Whether there is a row to read.
  Result<bool> step();
  /// Runs the statement to its end and makes it ready to be bound again.
  Status run();

  std::optional<std::string> field(int column) const;
  std::string text_at(int column) const { return field(column).value_or(""); }
  std::int64_t number_at(int column) const;
  /// Text or bytes without a copy, good until the next step.
  std::string_view view_at(int column) const;
  int column_count() const;
  std::string column_name(int column) const;

 private:
  void reset();

  SqliteDatabase* database_;
  sqlite3_stmt* statement_;
  int next_ = 1;
};

/// One thread.
class SqliteDatabase {
 public:
  /// Opens or creates the file in WAL mode, every commit flushed to disk. Waits up to ten seconds for another
  /// connection's lock.
  static Result<std::unique_ptr<SqliteDatabase>> open(const std::string& path);
  ~SqliteDatabase();
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  /// One or several statements without results.
  Status execute(const std::string& sql);
  /// Kept prepared, so that it may be asked for again and again. Not while an earlier one of the same text is
  /// in use.
  Result<SqliteStatement> statement(const std::string& sql);
  /// Rows that the latest INSERT, UPDATE or DELETE touched.
  std::int64_t changes() const;
  void roll_back();
  /// The latest failure: kind, sentence, and SQLite's name for it translated into the SQLSTATE that Postgres
  /// would give.
  Error error() const;

 private:
  explicit SqliteDatabase(sqlite3* handle) : handle_(handle) {}

  struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const;
  };
  sqlite3* handle_;
  std::map<std::string, std::unique_ptr<sqlite3_stmt, FinalizeStatement>, std::less<>> statements_;
};

/// "it""s"; a table of another schema keeps its two parts.
std::string sqlite_name(std::string_view name);

}  // namespace weir
