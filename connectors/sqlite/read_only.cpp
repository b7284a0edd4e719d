// read_only.cpp — runs statements of reports in an SQLite file, and finds the places of what it says about them.
#include "connectors/sqlite/read_only.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <atomic>
#include <charconv>
#include <filesystem>

namespace weir {
namespace {

struct CloseDatabase {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

constexpr int operations_between_looks = 10'000;

class SqliteReader final : public ReadOnlyConnection {
 public:
  explicit SqliteReader(std::unique_ptr<sqlite3, CloseDatabase> handle) : handle_(std::move(handle)) {}

  Result<QueryResult> prepare(const ReadOnlyStatement& statement) override {
    const NumberedStatement numbered(statement, '?');
    WEIR_ASSIGN(const Statement prepared, prepared_of(numbered));
    return shape_of(prepared.get());
  }

  Result<QueryResult> run(const ReadOnlyStatement& statement, const QueryLimits& limits) override {
    const NumberedStatement numbered(statement, '?');
    deadline_ = std::chrono::steady_clock::now() + limits.time;
    WEIR_ASSIGN(const Statement prepared, prepared_of(numbered));
    WEIR_TRY(bind(prepared.get(), statement));
    QueryResult result = shape_of(prepared.get());
    std::vector<bool> are_numbers(result.columns.size(), true);
    std::vector<bool> have_values(result.columns.size(), false);
    std::size_t bytes = 0;
    for (;;) {
      const int code = is_cancelled_ ? SQLITE_INTERRUPT : sqlite3_step(prepared.get());
      if (code == SQLITE_DONE) break;
      if (code != SQLITE_ROW) return error_of(code, numbered, limits);
      if (result.rows.size() == limits.rows || bytes > limits.bytes) {
        result.is_cut = true;
        break;
      }
      result.rows.push_back(cells_of(prepared.get(), are_numbers, have_values));
      for (const auto& cell : result.rows.back()) bytes += cell ? cell->size() : 0;
    }
    // Columns have no types here, only values have.
    for (std::size_t column = 0; column < result.columns.size(); ++column) {
      if (have_values[column] && are_numbers[column]) result.columns[column].kind = QueryColumn::Kind::number;
    }
    return result;
  }

  void cancel() override {
    is_cancelled_ = true;
    sqlite3_interrupt(handle_.get());
  }

  /// The snapshot begins with the first statement.
  Status begin() {
    sqlite3_progress_handler(handle_.get(), operations_between_looks, [](void* reader) { return static_cast<SqliteReader*>(reader)->is_over() ? 1 : 0; }, this);
    if (sqlite3_exec(handle_.get(), "PRAGMA query_only = ON; BEGIN", nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return Error{ErrorKind::service, sqlite3_errmsg(handle_.get())};
  }

 private:
  bool is_over() const { return is_cancelled_ || std::chrono::steady_clock::now() > deadline_; }

  Result<Statement> prepared_of(const NumberedStatement& numbered) {
    sqlite3_stmt* made = nullptr;
    const char* rest = nullptr;
    const int code = sqlite3_prepare_v3(handle_.get(), numbered.sql().c_str(), static_cast<int>(numbered.sql().size()), 0, &made, &rest);
    Statement statement(made);
    if (code != SQLITE_OK) return error_of(code, numbered, {});
    if (made == nullptr || sqlite3_stmt_readonly(made) == 0) return Error{ErrorKind::user, "a report may not change anything", numbered.place(std::string::npos)}.as("W1106");
    return statement;
  }

  static Status bind(sqlite3_stmt* statement, const ReadOnlyStatement& from) {
    for (int i = 0; i < static_cast<int>(from.parameters.size()); ++i) {
      const QueryValue& value = from.parameters[static_cast<std::size_t>(i)].value;
      const std::string& text = value.text;
      std::int64_t whole = 0;
      double real = 0;
      const char* begin = text.c_str() + (text.starts_with('+') ? 1 : 0);
      const char* end = text.c_str() + text.size();
      int code = SQLITE_OK;
      if (value.kind == QueryValue::Kind::null) {
        code = sqlite3_bind_null(statement, i + 1);
      } else if (value.kind == QueryValue::Kind::truth) {
        code = sqlite3_bind_int(statement, i + 1, text == "true" ? 1 : 0);
      } else if (value.kind == QueryValue::Kind::number && std::from_chars(begin, end, whole).ptr == end) {
        code = sqlite3_bind_int64(statement, i + 1, whole);
      } else if (value.kind == QueryValue::Kind::number && std::from_chars(begin, end, real).ptr == end) {
        code = sqlite3_bind_double(statement, i + 1, real);
      } else {
        code = sqlite3_bind_text(statement, i + 1, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
      }
      if (code != SQLITE_OK && code != SQLITE_RANGE) return Error{ErrorKind::fatal, sqlite3_errstr(code)};
    }
    return {};
  }

  static QueryResult shape_of(sqlite3_stmt* statement) {
    QueryResult result;
    for (int column = 0; column < sqlite3_column_count(statement); ++column) {
      const char* type = sqlite3_column_decltype(statement, column);
      result.columns.push_back({sqlite3_column_name(statement, column), type == nullptr ? "" : type, QueryColumn::Kind::text});
    }
    return result;
  }

  static std::vector<std::optional<std::string>> cells_of(sqlite3_stmt* statement, std::vector<bool>& are_numbers, std::vector<bool>& have_values) {
    std::vector<std::optional<std::string>> cells;
    for (int column = 0; column < sqlite3_column_count(statement); ++column) {
      const int type = sqlite3_column_type(statement, column);
      if (type == SQLITE_NULL) {
        cells.emplace_back();
        continue;
      }
      have_values[static_cast<std::size_t>(column)] = true;
      if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) are_numbers[static_cast<std::size_t>(column)] = false;
      cells.push_back(type == SQLITE_BLOB ? hexadecimal(statement, column) : text_of(statement, column));
    }
    return cells;
  }

  static std::string text_of(sqlite3_stmt* statement, int column) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
    return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
  }
  static std::string hexadecimal(sqlite3_stmt* statement, int column) {
    const auto* bytes = static_cast<const unsigned char*>(sqlite3_column_blob(statement, column));
    std::string text = "\\x";
    for (int i = 0; i < sqlite3_column_bytes(statement, column); ++i) text += fmt::format("{:02x}", bytes[i]);
    return text;
  }

  Error error_of(int code, const NumberedStatement& numbered, const QueryLimits& limits) const {
    const std::string message = sqlite3_errmsg(handle_.get());
    if ((code & 0xFF) == SQLITE_INTERRUPT && is_cancelled_) return Error{ErrorKind::service, "it was cancelled"};
    if ((code & 0xFF) == SQLITE_INTERRUPT)
      return Error{ErrorKind::service, fmt::format("the database was not done after {} s", static_cast<double>(limits.time.count()) / 1000)}.with_hint(
          "give it more time with --timeout, or ask for less");
    if ((code & 0xFF) != SQLITE_ERROR && (code & 0xFF) != SQLITE_MISMATCH && (code & 0xFF) != SQLITE_READONLY) return Error{ErrorKind::service, message};
    const int offset = sqlite3_error_offset(handle_.get());
    const Location where = numbered.place(offset < 0 ? std::string::npos : static_cast<std::size_t>(offset));
    if (message.starts_with("no such table"))
      return Error{ErrorKind::service, message, where}.as("W0805").with_hint("weir run makes the tables of the sinks when it starts, and weir init-db makes them now");
    return Error{ErrorKind::user, message, where}.as("W1106");
  }

  std::unique_ptr<sqlite3, CloseDatabase> handle_;
  std::atomic<bool> is_cancelled_{false};
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
};

}  // namespace

Result<std::unique_ptr<ReadOnlyConnection>> open_sqlite_read_only(const std::string& path, std::chrono::milliseconds patience) {
  std::error_code failure;
  if (!std::filesystem::exists(path, failure)) {
    return Error{ErrorKind::service, fmt::format("there is no database {} yet", path)}.as("W0805").with_hint("weir run makes it when it starts, and weir init-db makes it now");
  }
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<sqlite3, CloseDatabase> handle(opened);
  if (code != SQLITE_OK) return Error{ErrorKind::service, fmt::format("{}: {}", path, sqlite3_errmsg(handle.get()))};
  sqlite3_busy_timeout(handle.get(), static_cast<int>(patience.count()));
  auto reader = std::make_unique<SqliteReader>(std::move(handle));
  WEIR_TRY(reader->begin());
  return std::unique_ptr<ReadOnlyConnection>(std::move(reader));
}

}  // namespace weir
