// temporary_folder.cpp — made by mkdtemp.
#include "engine/cli/temporary_folder.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace weir {

Result<TemporaryFolder> TemporaryFolder::make() {
  std::error_code failure;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(failure);
  std::string path = (failure ? std::filesystem::path("/tmp") : parent) / "weir-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) return Error{ErrorKind::fatal, fmt::format("no temporary folder can be made at {}: {}", path, std::strerror(errno))};
  return TemporaryFolder(std::move(path));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace weir
