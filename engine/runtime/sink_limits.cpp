// sink_limits.cpp — counts down.
#include "engine/runtime/sink_limits.h"

#include <algorithm>

namespace weir {

SinkLimits::SinkLimits(const Plan& plan) {
  for (const SinkNode& sink : plan.sinks) left_.push_back(sink.limit);
}

std::size_t SinkLimits::take(std::size_t sink, std::size_t wanted) {
  const std::scoped_lock lock(mutex_);
  std::optional<std::size_t>& left = left_[sink];
  if (!left) return wanted;
  const std::size_t taken = std::min(wanted, *left);
  *left -= taken;
  return taken;
}

void SinkLimits::give_back(std::size_t sink, std::size_t rows) {
  const std::scoped_lock lock(mutex_);
  if (left_[sink]) *left_[sink] += rows;
}

bool SinkLimits::are_reached() const {
  const std::scoped_lock lock(mutex_);
  return !left_.empty() && std::all_of(left_.begin(), left_.end(), [](const auto& left) { return left && *left == 0; });
}

}  // namespace weir
