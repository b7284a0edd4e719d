// geo_file.h — a geo database that is replaced while it is used, and the ones that are open, by path.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "udf/enrich/geo_database.h"

namespace weir {

/// One path. Looks at most once a second whether another file has taken it; that one is opened and checked,
/// and then used by whoever asks next, while those who still read the old one keep it. One that cannot be
/// used is reported once in the log, and the old one stays.
class GeoFile {
 public:
  static Result<std::shared_ptr<GeoFile>> open(const std::string& path);

  /// Any thread, once per chunk. `now_microseconds` is wall time; it may jump.
  std::shared_ptr<const GeoDatabase> current(std::int64_t now_microseconds);
  /// How many files this path has had; looks for another one as `current` does.
  std::uint64_t generation(std::int64_t now_microseconds);

 private:
  /// What tells one file from another without reading it.
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    std::int64_t modified_nanoseconds = 0;
    friend bool operator==(const Identity&, const Identity&) = default;
  };
  explicit GeoFile(std::string path) : path_(std::move(path)) {}
  static bool identify(const std::string& path, Identity& identity);
  void look(std::int64_t now_microseconds);
  void replace(const Identity& identity);

  const std::string path_;
  std::atomic<std::int64_t> looked_at_ = 0;  // microseconds
  std::atomic<std::uint64_t> generation_ = 1;
  std::mutex looking_;
  Identity seen_;  // of the file last opened, good or not. Guarded by looking_.
  std::mutex mutex_;
  std::shared_ptr<const GeoDatabase> database_;  // Guarded by mutex_.
};

/// The open files of a process, so that all call sites share one mapping. Any thread.
class GeoFiles {
 public:
  Result<std::shared_ptr<GeoFile>> open(const std::string& path);

 private:
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<GeoFile>> by_path_;  // Guarded by mutex_.
};

}  // namespace weir
