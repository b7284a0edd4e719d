// geo_file.cpp — notices that a geo database was replaced, and replaces it.
#include "udf/enrich/geo_file.h"

#include "engine/base/log.h"

namespace weir {
namespace {

constexpr std::int64_t look_every_microseconds = 1'000'000;

}  // namespace

bool GeoFile::identify(const std::string& path, Identity& identity) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) return false;
  identity = {facts.st_dev, facts.st_ino, facts.st_size,
              static_cast<std::int64_t>(facts.st_mtim.tv_sec) * 1'000'000'000 + facts.st_mtim.tv_nsec};
  return true;
}

Result<std::shared_ptr<GeoFile>> GeoFile::open(const std::string& path) {
  std::shared_ptr<GeoFile> file(new GeoFile(path));
  // Asked before it is opened: a file that changes in between is looked at again.
  identify(path, file->seen_);
  WEIR_ASSIGN(file->database_, open_geo_database(path));
  return file;
}

std::shared_ptr<const GeoDatabase> GeoFile::current(std::int64_t now_microseconds) {
  look(now_microseconds);
  const std::scoped_lock lock(mutex_);
  return database_;
}

std::uint64_t GeoFile::generation(std::int64_t now_microseconds) {
  look(now_microseconds);
  return generation_.load(std::memory_order_acquire);
}

void GeoFile::look(std::int64_t now_microseconds) {
  const std::int64_t since = now_microseconds - looked_at_.load(std::memory_order_relaxed);
  // Threads have the time of their chunks: some are a little behind.
  if (since > -look_every_microseconds && since < look_every_microseconds) return;
  // One looks, the others go on with what is there.
  const std::unique_lock lock(looking_, std::try_to_lock);
  if (!lock.owns_lock()) return;
  looked_at_.store(now_microseconds, std::memory_order_relaxed);
  Identity identity;
  if (identify(path_, identity) && identity != seen_) replace(identity);
}

void GeoFile::replace(const Identity& identity) {
  seen_ = identity;
  auto opened = open_geo_database(path_);
  if (!opened.ok()) {
    log::error("geo database replaced by one that cannot be used; the old one stays: {}",
               opened.error().message());
    return;
  }
  log::info("geo database {} replaced: {}", path_, (*opened)->description());
  std::shared_ptr<const GeoDatabase> old = std::move(opened).value();
  {
    const std::scoped_lock lock(mutex_);
    database_.swap(old);
  }
  generation_.fetch_add(1, std::memory_order_release);
}

Result<std::shared_ptr<GeoFile>> GeoFiles::open(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  std::weak_ptr<GeoFile>& known = by_path_[path];
  if (auto file = known.lock()) return file;
  WEIR_ASSIGN(auto file, GeoFile::open(path));
  known = file;
  return file;
}

}  // namespace weir
