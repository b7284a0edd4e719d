// console_outlet.cpp — one write(2) for each epoch where the system takes it whole.
#include "connectors/console/console_outlet.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace weir {
namespace {

constexpr std::size_t memory_kept = 1 << 20;

Error write_error(int code) {
  if (code == EPIPE) return Error{ErrorKind::fatal, "nobody reads what is written to stdout any more (the pipe is closed)"};
  const std::string message = fmt::format("stdout cannot be written: {}", std::strerror(code));
  const bool may_pass = code == ENOSPC || code == EDQUOT || code == EIO;
  return Error{may_pass ? ErrorKind::service : ErrorKind::fatal, message};
}

class ConsoleOutlet final : public Outlet {
 public:
  ConsoleOutlet(const ConsoleOptions& options, int descriptor) : options_(options), descriptor_(descriptor) {}

  Status write(const SinkTable& table, std::span<const RowReference> rows) override {
    text_.clear();
    append_console_text(table, rows, options_, text_);
    Status written = write_all(text_);
    if (text_.capacity() > memory_kept) text_ = std::string();
    return written;
  }

 private:
  Status write_all(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = ::write(descriptor_, text.data(), text.size());
      if (written >= 0) {
        text.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno == EAGAIN) {  // somebody else made it non-blocking
        pollfd ready{descriptor_, POLLOUT, 0};
        ::poll(&ready, 1, -1);
      } else if (errno != EINTR) {
        return write_error(errno);
      }
    }
    return {};
  }

  const ConsoleOptions options_;
  const int descriptor_;
  std::string text_;
};

}  // namespace

std::unique_ptr<Outlet> make_console_outlet(const ConsoleOptions& options, int descriptor) {
  return std::make_unique<ConsoleOutlet>(options, descriptor);
}

}  // namespace weir
