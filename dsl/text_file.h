// text_file.h — reads a small file as a whole.
#pragma once

#include <string>

#include "engine/base/error.h"

namespace weir {

/// An error says why the file cannot be read, or that it has more than `max_size` bytes; it has no location.
Result<std::string> read_text_file(const std::string& path, std::size_t max_size);

}  // namespace weir
