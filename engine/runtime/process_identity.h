// process_identity.h — who this process is among those that share a pipeline, and whether another one is
// surely dead.
#pragma once

#include <string>

namespace weir {

/// "16 hex digits@host/boot/pid namespace/pid/start time": unique per process start.
std::string make_owner();
/// True only where `owner` was a process of this very machine, boot and pid namespace that no longer runs:
/// then its lease need not be waited for. False where it runs or nothing can be known.
bool is_surely_dead(const std::string& owner);

}  // namespace weir
