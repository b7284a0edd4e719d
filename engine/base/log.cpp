// log.cpp — spdlog behind log.h, so that no other file compiles its headers.
#include "engine/base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>

namespace weir::log {
namespace {

std::atomic<void (*)()> before_line{nullptr};

spdlog::logger& logger() {
  static const auto instance = [] {
    auto created = spdlog::stderr_color_mt("weir");
    created->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
    created->flush_on(spdlog::level::info);
    return created;
  }();
  return *instance;
}

spdlog::level::level_enum level_of(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

void set_level(Level level) { logger().set_level(level_of(level)); }
void set_before_line(void (*before)()) { before_line = before; }

void write(Level level, std::string_view message) {
  if (!logger().should_log(level_of(level))) return;
  if (auto* before = before_line.load()) before();
  logger().log(level_of(level), spdlog::string_view_t(message.data(), message.size()));
}

}  // namespace weir::log
