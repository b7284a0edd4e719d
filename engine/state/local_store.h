// local_store.h — a table from numbers to bytes on the local disk: what does not fit into memory, for as long as the object lives.
//
// It is no truth: nothing of it is read after the process has ended. So nothing is synced or journaled, and the file has no name any more once it is
// open: whatever ends the process, nothing of it stays. docs/decisions/state_on_the_local_disk.md says why it is SQLite.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace weir {

/// One thread at a time. After an error nothing of it is to be relied on.
class LocalStore {
 public:
  /// What a store holds in memory at most: pages of the file.
  static constexpr std::size_t cache_bytes = std::size_t{8} << 20;

  /// `directory` exists.
  static Result<std::unique_ptr<LocalStore>> create(const std::string& directory);
  ~LocalStore();
  LocalStore(const LocalStore&) = delete;
  LocalStore& operator=(const LocalStore&) = delete;

  /// Puts `bytes` in place of what `key` had. Several times as fast in ascending order of keys.
  Status put(std::uint64_t key, std::string_view bytes);
  /// What `key` has, in place of `bytes`; an error where it has nothing.
  Status get(std::uint64_t key, std::string& bytes);
  /// Keys from `first` to `last` have nothing any more.
  Status erase(std::uint64_t first, std::uint64_t last);
  /// Of the file.
  std::size_t disk_bytes();
  std::size_t memory_bytes() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  struct Finish {
    void operator()(sqlite3_stmt* statement) const;
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finish>;
  explicit LocalStore(std::string directory) : directory_(std::move(directory)) {}
  Status open();
  Result<Statement> prepare(const char* text);
  Status execute(const char* text);
  Error failed(const char* what) const;

  const std::string directory_;
  std::unique_ptr<sqlite3, Close> database_;
  Statement put_, get_, erase_, pages_;
};

}  // namespace weir
