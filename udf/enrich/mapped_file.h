// mapped_file.h — a file's bytes, mapped read-only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace weir {

/// Shared with every other process that maps the file. A file must be replaced by renaming a new one over it,
/// never written in place: that would change, or cut off, what is mapped.
class MappedFile {
 public:
  /// The system's reason as a user error where `path` is no readable regular file.
  static Result<MappedFile> open(const std::string& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::string_view bytes() const { return {static_cast<const char*>(start_), size_}; }

 private:
  MappedFile(void* start, std::size_t size) : start_(start), size_(size) {}
  void* start_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace weir
