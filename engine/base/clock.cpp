// clock.cpp — the machine's clock.
#include "engine/base/clock.h"

namespace weir {
namespace {

class SystemClock final : public Clock {
 public:
  std::int64_t wall_microseconds() const override {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  }
  std::chrono::steady_clock::time_point steady() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace weir
