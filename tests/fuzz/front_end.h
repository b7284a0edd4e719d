// front_end.h — what takes texts of users: each as a function that only has to come back, soon and without keeping anything.
#pragma once

#include <string>
#include <vector>

namespace weir::testing {

struct FrontEnd {
  const char* name;
  /// Aborts where the front end contradicts itself.
  void (*take)(const std::string& text);
  /// For how many commands of a user it stands.
  int commands = 1;
};
const std::vector<FrontEnd>& front_ends();

/// What one text cost: seconds of this thread's CPU for each command, and bytes that the process had at most beyond what it had before.
struct Cost {
  double seconds;
  std::size_t bytes;
};
Cost cost_of(const FrontEnd& front_end, const std::string& text);

/// What one text may cost: a second, and 64 MiB and 600 bytes for each byte of it; more where sanitizers watch, and in the test command, which runs on busy
/// machines (WEIR_STRICT is set where a second is a second).
bool is_too_much(const Cost& cost, const std::string& text);

}  // namespace weir::testing
