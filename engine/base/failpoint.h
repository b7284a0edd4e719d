// failpoint.h — named places where a test can make the program die, fail or wait: WEIR_FP=name:nth:action[,...].
//
// Actions: kill (SIGKILL to itself), error (the place reports a service error), cut (the place that sends to a service
// closes its socket), delay_MS (waits). `nth` counts passages from 1; `*` means every one. Example:
// WEIR_FP=commit_sent_no_reply:3:kill. Costs one relaxed load of a bool when the variable is unset.
#pragma once

#include <atomic>
#include <string_view>

namespace weir::failpoint {

enum class Outcome { none, error, cut };

extern std::atomic<bool> is_armed;  // set once from the environment before main's threads start
/// Reads WEIR_FP; called once at the start of the program (and by tests). A malformed value prints a warning and arms nothing.
void arm_from_environment();
void arm(std::string_view specification);
Outcome passed(std::string_view name);

/// Marks a place. Any thread.
inline Outcome here(std::string_view name) {
  return is_armed.load(std::memory_order_relaxed) ? passed(name) : Outcome::none;
}

}  // namespace weir::failpoint
