// local_store.cpp — one table by rowid in one transaction that never ends; pages that don't fit into the cache go to the file.
#include "engine/state/local_store.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <bit>
#include <cstring>
#include <filesystem>

#include "engine/base/failpoint.h"

namespace weir {
namespace {

constexpr std::int64_t page_bytes = 4096;

std::string file_name() {
  static std::atomic<std::uint64_t> number = 0;
  return fmt::format("weir-state-{}-{}.spill", ::getpid(), ++number);
}

std::int64_t row_number(std::uint64_t key) { return std::bit_cast<std::int64_t>(key); }

}  // namespace

void LocalStore::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }
void LocalStore::Finish::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
LocalStore::~LocalStore() = default;

Error LocalStore::failed(const char* what) const {
  std::string reason = sqlite3_errmsg(database_.get());
  if (const int number = sqlite3_system_errno(database_.get()); number != 0) reason += fmt::format(": {}", std::strerror(number));
  return Error{ErrorKind::fatal, fmt::format("the local store of state {} in {}: {}", what, directory_, reason)}.with_hint(
      "what was committed is safe: run it again with room there, with state_directory (or --state-directory) on another disk, or with more state_memory");
}

Result<std::unique_ptr<LocalStore>> LocalStore::create(const std::string& directory) {
  std::unique_ptr<LocalStore> store(new LocalStore(directory));
  WEIR_TRY(store->open());
  return store;
}

Status LocalStore::open() {
  const std::string path = (std::filesystem::path(directory_) / file_name()).string();
  std::error_code ignored;
  std::filesystem::remove(path, ignored);  // of a process that had this number before
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  database_.reset(opened);
  if (code != SQLITE_OK) return failed("cannot be made");
  // A file that nobody reads later needs neither a journal nor a sync, and nobody else locks it.
  const std::string settings = fmt::format(
      "PRAGMA page_size={}; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-{};"
      "CREATE TABLE kept (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL); BEGIN EXCLUSIVE",
      page_bytes, cache_bytes / 1024);
  const Status made = execute(settings.c_str());
  std::filesystem::remove(path, ignored);
  if (!made.ok()) return failed("cannot be made");
  WEIR_ASSIGN(put_, prepare("INSERT OR REPLACE INTO kept VALUES (?1, ?2)"));
  WEIR_ASSIGN(get_, prepare("SELECT bytes FROM kept WHERE number = ?1"));
  WEIR_ASSIGN(erase_, prepare("DELETE FROM kept WHERE number BETWEEN ?1 AND ?2"));
  WEIR_ASSIGN(pages_, prepare("PRAGMA page_count"));
  return {};
}

Result<LocalStore::Statement> LocalStore::prepare(const char* text) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(database_.get(), text, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) return failed("cannot be made");
  return Statement(statement);
}

Status LocalStore::execute(const char* text) {
  if (sqlite3_exec(database_.get(), text, nullptr, nullptr, nullptr) != SQLITE_OK) return failed("cannot be made");
  return {};
}

Status LocalStore::put(std::uint64_t key, std::string_view bytes) {
  sqlite3_bind_int64(put_.get(), 1, row_number(key));
  sqlite3_bind_blob64(put_.get(), 2, bytes.data() == nullptr ? "" : bytes.data(), bytes.size(), SQLITE_STATIC);
  const bool is_done = failpoint::here("spill_write") == failpoint::Outcome::none && sqlite3_step(put_.get()) == SQLITE_DONE;
  Status status = is_done ? Status() : Status(failed("cannot be written"));
  sqlite3_reset(put_.get());
  return status;
}

Status LocalStore::get(std::uint64_t key, std::string& bytes) {
  sqlite3_bind_int64(get_.get(), 1, row_number(key));
  const int code = failpoint::here("spill_read") == failpoint::Outcome::none ? sqlite3_step(get_.get()) : SQLITE_IOERR;
  Status status;
  if (code == SQLITE_ROW)
    bytes.assign(static_cast<const char*>(sqlite3_column_blob(get_.get(), 0)), static_cast<std::size_t>(sqlite3_column_bytes(get_.get(), 0)));
  else
    status = code == SQLITE_DONE ? Error{ErrorKind::fatal, fmt::format("the local store of state in {} has lost something", directory_)} : failed("cannot be read");
  sqlite3_reset(get_.get());
  return status;
}

Status LocalStore::erase(std::uint64_t first, std::uint64_t last) {
  sqlite3_bind_int64(erase_.get(), 1, row_number(first));
  sqlite3_bind_int64(erase_.get(), 2, row_number(last));
  const bool is_done = sqlite3_step(erase_.get()) == SQLITE_DONE;
  Status status = is_done ? Status() : Status(failed("cannot be written"));
  sqlite3_reset(erase_.get());
  return status;
}

std::size_t LocalStore::disk_bytes() {
  const std::int64_t pages = sqlite3_step(pages_.get()) == SQLITE_ROW ? sqlite3_column_int64(pages_.get(), 0) : 0;
  sqlite3_reset(pages_.get());
  return static_cast<std::size_t>(pages * page_bytes);
}

std::size_t LocalStore::memory_bytes() const {
  int used = 0, most = 0;
  sqlite3_db_status(database_.get(), SQLITE_DBSTATUS_CACHE_USED, &used, &most, 0);
  return static_cast<std::size_t>(used);
}

}  // namespace weir
