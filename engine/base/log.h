// log.h — the program's log: one line an event, on stderr, at a level. Secrets never reach it.
#pragma once

#include <fmt/format.h>

#include <string_view>

namespace weir::log {

enum class Level { debug, info, warning, error };

/// Sets what is printed; called once, before threads start. The default prints info and above.
void set_level(Level level);
/// Makes every log line go through `before` first (the live line of `run` erases itself there). Called by the logging
/// thread; nullptr removes it.
void set_before_line(void (*before)());
/// Any thread.
void write(Level level, std::string_view message);

template <typename... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) { write(Level::debug, fmt::format(format, std::forward<Args>(args)...)); }
template <typename... Args>
void info(fmt::format_string<Args...> format, Args&&... args) { write(Level::info, fmt::format(format, std::forward<Args>(args)...)); }
template <typename... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) { write(Level::warning, fmt::format(format, std::forward<Args>(args)...)); }
template <typename... Args>
void error(fmt::format_string<Args...> format, Args&&... args) { write(Level::error, fmt::format(format, std::forward<Args>(args)...)); }

}  // namespace weir::log
