// shrink.h — makes a text that fails a check smaller while it still does.
#pragma once

#include <functional>
#include <string>

namespace weir::testing {

/// Leaves out lines, then characters, as long as `fails` says so of what is left. Calls it at most `tries` times.
std::string shrunk(std::string text, const std::function<bool(const std::string&)>& fails, std::size_t tries = 1500);

}  // namespace weir::testing
