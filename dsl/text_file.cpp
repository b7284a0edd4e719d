// text_file.cpp — reads a small file as a whole.
#include "dsl/text_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace weir {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

Result<std::string> read_text_file(const std::string& path, std::size_t max_size) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr)
    return Error{ErrorKind::user, fmt::format("cannot read {}: {}", path, std::strerror(errno))}.as("W0001");
  std::string text(max_size + 1, '\0');
  errno = 0;
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0)
    return Error{ErrorKind::user, fmt::format("cannot read {}: {}", path, std::strerror(errno))}.as("W0001");
  if (text.size() > max_size) {
    return Error{ErrorKind::user,
                 fmt::format("{} is too long: it may have at most {} KiB", path, max_size / 1024)}.as("W0004");
  }
  return text;
}

}  // namespace weir
