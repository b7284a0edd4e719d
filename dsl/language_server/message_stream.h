// message_stream.h — cuts what comes over a stream into messages: headers, an empty line, and as many bytes as Content-Length says.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace weir {

class MessageStream {
 public:
  void add(std::string_view bytes) { bytes_ += bytes; }
  /// The next whole message; nothing while more bytes are missing; an error where the headers are none: nobody can tell where the next one begins.
  Result<std::optional<std::string>> next();
  /// Whether the stream may end here.
  bool is_between_messages() const { return bytes_.empty(); }

 private:
  std::string bytes_;
};

/// With its header.
std::string framed(std::string_view message);

}  // namespace weir
