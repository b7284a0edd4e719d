// console_outlet.h — writes epochs to a file descriptor: stdout, or one that a test reads from.
#pragma once

#include <memory>

#include "connectors/console/console_text.h"
#include "engine/component/outlet.h"

namespace weir {

std::unique_ptr<Outlet> make_console_outlet(const ConsoleOptions& options, int descriptor);

}  // namespace weir
