// mapped_file.cpp — open, mmap, munmap.
#include "udf/enrich/mapped_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace weir {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

Error cannot_read(const std::string& path, int reason) {
  return Error{ErrorKind::user, fmt::format("cannot read {}: {}", path, std::strerror(reason))};
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::string& path) {
  // Not blocking: the path may be a pipe that nobody writes to.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) return cannot_read(path, errno);
  struct stat facts{};
  if (::fstat(file.number(), &facts) != 0) return cannot_read(path, errno);
  if (!S_ISREG(facts.st_mode)) return Error{ErrorKind::user, "no regular file: " + path};
  const auto size = static_cast<std::size_t>(facts.st_size);
  if (size == 0) return Error{ErrorKind::user, "the file is empty: " + path};
  void* const start = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number(), 0);
  if (start == MAP_FAILED) return cannot_read(path, errno);
  return MappedFile(start, size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : start_(std::exchange(other.start_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(start_, other.start_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (start_ != nullptr) ::munmap(start_, size_);
}

}  // namespace weir
