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

constexpr std::string_view delay_prefix = "delay_";

bool parse_count(std::string_view text, long& count) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), count);
  return code == std::errc() && end == text.data() + text.size() && count >= 0;
}

bool is_action(std::string_view text) {
  long milliseconds = 0;
  if (text.starts_with(delay_prefix)) return parse_count(text.substr(delay_prefix.size()), milliseconds);
  return text == "kill" || text == "error" || text == "cut";
}

bool parse_point(std::string_view text, Point& point) {
  const auto first = text.find(':');
  const auto second = text.find(':', first == std::string_view::npos ? first : first + 1);
  if (first == 0 || first == std::string_view::npos || second == std::string_view::npos) return false;
  point.name = text.substr(0, first);
  point.action = text.substr(second + 1);
  if (!is_action(point.action)) return false;
  const std::string_view nth = text.substr(first + 1, second - first - 1);
  return nth == "*" || (parse_count(nth, point.nth) && point.nth > 0);
}

Outcome act(const std::string& action) {
  if (action == "kill") ::kill(::getpid(), SIGKILL);
  if (action == "cut") return Outcome::cut;
  if (action.starts_with(delay_prefix)) {
    long milliseconds = 0;
    parse_count(std::string_view(action).substr(delay_prefix.size()), milliseconds);
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
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
    if (!parse_point(specification.substr(0, comma), point)) {
      log::warning("WEIR_FP: expected name:nth:action, got {}", specification.substr(0, comma));
      points.clear();
      break;
    }
    points.push_back(std::move(point));
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
