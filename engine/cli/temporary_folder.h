// temporary_folder.h — a folder that goes with everything in it.
#pragma once

#include <string>

#include "engine/base/error.h"

namespace weir {

class TemporaryFolder {
 public:
  /// In the system's folder for temporary files; nobody else may look into it.
  static Result<TemporaryFolder> make();
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();

  const std::string& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}

  std::string path_;  // empty: moved away
};

}  // namespace weir
