// sqlite_database.cpp — opens files, prepares statements, classifies errors.
#include "connectors/sqlite/sqlite_database.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/vfs.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <thread>

namespace weir {
namespace {

// Of statfs(2): on these, locks of different machines do not see each other.
constexpr std::array<std::int64_t, 4> network_file_systems{0x6969 /* NFS */, 0x517B /* SMB */,
                                                           static_cast<std::int64_t>(0xFF534D42) /* CIFS */,
                                                           static_cast<std::int64_t>(0xFE534D42) /* SMB2 */};

Status check_file_system(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
  struct statfs found{};
  if (::statfs(folder.c_str(), &found) != 0) {
    return Error{ErrorKind::user,
                 fmt::format("the folder of the database does not exist: {}", folder.string())}.as("W0801");
  }
  for (const std::int64_t type : network_file_systems) {
    if (static_cast<std::int64_t>(found.f_type) != type) continue;
    return Error{ErrorKind::user,
                 fmt::format("{} lies on a network file system, where SQLite can lose commits", path)}.as("W0808")
        .with_hint("use a local disk, or Postgres");
  }
  return {};
}

ErrorKind kind_of(int code) {
  switch (code & 0xFF) {
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
    case SQLITE_RANGE:
      return ErrorKind::data;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
    case SQLITE_PROTOCOL:
      return ErrorKind::service;
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_ERROR:
      return ErrorKind::user;
    default:
      return ErrorKind::fatal;
  }
}

const char* state_of(int code) {
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return "23505";
    case SQLITE_CONSTRAINT_NOTNULL:
      return "23502";
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return "23503";
    case SQLITE_CONSTRAINT_CHECK:
      return "23514";
    case SQLITE_CONSTRAINT_DATATYPE:
      return "42804";
    default:
      break;
  }
  switch (code & 0xFF) {
    case SQLITE_CONSTRAINT:
      return "23000";
    case SQLITE_TOOBIG:
      return "54000";
    case SQLITE_FULL:
      return "53100";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "55P03";
    default:
      return "";
  }
}

}  // namespace

SqliteStatement& SqliteStatement::text(std::string_view value) {
  sqlite3_bind_text64(statement_, next_++, value.data() == nullptr ? "" : value.data(), value.size(),
                      SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}
SqliteStatement& SqliteStatement::bytes(std::string_view value) {
  // A null pointer would bind NULL.
  sqlite3_bind_blob64(statement_, next_++, value.data() == nullptr ? "" : value.data(), value.size(),
                      SQLITE_STATIC);
  return *this;
}
SqliteStatement& SqliteStatement::number(std::int64_t value) {
  sqlite3_bind_int64(statement_, next_++, value);
  return *this;
}
SqliteStatement& SqliteStatement::real(double value) {
  sqlite3_bind_double(statement_, next_++, value);
  return *this;
}
SqliteStatement& SqliteStatement::null() {
  sqlite3_bind_null(statement_, next_++);
  return *this;
}

Result<bool> SqliteStatement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_->error();
}

Status SqliteStatement::run() {
  for (;;) {
    Result<bool> more = step();
    if (!more.ok()) {
      Error error = std::move(more).error();
      reset();
      return error;
    }
    if (!*more) break;
  }
  reset();
  return {};
}

void SqliteStatement::reset() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  next_ = 1;
}

std::optional<std::string> SqliteStatement::field(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::nullopt;
  return std::string(view_at(column));
}

std::string_view SqliteStatement::view_at(int column) const {
  const void* bytes =
      sqlite3_column_type(statement_, column) == SQLITE_BLOB ? sqlite3_column_blob(statement_, column) : sqlite3_column_text(statement_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return size == 0 ? std::string_view() : std::string_view(static_cast<const char*>(bytes), size);
}

std::int64_t SqliteStatement::number_at(int column) const { return sqlite3_column_int64(statement_, column); }
int SqliteStatement::column_count() const { return sqlite3_column_count(statement_); }
std::string SqliteStatement::column_name(int column) const { return sqlite3_column_name(statement_, column); }

void SqliteDatabase::FinalizeStatement::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open(const std::string& path) {
  WEIR_TRY(check_file_system(path));
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(handle));
  if (code != SQLITE_OK) return database->error().in(path);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 10'000);
  Status ready =
      database->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
  // The switch to WAL does not wait for locks as everything else does.
  for (int i = 0; i < 50 && !ready.ok() && ready.error().kind() == ErrorKind::service; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ready =
        database->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
  }
  if (!ready.ok()) return std::move(ready).error().in(path);
  return database;
}

SqliteDatabase::~SqliteDatabase() {
  statements_.clear();
  sqlite3_close_v2(handle_);
}

Status SqliteDatabase::execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return error();
}

Result<SqliteStatement> SqliteDatabase::statement(const std::string& sql) {
  if (const auto found = statements_.find(sql); found != statements_.end())
    return SqliteStatement(*this, found->second.get());
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v3(handle_, sql.c_str(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                         &prepared, nullptr) != SQLITE_OK) {
    return error();
  }
  statements_.emplace(sql, prepared);
  return SqliteStatement(*this, prepared);
}

std::int64_t SqliteDatabase::changes() const { return sqlite3_changes64(handle_); }

// A failed statement may leave the transaction open (a full disk does).
void SqliteDatabase::roll_back() {
  if (sqlite3_get_autocommit(handle_) == 0) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

Error SqliteDatabase::error() const {
  const int code = sqlite3_extended_errcode(handle_);
  return Error{kind_of(code), sqlite3_errmsg(handle_)}.with_code(state_of(code));
}

std::string sqlite_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) quoted.append(c == '"' ? 2 : 1, c);
  return quoted += '"';
}

}  // namespace weir
