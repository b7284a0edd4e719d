// spill_area.cpp — makes stores where there is a folder that can be written.
#include "engine/state/spill_area.h"

#include <fmt/format.h>

#include <filesystem>

namespace weir {

Result<std::unique_ptr<LocalStore>> SpillArea::make_store() {
  std::error_code code;
  const std::filesystem::path folder = directory_.empty() ? std::filesystem::temp_directory_path(code) : std::filesystem::path(directory_);
  if (!code) std::filesystem::create_directories(folder, code);
  if (code)
    return Error{ErrorKind::fatal, fmt::format("the folder for state that does not fit into memory cannot be made: {}: {}", folder.string(), code.message())}
        .with_hint("state_directory (or --state-directory) names another one; with more state_memory none is needed");
  return LocalStore::create(folder.string());
}

void SpillArea::fail(Error error) {
  const std::scoped_lock lock(mutex_);
  if (!failure_) failure_ = std::move(error);
  has_failed_ = true;
}

std::optional<Error> SpillArea::failure() const {
  if (!has_failed_) return std::nullopt;
  const std::scoped_lock lock(mutex_);
  return failure_;
}

}  // namespace weir
