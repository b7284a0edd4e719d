// failpoint.cpp — counts passages of named places and acts at the stated one.
#include "engine/base/failpoint.h"

#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/log.h"

namespace weir::failpoint {

std::atomic<bool> is_armed{false};

namespace {

struct Point {
  std::string name;
  long nth = 0;  // 0: every passage
  std::string action;
  long passages = 0;
};

std::mutex mutex;
std::vector<Point> points;  // Guarded by mutex.

bool parse_point(std::string_view text, Point& point) {
  const auto first = text.find(':');
  const auto second = text.find(':', first == std::string_view::npos ? first : first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return false;
  point.name = text.substr(0, first);
  const std::string_view nth = text.substr(first + 1, second - first - 1);
  point.action = text.substr(second + 1);
  if (nth == "*") return true;
  return std::from_chars(nth.data(), nth.data() + nth.size(), point.nth).ec == std::errc() && point.nth > 0;
}

Outcome act(const std::string& action) {
  if (action == "kill") ::kill(::getpid(), SIGKILL);
  if (action == "cut") return Outcome::cut;
  if (action.starts_with("delay_")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(std::atol(action.c_str() + 6)));
    return Outcome::none;
  }
  return Outcome::error;
}

}  // namespace

void arm(std::string_view specification) {
  const std::scoped_lock lock(mutex);
  points.clear();
  while (!specification.empty()) {
    const auto comma = specification.find(',');
    Point point;
    if (parse_point(specification.substr(0, comma), point)) {
      points.push_back(std::move(point));
    } else {
      log::warning("WEIR_FP: expected name:nth:action, got {}", specification.substr(0, comma));
    }
    specification = comma == std::string_view::npos ? std::string_view() : specification.substr(comma + 1);
  }
  is_armed = !points.empty();
}

void arm_from_environment() {
  if (const char* value = std::getenv("WEIR_FP")) arm(value);
}

Outcome passed(std::string_view name) {
  std::string action;
  {
    const std::scoped_lock lock(mutex);
    for (Point& point : points) {
      if (point.name != name) continue;
      ++point.passages;
      if (point.nth == 0 || point.passages == point.nth) action = point.action;
    }
  }
  return action.empty() ? Outcome::none : act(action);
}

}  // namespace weir::failpoint
