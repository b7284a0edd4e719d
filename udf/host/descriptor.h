// descriptor.h — whether what a plugin says of itself can be believed.
#pragma once

#include <string>

#include "engine/base/error.h"
#include "udf/weir_udf.h"

namespace weir {

/// The plugin's description and those of its functions: versions, sizes, names, types, bodies. Errors name the function.
Status check_descriptor(const weir_plugin& plugin);

/// "initials(string) -> string", for functions that come without one.
std::string signature_of(const weir_function& function);

}  // namespace weir
