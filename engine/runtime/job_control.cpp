// job_control.cpp — keeps one line of health for each part.
#include "engine/runtime/job_control.h"

#include <algorithm>

namespace weir {

void JobControl::set_health(const std::string& part, const std::string& text) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(health_, [&](const auto& entry) { return entry.first == part; });
  if (!text.empty()) health_.emplace_back(part, text);
}

std::string JobControl::health() const {
  const std::scoped_lock lock(mutex_);
  std::string all;
  for (const auto& [part, text] : health_) all += (all.empty() ? "" : "; ") + part + ": " + text;
  return all;
}

}  // namespace weir
