// plugin_file.h — opens a shared object as a plugin.
#pragma once

#include <string>

#include "engine/base/error.h"
#include "udf/weir_udf.h"

namespace weir {

/// The checked description of the plugin in a regular file that not everybody may write. A child process loads it first, so that a crash, an
/// exit or a hang of its start-up code is an error here. The file stays loaded until the process ends. Called by one thread at a time.
Result<const weir_plugin*> open_plugin_file(const std::string& path);

}  // namespace weir
