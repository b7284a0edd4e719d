// retry.cpp — doubles the pause, remembers what was said.
#include "engine/runtime/retry.h"

#include <algorithm>

namespace weir {

Retry::Pause Retry::failed(std::string_view reason, std::chrono::steady_clock::time_point now) {
  const bool is_news = reason_ != reason || now - said_ >= repeat_after;
  if (is_news) {
    reason_ = reason;
    said_ = now;
  }
  const Pause pause{next_, is_news};
  next_ = std::min(2 * next_, longest_);
  return pause;
}

void Retry::worked() {
  next_ = first_;
  reason_.clear();
}

}  // namespace weir
