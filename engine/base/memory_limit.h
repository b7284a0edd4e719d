// memory_limit.h — how much memory this process may use: the machine's, or what its control group allows.
#pragma once

#include <cstddef>
#include <string>

namespace weir {

/// The smaller of the machine's memory and the limits of the process's control group and those above it (version 2, or 1). `root`: where the files of
/// the system are looked for, but for tests "".
std::size_t available_memory(const std::string& root = "");

}  // namespace weir
